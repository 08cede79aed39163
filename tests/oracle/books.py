"""The plain books that every subject's part of the oracle writes in, and the rules of money they share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import BudgetMode, Standing
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle.forms import BIGGEST

Row = dict[str, Any]
Notices = list[tuple[Any, ...]]
"""What people are told beside the money: ("overrun", budget, requested, left), ("alert", budget, ppm)."""
NEVER_PAY = (Kind.MINT, Kind.BURN, Kind.DEBT, Kind.STAKE)
NEVER_RECEIVE = (Kind.MINT, Kind.DEBT, Kind.STAKE)
"""What accounts of these kinds take part in is asked for by other commands than those that move money."""


class Books:
    """Plain books. `submit` says which reasons there are against a command, or what people are told."""

    def __init__(self) -> None:
        self.assets: set[str] = set()
        self.accounts: dict[str, Row] = {}
        self.budgets: dict[str, Row] = {}
        self.teams: dict[str, Row] = {}
        self.agents: dict[str, Row] = {}
        self.standings: dict[str, Standing] = {}
        """Of owners of whom one was said."""
        self.now = 0

    def submit(self, command: c.Command, now: int) -> set[No] | Notices:
        """All reasons why not; or, if there are none, the command's effect, and its notices."""
        self.now = now
        for budget in self.budgets.values():
            self._walk_windows(budget)
        for reasons in self._reasons(command):
            if reasons:
                return reasons
        notices: Notices = []
        getattr(self, f"_do_{type(command).__name__}")(command, notices)
        return notices

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        """All that is on hold: of which account, how much, and how much of it in which budget.

        Every part of the oracle that keeps money back adds its own to what `super()` yields.
        """
        yield from ()

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        """All that will fall due: when, the kind of deadline, and what the node is to ask for then.

        Every part of the oracle that has deadlines adds its own to what `super()` yields.
        """
        yield from ()

    def held_in(self, budget: str) -> int:
        return sum(counted.get(budget, 0) for _, _, counted in self.reserved())

    def held_of(self, account: str) -> int:
        return sum(amount for source, amount, _ in self.reserved() if source == account)

    def left(self, budget: str, untold: int = 0) -> int:
        row = self.budgets[budget]
        return max(0, row["limit"] + row["carried"] - row["spent"] - self.held_in(budget) + untold)

    def sealed_in(self, budget: str) -> int:
        """What sealed bids hold in a budget: it counts, and is not told."""
        return 0

    def supply(self, asset: str) -> int:
        return sum(
            row["balance"]
            for row in self.accounts.values()
            if row["asset"] == asset and row["kind"] not in (Kind.MINT, Kind.BURN)
        )

    # Why not. Two steps: the form of the command, then what the books say.

    def _reasons(self, command: c.Command) -> Iterable[set[No]]:
        name = type(command).__name__
        yield getattr(self, f"_form_{name}", lambda _: set())(command)
        reasons: set[No] = set()
        getattr(self, f"_no_{name}")(command, reasons.add)
        yield reasons

    def _no_move(
        self,
        source: str,
        destination: str,
        amount: int,
        no: Callable[[No], None],
        now: bool = True,
        agent: str | None = None,
    ) -> None:
        """Two accounts that are there: may money go from one to the other, now or later?"""
        giver, taker = self.accounts[source], self.accounts[destination]
        if giver["kind"] in NEVER_PAY or taker["kind"] in NEVER_RECEIVE:
            no(No.WRONG_ACCOUNT_KIND)
        if giver["asset"] != taker["asset"]:
            no(No.ASSET_MISMATCH)
        if now and taker["balance"] + amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        self._no_funds(source, amount, no, agent)

    def _no_funds(self, source: str, amount: int, no: Callable[[No], None], agent: str | None = None) -> None:
        self._no_frozen(source, agent, no)
        if amount > self.accounts[source]["balance"] - self.held_of(source):
            no(No.INSUFFICIENT_FUNDS)

    def _no_frozen(self, source: str, agent: str | None, no: Callable[[No], None]) -> None:
        if self.accounts[source]["frozen"]:
            no(No.ACCOUNT_FROZEN)
        owner = self.accounts[source]["owner"]
        spender = agent or owner
        if spender in self.agents and self.agents[spender]["frozen"]:
            no(No.AGENT_FROZEN)
        team = self._team(owner)
        if team and self.teams[team]["frozen"]:
            no(No.TEAM_FROZEN)

    def _no_suspended(self, agent: str, no: Callable[[No], None]) -> None:
        """Who is suspended or banned takes on nothing new."""
        if self.standings.get(self.agents[agent]["owner"]) in (Standing.SUSPENDED, Standing.BANNED):
            no(No.OWNER_SUSPENDED)

    def _no_budget(self, levels: list[str], amount: int, no: Callable[[No], None]) -> None:
        for level in levels:
            if self.budgets[level]["mode"] is BudgetMode.HARD and amount > self.left(level):
                no(No.BUDGET_EXHAUSTED)

    def _no_place_beneath(self, budget: str | None, asset: str | None, no: Callable[[No], None]) -> None:
        if budget is not None and budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif budget is not None and asset is not None and self.budgets[budget]["asset"] != asset:
            no(No.ASSET_MISMATCH)

    def _no_run(self, run: str, payer: str, agent: str | None, no: Callable[[No], None]) -> None:
        """A budget that is there: may what leaves an account count there too?"""
        above = self._above(payer, agent)
        if self.budgets[run]["asset"] != self.accounts[payer]["asset"]:
            no(No.ASSET_MISMATCH)
        if above and above[0] not in self._chain(run):
            no(No.BUDGET_NOT_BENEATH)

    # What happens.

    def _open(
        self, name: str, kind: Kind, asset: str, budget: str | None = None, owner: str | None = None
    ) -> None:
        self.accounts[name] = {
            "owner": owner or name,
            "kind": kind,
            "asset": asset,
            "balance": 0,
            "frozen": False,
            "budget": budget,
            "line": 0,
        }

    def _spend(
        self, source: str, destination: str, amount: int, notices: Notices, agent: str | None = None
    ) -> None:
        levels = self._levels(source, destination, agent=agent)
        self._overruns(levels, amount, notices)
        self._move(source, destination, amount)
        self._count(levels, amount, notices)
        self._repay(destination, amount)

    def _move(self, source: str, destination: str, amount: int) -> None:
        self.accounts[source]["balance"] -= amount
        self.accounts[destination]["balance"] += amount

    def _repay(self, receiver: str, income: int) -> None:
        debt = self.accounts.get(f"debt:{receiver}")
        if debt is not None and debt["kind"] is Kind.DEBT:
            self._move(receiver, f"debt:{receiver}", min(income, -debt["balance"]))

    def _overruns(self, levels: list[str], amount: int, notices: Notices) -> None:
        for level in levels:
            told = self.left(level, self.sealed_in(level))
            if self.budgets[level]["mode"] is not BudgetMode.HARD and amount > told:
                notices.append(("overrun", level, amount, told))

    def _overruns_unsaid(self, levels: list[str], amount: int, notices: Notices) -> None:
        """The same, where by how much is not said."""
        told: Notices = []
        self._overruns(levels, amount, told)
        notices += [("overrun", level, 0, 0) for _, level, _, _ in told]

    def _count(self, levels: list[str], amount: int, notices: Notices) -> None:
        for level in levels:
            budget = self.budgets[level]
            budget["spent"] += amount
            for ppm in budget["alerts"]:
                if ppm not in budget["alerted"] and budget["spent"] * 1_000_000 >= budget["limit"] * ppm:
                    budget["alerted"].add(ppm)
                    notices.append(("alert", level, ppm))

    def _walk_windows(self, budget: Row) -> None:
        while budget["window"] and self.now >= budget["ends"]:
            left_over = max(0, budget["limit"] + budget["carried"] - budget["spent"])
            if not budget["spent"] and budget["carried"] == min(budget["carry_over"], left_over):
                # Nor will the windows after this one change anything, of which there may be very many.
                budget["ends"] += (self.now - budget["ends"]) // budget["window"] * budget["window"]
            budget["carried"] = min(budget["carry_over"], left_over)
            budget["spent"] = 0
            budget["alerted"] = set()
            budget["ends"] += budget["window"]

    # How things stand.

    def _team(self, owner: str) -> str | None:
        """The team that an owner is or belongs to."""
        if owner in self.agents:
            return self.agents[owner]["team"]
        return owner if owner in self.teams else None

    def _payer(self, name: str) -> tuple[str, str | None]:
        """The account that pays for a name, and the agent where it pays from its team's."""
        if name not in self.accounts and name in self.agents:
            return self.agents[name]["team"], name
        return name, None

    def _chain(self, budget: str | None) -> list[str]:
        return [] if budget is None else [budget, *self._chain(self.budgets[budget]["parent"])]

    def _levels(
        self, source: str, destination: str, named: str | None = None, agent: str | None = None
    ) -> list[str]:
        kept = self._above(destination)
        above = [*self._chain(named), *self._above(source, agent)]
        return [level for level in dict.fromkeys(above) if level not in kept]

    def _above(self, account: str, agent: str | None = None) -> list[str]:
        """Every budget above an account: above the agent that draws on it, its own, and those of its team."""
        row = self.accounts[account]
        team = self._team(row["owner"])
        spender = agent or row["owner"]
        chains = [
            self._chain(self.agents[spender]["budget"] if spender in self.agents else None),
            self._chain(row["budget"]),
            self._chain(self.accounts[team]["budget"] if team else None),
        ]
        return list(dict.fromkeys(level for chain in chains for level in chain))

    def _own_budget(self, name: str) -> str | None:
        return name if name in self.budgets and self.budgets[name]["asset"] == "credit" else None

    def _stands(self, name: str) -> Row:
        """What stands beneath a budget under this name: an account, or an agent without one."""
        return self.accounts[name] if name in self.accounts else self.agents[name]


def system(kind: Kind, asset: str) -> str:
    return kind.value if asset == "credit" else f"{kind.value}:{asset}"


def system_kinds(asset: str) -> list[Kind]:
    every = [Kind.MINT, Kind.BURN, Kind.TREASURY, Kind.ESCROW]
    return [*every, Kind.REWARDS, Kind.INSURANCE] if asset == "credit" else every
