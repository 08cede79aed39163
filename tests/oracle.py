"""The ledger and its budgets once more, as simply as can be, to compare the real ones with.

Written from what the commands promise, with plain dictionaries and no events: each command first
collects *all* reasons against it, whatever their order, and only where there is none changes the books.
Budget windows are walked through one after the other.
"""
# ruff: noqa: N802, N815  # Methods are named after the command they are about.

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from econonexus.domain import commands as c
from econonexus.domain.charges import Charge
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import BudgetMode, Mode, Role, Unreported
from econonexus.domain.refusals import RefusalCode as No

BIGGEST = 2**63 - 1
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Row = dict[str, Any]
PROPERTIES = ("weight", "priority", "models", "capabilities", "metadata")
Notices = list[tuple[Any, ...]]
"""What people are told beside the money: ("overrun", budget, requested, left), ("alert", budget, ppm)."""


class Oracle:
    """Plain books. `submit` says which reasons there are against a command, or what people are told."""

    def __init__(self) -> None:
        self.assets: set[str] = set()
        self.accounts: dict[str, Row] = {}
        self.holds: dict[str, Row] = {}
        self.ended: dict[str, str] = {}
        self.unreported: dict[str, Row] = {}
        self.modes: dict[str, Mode] = {}
        self.budgets: dict[str, Row] = {}
        self.exchanges: dict[str, Row] = {}
        self.teams: dict[str, Row] = {}
        self.agents: dict[str, Row] = {}
        self.keys: dict[str, str] = {}
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
        self._act(command, notices)
        return notices

    def left(self, budget: str) -> int:
        row = self.budgets[budget]
        return max(0, row["limit"] + row["carried"] - row["spent"] - self.held_in(budget))

    def held_in(self, budget: str) -> int:
        return sum(self._counts(hold).get(budget, 0) for hold in self.holds.values())

    def held_of(self, account: str) -> int:
        return sum(hold["amount"] for hold in self.holds.values() if hold["source"] == account)

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

    def _form_DeclareAsset(self, it: c.DeclareAsset) -> set[No]:
        return _names(it.asset) | _whole(it.decimals, 0, 18)

    def _form_DeclareExchange(self, it: c.DeclareExchange) -> set[No]:
        bad = _whole(it.rate.amount) | _whole(it.rate.per_units)
        same = {No.SAME_ASSET} if it.sell == it.buy else set()
        return _names(it.exchange) | ({No.INVALID_RATE} if bad else set()) | same

    def _form_Convert(self, it: c.Convert) -> set[No]:
        return _whole(it.amount)

    def _form_OpenAccount(self, it: c.OpenAccount) -> set[No]:
        return _names(it.account, it.owner) | _short(it.label, 256)

    def _form_FreezeAccount(self, it: c.FreezeAccount) -> set[No]:
        return _short(it.reason, 256)

    def _form_UnfreezeAccount(self, it: c.UnfreezeAccount) -> set[No]:
        return _short(it.reason, 256)

    def _form_Mint(self, it: c.Mint) -> set[No]:
        return _short(it.reason, 256) | _short(it.note, 1024) | _whole(it.amount)

    def _form_Burn(self, it: c.Burn) -> set[No]:
        return _short(it.reason, 256) | _short(it.note, 1024) | _whole(it.amount)

    def _form_Transfer(self, it: c.Transfer) -> set[No]:
        texts = _short(it.code, 64) | _short(it.reference, 256) | _short(it.note, 1024)
        return texts | _whole(it.amount) | _same(it.source, it.destination)

    def _form_SetCreditLine(self, it: c.SetCreditLine) -> set[No]:
        return _whole(it.limit, 0)

    def _form_DrawCredit(self, it: c.DrawCredit) -> set[No]:
        return _whole(it.amount)

    def _form_PlaceHold(self, it: c.PlaceHold) -> set[No]:
        texts = _short(it.code, 64) | _short(it.reference, 256) | _same(it.source, it.destination)
        return _names(it.hold) | texts | _whole(it.amount) | _instant(it.expires_at) | _charges(it.also)

    def _form_TopUpHold(self, it: c.TopUpHold) -> set[No]:
        later = set() if it.expires_at is None else _instant(it.expires_at)
        return _whole(it.amount, 0 if it.also else 1) | later | _charges(it.also)

    def _form_PostHold(self, it: c.PostHold) -> set[No]:
        return _whole(it.amount) | _charges(it.also, 0)

    def _form_ReconcileHold(self, it: c.ReconcileHold) -> set[No]:
        return _whole(it.amount, 0) | _charges(it.also, 0)

    def _form_RecordUsage(self, it: c.RecordUsage) -> set[No]:
        texts = _short(it.code, 64) | _short(it.reference, 256) | _short(it.refused, 64)
        return texts | _whole(it.amount)

    def _form_SetMode(self, it: c.SetMode) -> set[No]:
        return _short(it.reason, 256)

    def _form_CreateBudget(self, it: c.CreateBudget) -> set[No]:
        bad = _bad_rule(it) or bool(_whole(it.window, 0)) or bool(it.carry_over and not it.window)
        return _names(it.budget) | ({No.INVALID_BUDGET_RULE} if bad else set())

    def _form_ChangeBudget(self, it: c.ChangeBudget) -> set[No]:
        known = self.budgets.get(it.budget)
        bad = _bad_rule(it) or bool(known and it.carry_over and not known["window"])
        return {No.INVALID_BUDGET_RULE} if bad else set()

    def _form_CreateTeam(self, it: c.CreateTeam) -> set[No]:
        return _names(it.team)

    def _form_FreezeTeam(self, it: c.FreezeTeam) -> set[No]:
        return _short(it.reason, 256)

    _form_UnfreezeTeam = _form_FreezeAgent = _form_UnfreezeAgent = _form_RevokeKey = _form_FreezeTeam

    def _form_CreateAgent(self, it: c.CreateAgent) -> set[No]:
        names = _names(it.agent, it.owner or "x") | _whole(it.credits, 0)
        poor = not it.wallet and (it.team is None or it.credits != 0)
        return names | _properties(it) | ({No.INVALID_AGENT} if poor else set())

    def _form_ChangeAgent(self, it: c.ChangeAgent) -> set[No]:
        return _properties(it)

    def _form_IssueKey(self, it: c.IssueKey) -> set[No]:
        return _names(it.key, it.holder) | _digest(it.digest)

    def _form_RotateKey(self, it: c.RotateKey) -> set[No]:
        return _digest(it.digest)

    def _no_CreateTeam(self, it: c.CreateTeam, no: Callable[[No], None]) -> None:
        if it.team in self.teams:
            no(No.TEAM_EXISTS)
        if it.team in self.agents:
            no(No.AGENT_EXISTS)
        if it.team in self.accounts:
            no(No.ACCOUNT_EXISTS)
        self._no_place_beneath(it.budget, "credit", no)

    def _no_FreezeTeam(self, it: c.FreezeTeam, no: Callable[[No], None]) -> None:
        if it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        elif self.teams[it.team]["frozen"]:
            no(No.TEAM_FROZEN)

    def _no_UnfreezeTeam(self, it: c.UnfreezeTeam, no: Callable[[No], None]) -> None:
        if it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        elif not self.teams[it.team]["frozen"]:
            no(No.TEAM_NOT_FROZEN)

    def _no_CreateAgent(self, it: c.CreateAgent, no: Callable[[No], None]) -> None:
        if it.key is not None or it.key_digest:
            for reason in _names(it.key or "") or _digest(it.key_digest):
                no(reason)
            if it.key in self.keys or it.key_digest in self.keys.values():
                no(No.KEY_EXISTS)
        if it.agent in self.teams:
            no(No.TEAM_EXISTS)
        if it.team is not None and it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        if it.agent in self.agents:
            no(No.AGENT_EXISTS)
        if it.wallet and it.agent in self.accounts:
            no(No.ACCOUNT_EXISTS)
        self._no_place_beneath(it.budget, "credit", no)
        if it.credits > BIGGEST + self.accounts["mint"]["balance"]:
            no(No.BALANCE_TOO_LARGE)

    def _no_ChangeAgent(self, it: c.ChangeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        else:
            stands = self.accounts.get(it.agent, {"asset": "credit"})
            self._no_place_beneath(it.budget, stands["asset"], no)

    def _no_SetMode(self, it: c.SetMode, no: Callable[[No], None]) -> None:
        known = it.feature == "gateway" or (
            it.feature.startswith("gateway:") and not _names(it.feature.removeprefix("gateway:"))
        )
        if not known:
            no(No.UNKNOWN_FEATURE)

    def _no_RecordUsage(self, it: c.RecordUsage, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            return no(No.UNKNOWN_AGENT)
        payer, agent = self._payer(it.agent)
        if it.budget is not None and it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif it.budget is not None:
            self._no_run(it.budget, payer, agent, no)
        return None

    def _no_FreezeAgent(self, it: c.FreezeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        elif self.agents[it.agent]["frozen"]:
            no(No.AGENT_FROZEN)

    def _no_UnfreezeAgent(self, it: c.UnfreezeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        elif not self.agents[it.agent]["frozen"]:
            no(No.AGENT_NOT_FROZEN)

    def _no_IssueKey(self, it: c.IssueKey, no: Callable[[No], None]) -> None:
        if it.role is Role.AGENT and it.holder not in self.agents:
            no(No.UNKNOWN_AGENT)
        if it.key in self.keys or it.digest in self.keys.values():
            no(No.KEY_EXISTS)

    def _no_RotateKey(self, it: c.RotateKey, no: Callable[[No], None]) -> None:
        if it.digest in self.keys.values():
            no(No.KEY_EXISTS)
        self._no_RevokeKey(it, no)

    def _no_RevokeKey(self, it: c.RevokeKey | c.RotateKey, no: Callable[[No], None]) -> None:
        if it.key not in self.keys:
            no(No.UNKNOWN_KEY)

    def _no_DeclareAsset(self, it: c.DeclareAsset, no: Callable[[No], None]) -> None:
        if it.asset in self.assets:
            no(No.ASSET_EXISTS)
        elif any(_own(kind, it.asset) in self.accounts for kind in _own_kinds(it.asset)):
            no(No.ACCOUNT_EXISTS)

    def _no_DeclareExchange(self, it: c.DeclareExchange, no: Callable[[No], None]) -> None:
        if not {it.sell, it.buy} <= self.assets:
            no(No.UNKNOWN_ASSET)
        if it.exchange in self.exchanges:
            no(No.EXCHANGE_EXISTS)
        if {f"exchange:{it.exchange}:{it.sell}", f"exchange:{it.exchange}:{it.buy}"} & self.accounts.keys():
            no(No.ACCOUNT_EXISTS)

    def _no_Convert(self, it: c.Convert, no: Callable[[No], None]) -> None:
        source, destination = self.accounts.get(it.source), self.accounts.get(it.destination)
        if source is None or destination is None:
            no(No.UNKNOWN_ACCOUNT)
        exchange = self.exchanges.get(it.exchange)
        if exchange is None:
            return no(No.UNKNOWN_EXCHANGE)
        received = it.amount * exchange["num"] // exchange["den"]
        if received < 1:
            no(No.AMOUNT_NOT_POSITIVE)
        if received > BIGGEST:
            no(No.AMOUNT_TOO_LARGE)
        stock_in, stock_out = self._stocks(it.exchange)
        if it.source == stock_in or it.destination == stock_out:
            no(No.SAME_ACCOUNT)
        elif source is not None and destination is not None:
            self._no_move(it.source, stock_in, it.amount, no)
            self._no_move(stock_out, it.destination, received, no)
            self._no_budget(self._levels(it.source, stock_in), it.amount, no)
        return None

    def _no_OpenAccount(self, it: c.OpenAccount, no: Callable[[No], None]) -> None:
        if it.asset not in self.assets:
            no(No.UNKNOWN_ASSET)
        if it.account in self.accounts:
            no(No.ACCOUNT_EXISTS)
        if it.kind not in (Kind.WALLET, Kind.STAKE, Kind.ESCROW):
            no(No.WRONG_ACCOUNT_KIND)
        self._no_place_beneath(it.budget, it.asset, no)

    def _no_FreezeAccount(self, it: c.FreezeAccount, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.account)
        if account is None:
            return no(No.UNKNOWN_ACCOUNT)
        if account["kind"] in (Kind.MINT, Kind.BURN, Kind.DEBT):
            no(No.WRONG_ACCOUNT_KIND)
        if account["frozen"]:
            no(No.ACCOUNT_FROZEN)
        return None

    def _no_UnfreezeAccount(self, it: c.UnfreezeAccount, no: Callable[[No], None]) -> None:
        if it.account not in self.accounts:
            no(No.UNKNOWN_ACCOUNT)
        elif not self.accounts[it.account]["frozen"]:
            no(No.ACCOUNT_NOT_FROZEN)

    def _no_Mint(self, it: c.Mint, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.destination)
        if account is None:
            return no(No.UNKNOWN_ACCOUNT)
        if account["kind"] in (Kind.MINT, Kind.BURN, Kind.DEBT):
            no(No.WRONG_ACCOUNT_KIND)
        issued = -self.accounts[_own(Kind.MINT, account["asset"])]["balance"]
        if issued + it.amount > BIGGEST or account["balance"] + it.amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        return None

    def _no_Burn(self, it: c.Burn, no: Callable[[No], None]) -> None:
        if it.source not in self.accounts:
            return no(No.UNKNOWN_ACCOUNT)
        sink = _own(Kind.BURN, self.accounts[it.source]["asset"])
        self._no_move(it.source, sink, it.amount, no)
        self._no_budget(self._levels(it.source, sink), it.amount, no)
        return None

    def _no_Transfer(self, it: c.Transfer, no: Callable[[No], None]) -> None:
        source, agent = self._payer(it.source)
        if not {source, it.destination} <= self.accounts.keys():
            return no(No.UNKNOWN_ACCOUNT)
        if source == it.destination:
            return no(No.SAME_ACCOUNT)
        self._no_move(source, it.destination, it.amount, no, agent=agent)
        self._no_budget(self._levels(source, it.destination, agent=agent), it.amount, no)
        return None

    def _no_SetCreditLine(self, it: c.SetCreditLine, no: Callable[[No], None]) -> None:
        debt = self.accounts.get(f"debt:{it.account}")
        if debt is not None and debt["kind"] is not Kind.DEBT:
            no(No.ACCOUNT_EXISTS)
        elif debt is not None and it.limit < -debt["balance"]:
            no(No.CREDIT_LINE_IN_USE)
        self._no_credit(it.account, no)

    def _no_DrawCredit(self, it: c.DrawCredit, no: Callable[[No], None]) -> None:
        self._no_credit(it.account, no)
        account = self.accounts.get(it.account)
        if account is None:
            return
        if account["balance"] + it.amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        self._no_frozen(it.account, None, no)
        debt = self.accounts.get(f"debt:{it.account}")
        if debt is None or debt["kind"] is not Kind.DEBT or it.amount > debt["balance"] + debt["line"]:
            no(No.CREDIT_LINE_EXCEEDED)

    def _no_PlaceHold(self, it: c.PlaceHold, no: Callable[[No], None]) -> None:
        if it.expires_at <= self.now:
            no(No.DEADLINE_PASSED)
        if it.hold in self.holds or it.hold in self.ended or it.hold in self.unreported:
            no(No.HOLD_EXISTS)
        if it.budget is not None and it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        payer, agent = self._payer(it.source)
        if payer not in self.accounts:
            return no(No.UNKNOWN_ACCOUNT)
        source = self.accounts[payer]
        destination = it.destination or _own(Kind.BURN, source["asset"])
        if destination not in self.accounts:
            return no(No.UNKNOWN_ACCOUNT)
        if payer == destination:
            return no(No.SAME_ACCOUNT)
        self._no_move(payer, destination, it.amount, no, now=False, agent=agent)
        if it.budget is not None and it.budget in self.budgets:
            self._no_run(it.budget, payer, agent, no)
        if it.budget is None or it.budget in self.budgets:
            levels = self._levels(payer, destination, it.budget, agent)
            self._no_budget(levels, it.amount, no)
            self._no_charges({"budgets": levels, "also": {}}, it.also, no)
        for charge in it.also:
            if charge.budget not in self.budgets:
                no(No.UNKNOWN_BUDGET)
        return None

    def _no_run(self, run: str, payer: str, agent: str | None, no: Callable[[No], None]) -> None:
        """A budget that is there: may what leaves an account count there too?"""
        above = self._above(payer, agent)
        if self.budgets[run]["asset"] != self.accounts[payer]["asset"]:
            no(No.ASSET_MISMATCH)
        if above and above[0] not in self._chain(run):
            no(No.BUDGET_NOT_BENEATH)

    def _no_charges(self, hold: Row, charges: Iterable[Charge], no: Callable[[No], None]) -> None:
        """May a hold count in these further limits as well, in no budget twice?"""
        also = dict(hold["also"])
        for charge in charges:
            also[charge.budget] = also.get(charge.budget, 0) + charge.amount
            if also[charge.budget] > BIGGEST:
                no(No.AMOUNT_TOO_LARGE)
            for level in self._chain(charge.budget) if charge.budget in self.budgets else []:
                self._no_budget([level], charge.amount, no)
        if len(also) > 8:
            no(No.INVALID_CHARGE)
        everywhere = list(hold["budgets"])
        for budget in also:
            if budget not in self.budgets:
                no(No.UNKNOWN_BUDGET)
            else:
                everywhere += self._chain(budget)
        if len(set(everywhere)) < len(everywhere):
            no(No.BUDGET_COUNTED_TWICE)

    def _no_TopUpHold(self, it: c.TopUpHold, no: Callable[[No], None]) -> None:
        for charge in it.also:
            if charge.budget not in self.budgets:
                no(No.UNKNOWN_BUDGET)
        if self._no_open_hold(it.hold, no):
            hold = self.holds[it.hold]
            self._no_charges(hold, it.also, no)
            if it.expires_at is not None and it.expires_at < hold["expires"]:
                no(No.DEADLINE_PASSED)
            self._no_funds(hold["source"], it.amount, no, hold["agent"])
            self._no_budget(hold["budgets"], it.amount, no)

    def _no_PostHold(self, it: c.PostHold, no: Callable[[No], None]) -> None:
        if self._no_open_hold(it.hold, no, it.agent):
            hold = self.holds[it.hold]
            if it.amount > hold["amount"]:
                no(No.AMOUNT_OVER_HOLD)
            if any(charge.amount > hold["also"].get(charge.budget, 0) for charge in it.also):
                no(No.AMOUNT_OVER_HOLD)
            if self.accounts[hold["destination"]]["balance"] + it.amount > BIGGEST:
                no(No.BALANCE_TOO_LARGE)

    def _no_SettleUnreported(self, it: c.SettleUnreported, no: Callable[[No], None]) -> None:
        self._no_open_hold(it.hold, no)

    def _no_ReconcileHold(self, it: c.ReconcileHold, no: Callable[[No], None]) -> None:
        row = self.unreported.get(it.hold)
        if it.hold in self.holds:
            return no(No.HOLD_STILL_OPEN)
        if row is None:
            return no(self._how_it_ended(it.hold))
        if it.amount > row["paid"] or any(
            charge.amount > row["also"].get(charge.budget, 0) for charge in it.also
        ):
            no(No.AMOUNT_OVER_HOLD)
        back = row["paid"] - it.amount
        source, destination = self.accounts[row["source"]], self.accounts[row["destination"]]
        if source["balance"] + back > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        if back > destination["balance"] - self.held_of(row["destination"]):
            no(No.INSUFFICIENT_FUNDS)
        return None

    def _no_VoidHold(self, it: c.VoidHold, no: Callable[[No], None]) -> None:
        self._no_open_hold(it.hold, no, it.agent)

    def _no_ExpireHold(self, it: c.ExpireHold, no: Callable[[No], None]) -> None:
        if self._no_open_hold(it.hold, no) and self.holds[it.hold]["expires"] > self.now:
            no(No.HOLD_NOT_DUE)

    def _no_CreateBudget(self, it: c.CreateBudget, no: Callable[[No], None]) -> None:
        if it.asset not in self.assets:
            no(No.UNKNOWN_ASSET)
        if it.budget in self.budgets:
            no(No.BUDGET_EXISTS)
        if it.parent is not None and it.parent not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif it.parent is not None:
            if self.budgets[it.parent]["asset"] != it.asset:
                no(No.ASSET_MISMATCH)
            if len(self._chain(it.parent)) >= 8:
                no(No.BUDGET_TOO_DEEP)

    def _no_ChangeBudget(self, it: c.ChangeBudget, no: Callable[[No], None]) -> None:
        if it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)

    def _no_CloseBudget(self, it: c.CloseBudget, no: Callable[[No], None]) -> None:
        users = [row["budget"] for row in (*self.accounts.values(), *self.agents.values())]
        parents = [row["parent"] for row in self.budgets.values()]
        if it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif it.budget in users or it.budget in parents or self.held_in(it.budget):
            no(No.BUDGET_IN_USE)

    def _no_AssignBudget(self, it: c.AssignBudget, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.account)
        if account is None and it.account in self.agents:
            account = {"kind": Kind.WALLET, "asset": "credit"}
        if account is None:
            no(No.UNKNOWN_ACCOUNT)
        elif account["kind"] in (Kind.MINT, Kind.BURN, Kind.DEBT):
            no(No.WRONG_ACCOUNT_KIND)
        self._no_place_beneath(it.budget, account and account["asset"], no)

    def _no_place_beneath(self, budget: str | None, asset: str | None, no: Callable[[No], None]) -> None:
        if budget is not None and budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif budget is not None and asset is not None and self.budgets[budget]["asset"] != asset:
            no(No.ASSET_MISMATCH)

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
        if giver["kind"] in (Kind.MINT, Kind.BURN, Kind.DEBT) or taker["kind"] in (Kind.MINT, Kind.DEBT):
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

    def _no_budget(self, levels: list[str], amount: int, no: Callable[[No], None]) -> None:
        for level in levels:
            if self.budgets[level]["mode"] is BudgetMode.HARD and amount > self.left(level):
                no(No.BUDGET_EXHAUSTED)

    def _no_credit(self, account: str, no: Callable[[No], None]) -> None:
        row = self.accounts.get(account)
        if row is None:
            return no(No.UNKNOWN_ACCOUNT)
        if row["kind"] is not Kind.WALLET:
            no(No.WRONG_ACCOUNT_KIND)
        if row["asset"] != "credit":
            no(No.CREDIT_ONLY)
        return None

    def _no_open_hold(self, hold: str, no: Callable[[No], None], asker: str | None = None) -> bool:
        if hold in self.holds:
            row = self.holds[hold]
            its = asker in (None, row["agent"] or self.accounts[row["source"]]["owner"])
            if not its:
                no(No.UNKNOWN_HOLD)
            return its
        no(self._how_it_ended(hold))
        return False

    def _how_it_ended(self, hold: str) -> No:
        if hold in self.unreported:
            return No.HOLD_ALREADY_SETTLED
        ways = {"expired": No.HOLD_EXPIRED, "ended": No.HOLD_ALREADY_SETTLED}
        return ways.get(self.ended.get(hold, ""), No.UNKNOWN_HOLD)

    # What happens.

    def _act(self, it: c.Command, notices: Notices) -> None:
        match it:
            case c.DeclareAsset():
                self.assets.add(it.asset)
                for kind in _own_kinds(it.asset):
                    self._open(_own(kind, it.asset), kind, it.asset)
            case c.DeclareExchange():
                rate = {"num": it.rate.amount, "den": it.rate.per_units}
                self.exchanges[it.exchange] = {"sell": it.sell, "buy": it.buy, **rate}
                for asset in (it.sell, it.buy):
                    self._open(f"exchange:{it.exchange}:{asset}", Kind.EXCHANGE, asset)
            case c.OpenAccount():
                self._open(it.account, it.kind, it.asset, it.budget, it.owner)
            case c.FreezeAccount():
                self.accounts[it.account]["frozen"] = True
            case c.UnfreezeAccount():
                self.accounts[it.account]["frozen"] = False
            case c.Mint():
                mint = _own(Kind.MINT, self.accounts[it.destination]["asset"])
                self._move(mint, it.destination, it.amount)
                self._repay(it.destination, it.amount)
            case c.Burn():
                sink = _own(Kind.BURN, self.accounts[it.source]["asset"])
                self._spend(it.source, sink, it.amount, notices)
            case c.Transfer():
                source, agent = self._payer(it.source)
                self._spend(source, it.destination, it.amount, notices, agent)
            case c.Convert():
                exchange = self.exchanges[it.exchange]
                stock_in, stock_out = self._stocks(it.exchange)
                received = it.amount * exchange["num"] // exchange["den"]
                self._spend(it.source, stock_in, it.amount, notices)
                self._move(stock_out, it.destination, received)
                self._repay(it.destination, received)
            case c.SetCreditLine():
                debt = f"debt:{it.account}"
                if debt not in self.accounts:
                    self._open(debt, Kind.DEBT, "credit")
                self.accounts[debt]["line"] = it.limit
            case c.DrawCredit():
                self._move(f"debt:{it.account}", it.account, it.amount)
            case c.PlaceHold():
                source, agent = self._payer(it.source)
                destination = it.destination or _own(Kind.BURN, self.accounts[source]["asset"])
                levels = self._levels(source, destination, it.budget, agent)
                self._overruns(levels, it.amount, notices)
                self._overruns_of(it.also, notices)
                self.holds[it.hold] = {
                    "also": {charge.budget: charge.amount for charge in it.also},
                    "settles": it.unreported is Unreported.SETTLE,
                    "source": source,
                    "destination": destination,
                    "amount": it.amount,
                    "expires": it.expires_at,
                    "budgets": levels,
                    "agent": agent,
                }
            case c.TopUpHold():
                hold = self.holds[it.hold]
                if it.amount:
                    self._overruns(hold["budgets"], it.amount, notices)
                self._overruns_of(it.also, notices)
                hold["amount"] += it.amount
                for charge in it.also:
                    hold["also"][charge.budget] = hold["also"].get(charge.budget, 0) + charge.amount
                hold["expires"] = it.expires_at or hold["expires"]
            case c.PostHold():
                hold = self._end(it.hold, "ended")
                self._pay(hold, it.amount, _really(hold, it.also), notices)
            case c.SettleUnreported():
                self._pay_unreported(it.hold, notices)
            case c.ReconcileHold():
                row = self.unreported.pop(it.hold)
                self.ended[it.hold] = "ended"
                self._move(row["destination"], row["source"], row["paid"] - it.amount)
                less = {**row, "amount": row["paid"] - it.amount}
                really = _really(row, it.also)
                less["also"] = {budget: row["also"][budget] - really[budget] for budget in row["also"]}
                for level, amount in self._counts(less, row["chains"]).items():
                    then, ends = row["windows"][level]
                    if self.budgets.get(level) is then and then["ends"] == ends:
                        then["spent"] -= amount
            case c.VoidHold():
                self._end(it.hold, "ended")
            case c.ExpireHold() if self.holds[it.hold]["settles"]:
                self._pay_unreported(it.hold, notices)
            case c.ExpireHold():
                self._end(it.hold, "expired")
            case c.RecordUsage():
                pass
            case c.SetMode():
                self.modes[it.feature] = it.mode
            case c.CreateBudget():
                self.budgets[it.budget] = {
                    "parent": it.parent,
                    "asset": it.asset,
                    "window": it.window,
                    "ends": self.now + it.window,
                    "spent": 0,
                    "carried": 0,
                    "alerted": set(),
                    **_rule(it),
                }
                namesake = it.budget in self.agents or it.budget in self.teams
                if namesake and it.asset == "credit":
                    row = self._stands(it.budget)
                    if row["budget"] is None or row["budget"] in self._chain(it.parent):
                        row["budget"] = it.budget
            case c.ChangeBudget():
                budget = self.budgets[it.budget]
                budget |= _rule(it)
                budget["carried"] = min(budget["carried"], it.carry_over)
                reached = {ppm for ppm in it.alerts if budget["spent"] * 1_000_000 >= it.limit * ppm}
                budget["alerted"] = reached if budget["spent"] else set()
            case c.CloseBudget():
                del self.budgets[it.budget]
            case c.AssignBudget():
                self._stands(it.account)["budget"] = it.budget
            case c.CreateTeam():
                self.teams[it.team] = {"frozen": False}
                self._open(it.team, Kind.WALLET, "credit", it.budget or self._own_budget(it.team))
            case c.FreezeTeam() | c.UnfreezeTeam():
                self.teams[it.team]["frozen"] = isinstance(it, c.FreezeTeam)
            case c.CreateAgent():
                budget = it.budget or self._own_budget(it.agent)
                above = None if it.wallet else budget
                self.agents[it.agent] = {"team": it.team, "frozen": False, "budget": above}
                if it.wallet:
                    self._open(it.agent, Kind.WALLET, "credit", budget)
                if it.credits:
                    self._move("mint", it.agent, it.credits)
                if it.key is not None:
                    self.keys[it.key] = it.key_digest
                self.agents[it.agent] |= {name: getattr(it, name) for name in PROPERTIES}
            case c.ChangeAgent():
                changes = {name: getattr(it, name) for name in PROPERTIES}
                self.agents[it.agent] |= {name: to for name, to in changes.items() if to is not None}
                if it.budget is not None:
                    self._stands(it.agent)["budget"] = it.budget
            case c.FreezeAgent() | c.UnfreezeAgent():
                self.agents[it.agent]["frozen"] = isinstance(it, c.FreezeAgent)
            case c.IssueKey() | c.RotateKey():
                self.keys[it.key] = it.digest
            case c.RevokeKey():
                del self.keys[it.key]

    def _own_budget(self, name: str) -> str | None:
        return name if name in self.budgets and self.budgets[name]["asset"] == "credit" else None

    def _stands(self, name: str) -> Row:
        """What stands beneath a budget under this name: an account, or an agent without one."""
        return self.accounts[name] if name in self.accounts else self.agents[name]

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

    def _pay(self, hold: Row, amount: int, also: dict[str, int], notices: Notices) -> None:
        """A hold that has ended is paid, and counts as spent wherever it was held."""
        self._move(hold["source"], hold["destination"], amount)
        if amount:
            self._count(hold["budgets"], amount, notices)
        for budget, used in also.items():
            if used:
                self._count(self._chain(budget), used, notices)
        self._repay(hold["destination"], amount)

    def _pay_unreported(self, name: str, notices: Notices) -> None:
        hold = self.holds.pop(name)
        paid = min(hold["amount"], BIGGEST - self.accounts[hold["destination"]]["balance"])
        self._pay(hold, paid, hold["also"], notices)
        chains = {budget: self._chain(budget) for budget in hold["also"]}
        windows = {level: (self.budgets[level], self.budgets[level]["ends"]) for level in self._counts(hold)}
        self.unreported[name] = {**hold, "paid": paid, "chains": chains, "windows": windows}

    def _counts(self, hold: Row, chains: dict[str, list[str]] | None = None) -> dict[str, int]:
        """Every budget a hold counts in, and with how much."""
        counts = dict.fromkeys(hold["budgets"], hold["amount"])
        for budget, amount in hold["also"].items():
            counts |= dict.fromkeys(chains[budget] if chains else self._chain(budget), amount)
        return counts

    def _overruns_of(self, charges: Iterable[Charge], notices: Notices) -> None:
        for charge in charges:
            self._overruns(self._chain(charge.budget), charge.amount, notices)

    def _end(self, hold: str, how: str) -> Row:
        self.ended[hold] = how
        return self.holds.pop(hold)

    def _overruns(self, levels: list[str], amount: int, notices: Notices) -> None:
        for level in levels:
            if amount > self.left(level):
                notices.append(("overrun", level, amount, self.left(level)))

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
            budget["carried"] = min(budget["carry_over"], left_over)
            budget["spent"] = 0
            budget["alerted"] = set()
            budget["ends"] += budget["window"]

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

    def _stocks(self, exchange: str) -> tuple[str, str]:
        row = self.exchanges[exchange]
        return f"exchange:{exchange}:{row['sell']}", f"exchange:{exchange}:{row['buy']}"


def commands_known() -> set[str]:
    """The names of the commands that the oracle can judge."""
    return {name.removeprefix("_no_") for name, _ in inspect.getmembers(Oracle) if name.startswith("_no_")}


def _own(kind: Kind, asset: str) -> str:
    return kind.value if asset == "credit" else f"{kind.value}:{asset}"


def _own_kinds(asset: str) -> list[Kind]:
    every = [Kind.MINT, Kind.BURN, Kind.TREASURY, Kind.ESCROW]
    return [*every, Kind.REWARDS, Kind.INSURANCE] if asset == "credit" else every


def _rule(it: c.CreateBudget | c.ChangeBudget) -> Row:
    return {"limit": it.limit, "carry_over": it.carry_over, "mode": it.mode, "alerts": it.alerts}


def _bad_rule(it: c.CreateBudget | c.ChangeBudget) -> bool:
    amounts = _whole(it.limit, 0) | _whole(it.carry_over, 0)
    shares = list(it.alerts)
    in_range = all(type(ppm) is int and 1 <= ppm <= 1_000_000 for ppm in shares)
    return bool(amounts) or len(shares) > 8 or not in_range or shares != sorted(set(shares))


def _names(*names: str) -> set[No]:
    good = all(
        1 <= len(name) <= 128 and name[0] in LETTERS and not set(name) - set(LETTERS + "._:@/+-")
        for name in names
    )
    return set() if good else {No.INVALID_ID}


def _properties(it: c.CreateAgent | c.ChangeAgent) -> set[No]:
    lists = any(len(each) > 64 or _names("x", *each) for each in (it.capabilities or (), it.models or ()))
    facts = it.metadata or {}
    facts_bad = len(facts) > 16 or any(
        not 1 <= len(key) <= 64 or len(value) > 256 for key, value in facts.items()
    )
    weight = set() if it.weight is None else _whole(it.weight, 1, 1_000_000)
    priority = set() if it.priority is None else _whole(it.priority + 1_000, 0, 2_000)
    return {No.INVALID_AGENT} if lists or facts_bad or weight or priority else set()


def _charges(charges: Iterable[Charge], least: int = 1) -> set[No]:
    listed = list(charges)
    crowded = len(listed) > 8 or len({charge.budget for charge in listed}) < len(listed)
    amounts = [_whole(charge.amount, least) for charge in listed]
    return set().union(*amounts, {No.INVALID_CHARGE} if crowded else set())


def _really(hold: Row, said: Iterable[Charge]) -> dict[str, int]:
    """What was used of each of a hold's further limits; all of it where nothing is said."""
    return hold["also"] | {charge.budget: charge.amount for charge in said if charge.budget in hold["also"]}


def _digest(text: str) -> set[No]:
    good = len(text) == 64 and not set(text) - set("0123456789abcdef")
    return set() if good else {No.INVALID_KEY}


def _short(text: str, limit: int) -> set[No]:
    return {No.TEXT_TOO_LONG} if len(text) > limit else set()


def _same(source: str, destination: str | None) -> set[No]:
    return {No.SAME_ACCOUNT} if source == destination else set()


def _whole(value: int, least: int = 1, most: int = BIGGEST) -> set[No]:
    if type(value) is not int:
        return {No.AMOUNT_NOT_INTEGER}
    if value < least:
        return {No.AMOUNT_NOT_POSITIVE}
    return {No.AMOUNT_TOO_LARGE} if value > most else set()


def _instant(value: int) -> set[No]:
    if type(value) is not int:
        return {No.AMOUNT_NOT_INTEGER}
    return set() if 0 <= value <= BIGGEST else {No.AMOUNT_TOO_LARGE}
