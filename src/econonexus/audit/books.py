"""The books kept a second time, from the journal's records alone, with nothing but dictionaries.

This file shares no code with the economy and is meant to be read in one sitting beside the description
of the events. Where the two disagree, one of them is wrong, and `Discrepancy` says at which record.
"""

import hashlib
import json
from typing import NamedTuple

from econonexus.audit.budgets import Budgets
from econonexus.audit.spenders import Keys, Spenders
from econonexus.audit.wrong import Wrong

Fields = dict[str, object]

MAX = 2**63 - 1

WAYS = {
    "minted": {("mint", "")},
    "burned": {("", "burn")},
    "credit_drawn": {("debt", "")},
    "debt_repaid": {("", "debt")},
}
"""Where money that moves by a kind of event comes from and goes to: accounts with these parts to play."""
ORDINARY = {("", ""), ("", "burn")}
"""The same for all other kinds."""


class Hold(NamedTuple):
    """A reserved movement, and the budgets it counts in."""

    source: str
    destination: str
    amount: int
    deadline: int
    levels: list[str]
    agent: str | None
    """The agent that placed it on its team's wallet, if one did."""


class Discrepancy(Exception):
    """A record that does not add up."""

    def __init__(self, sequence: int, problem: str) -> None:
        super().__init__(f"record {sequence}: {problem}")
        self.sequence = sequence
        self.problem = problem


class Books:
    """Accounts, holds and budgets after the records seen so far."""

    def __init__(self) -> None:
        self.sequence = 0
        self.link = bytes(32)
        self.time = 0
        self.balance: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.asset: dict[str, str] = {}
        self.assets: set[str] = set()
        self.floor: dict[str, int] = {}
        self.frozen: set[str] = set()
        self.part: dict[str, str] = {}
        """Account to the part it plays, of those that do: `mint`, `burn` or `debt`."""
        self.wallet: dict[str, str] = {}
        """Debt to the account that owes it."""
        self.exchanges: dict[str, tuple[str, str, int, int]] = {}
        """Exchange to what it takes, what it gives, and how much of this for how many of that."""
        self.holds: dict[str, Hold] = {}
        self.budgets = Budgets()
        self.spenders = Spenders()
        self.keys = Keys()
        self.commands: set[tuple[str, str]] = set()
        self.refusals = 0

    def read(self, sequence: int, body: bytes, link: bytes) -> Fields:
        """Check one record against the chain and the books, and enter it. Raises: Discrepancy."""
        if sequence != self.sequence + 1:
            raise Discrepancy(self.sequence + 1, f"missing, the next one is {sequence}")
        self.sequence = sequence
        if hashlib.sha256(self.link + body).digest() != link:
            raise Discrepancy(sequence, "does not match the hash chain")
        self.link = link
        try:
            record: Fields = json.loads(body)
            event = record["event"]
            if not isinstance(event, dict):
                raise Wrong("has no event")
            self._head(record)
            self._enter(str(event["type"]).partition("/")[0], event)
        except Wrong as wrong:
            raise Discrepancy(sequence, str(wrong)) from None
        except RecursionError:
            raise Discrepancy(sequence, "is nested too deeply") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Discrepancy(sequence, f"cannot be entered into the books ({error!r})") from error
        return record

    def close(self) -> None:
        """What must hold at the end of every day: balances add up to zero, holds add up to what is held."""
        for asset in sorted(self.assets):
            total = sum(self.balance[name] for name in self.balance if self.asset[name] == asset)
            if total:
                raise Discrepancy(self.sequence, f"the balances of {asset} add up to {total}, not 0")
        reserved = dict.fromkeys(self.held, 0)
        counted = dict.fromkeys(self.budgets.by_name, 0)
        for hold in self.holds.values():
            reserved[hold.source] += hold.amount
            for level in hold.levels:
                counted[level] += hold.amount
        for name, amount in reserved.items():
            if self.held[name] != amount:
                raise Discrepancy(
                    self.sequence, f"{name} has {self.held[name]} on hold, its holds add up to {amount}"
                )
        for name, amount in counted.items():
            held = self.budgets.by_name[name].held
            if held != amount:
                raise Discrepancy(
                    self.sequence, f"budget {name} has {held} held, its holds add up to {amount}"
                )

    def supply(self) -> dict[str, tuple[int, int]]:
        """Asset to what was minted and what was burned."""
        totals = {}
        for asset in sorted(self.assets):
            suffix = "" if asset == "credit" else f":{asset}"
            totals[asset] = (-self.balance[f"mint{suffix}"], self.balance[f"burn{suffix}"])
        return totals

    def _head(self, record: Fields) -> None:
        if record["sequence"] != self.sequence:
            raise Wrong(f"says that it is record {record['sequence']}")
        time = _whole(record["time"])
        if time < self.time:
            raise Wrong("is earlier than the one before")
        self.time = time
        if record.get("digest"):
            command = (str(record["caller"]), str(record["command"]))
            if command in self.commands:
                raise Wrong(f"command {command[1]} of {command[0]} is here a second time")
            self.commands.add(command)

    def _enter(self, kind: str, e: Fields) -> None:
        match kind:
            case "refused":
                self.refusals += 1
            case "asset_declared":
                self._declare(str(e["asset"]))
            case "exchange_declared":
                self._declare_exchange(e)
            case "account_opened":
                self._open_account(str(e["account"]), str(e["asset"]), e)
            case "account_frozen":
                self.frozen.add(str(e["account"]))
            case "account_unfrozen":
                self.frozen.remove(str(e["account"]))
            case "credit_line_set":
                self._set_credit_line(str(e["account"]), str(e["debt"]), _whole(e["limit"]))
            case "minted" | "credit_drawn" | "debt_repaid":
                self._move(kind, e["source"], e["destination"], e["amount"])
            case "transferred" | "burned":
                self._spend(kind, e, e["destination"], e["amount"])
            case "converted":
                self._convert(e)
            case "hold_placed":
                self._place(str(e["hold"]), e)
            case "hold_topped_up":
                self._reserve(str(e["hold"]), self._open_hold(e), e)
            case "hold_posted" | "hold_voided" | "hold_expired":
                self._settle(kind, self._open_hold(e), e)
            case "budget_created" | "budget_changed" | "budget_closed":
                self._budget(kind, str(e["budget"]), e)
            case "budget_assigned":
                account, budget, previous = str(e["account"]), _name(e["budget"]), _name(e.get("previous"))
                if account not in self.asset and account not in self.spenders.team:
                    raise Wrong(f"puts {account} beneath a budget, which is neither an account nor an agent")
                self.budgets.assign(account, self.asset.get(account, "credit"), budget, previous)
            case "budget_alert_raised" | "budget_overrun":
                if e["budget"] not in self.budgets.by_name:  # Else nothing: they move no money.
                    raise Wrong(f"speaks of budget {e['budget']}, which does not exist")
            case "team_created":
                self.spenders.create_team(str(e["team"]))
            case "agent_created":
                self.spenders.create_agent(str(e["agent"]), _name(e["team"]))
                self.budgets.assign(str(e["agent"]), "credit", _name(e.get("budget")), None)
            case "team_frozen" | "agent_frozen":
                self.spenders.stopped.add(str(e.get("team", e.get("agent"))))
            case "team_unfrozen" | "agent_unfrozen":
                self.spenders.stopped.remove(str(e.get("team", e.get("agent"))))
            case "key_issued" | "key_rotated" | "key_revoked":
                self.keys.enter(kind, str(e["key"]), str(e.get("digest")))
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    # Accounts.

    def _declare(self, asset: str) -> None:
        kinds = ["mint", "burn", "treasury", "escrow"]
        if asset == "credit":
            kinds += ["rewards", "insurance"]
        self.assets.add(asset)
        for kind in kinds:
            name = kind if asset == "credit" else f"{kind}:{asset}"
            self._open(name, asset)
            if kind in ("mint", "burn"):
                self.part[name] = kind
            if kind == "mint":
                self.floor[name] = -MAX

    def _declare_exchange(self, e: Fields) -> None:
        name, sell, buy, rate = str(e["exchange"]), str(e["sell"]), str(e["buy"]), e["rate"]
        if not isinstance(rate, dict):
            raise Wrong("has no rate")
        self.exchanges[name] = (sell, buy, _positive(rate["amount"]), _positive(rate["per_units"]))
        for asset in (sell, buy):
            self._open(f"exchange:{name}:{asset}", asset)

    def _open_account(self, name: str, asset: str, e: Fields) -> None:
        if e["kind"] not in ("wallet", "stake", "escrow"):
            raise Wrong(f"opens {name} as a {e['kind']}, which only the system does")
        self._open(name, asset)
        self.spenders.owner[name] = str(e["owner"])
        self.budgets.assign(name, asset, _name(e.get("budget")), None)

    def _open(self, name: str, asset: str) -> None:
        if name in self.balance:
            raise Wrong(f"opens {name} a second time")
        if asset not in self.assets:
            raise Wrong(f"opens {name} for an asset that was not declared: {asset}")
        self.balance[name] = self.held[name] = self.floor[name] = 0
        self.asset[name] = asset

    def _set_credit_line(self, wallet: str, debt: str, limit: int) -> None:
        if debt not in self.balance:
            self._open(debt, "credit")
            self.part[debt], self.wallet[debt] = "debt", wallet
        if self.wallet.get(debt) != wallet:
            raise Wrong(f"lets {debt} go below 0, which is not what {wallet} owes")
        self.floor[debt] = -limit
        self._check(debt)

    # Money.

    def _check_way(self, kind: str, giver: str, taker: str) -> None:
        """Mints, burn accounts and debts take part in events of their own only."""
        if self.asset[giver] != self.asset[taker]:
            raise Wrong(f"moves {self.asset[giver]} into an account of {self.asset[taker]}")
        way = (self.part.get(giver, ""), self.part.get(taker, ""))
        if way not in WAYS.get(kind, ORDINARY) or giver == taker:
            raise Wrong(f"takes money from {giver} to {taker}, which is not for an event `{kind}`")
        if "debt" in way and taker != self.wallet.get(giver) and giver != self.wallet.get(taker):
            raise Wrong(f"takes money from {giver} to {taker}, of which neither is the other's debt")

    def _move(self, kind: str, source: object, destination: object, amount: object) -> None:
        giver, taker, money = str(source), str(destination), _positive(amount)
        self._check_way(kind, giver, taker)
        if kind == "credit_drawn":
            self._check_free(taker)
        self.balance[giver] -= money
        self.balance[taker] += money
        self._check(giver)
        self._check(taker)

    def _spend(self, kind: str, e: Fields, destination: object, amount: object) -> None:
        """Money leaves an account for good, and counts in the budgets it leaves."""
        source, levels, agent = str(e["source"]), _names(e.get("budgets")), _name(e.get("agent"))
        self._check_free(source, agent)
        self._move(kind, source, destination, amount)
        self.budgets.check_payment(levels, self._above(source, agent), self._above(str(destination)))
        for level in levels:
            self.budgets.by_name[level].spend(_whole(amount), self.time)

    def _convert(self, e: Fields) -> None:
        exchange = str(e["exchange"])
        sell, buy, amount, per_units = self.exchanges[exchange]
        if (e["stock_in"], e["stock_out"]) != (f"exchange:{exchange}:{sell}", f"exchange:{exchange}:{buy}"):
            raise Wrong(f"converts in other accounts than those of exchange {exchange}")
        if _whole(e["received"]) != _whole(e["given"]) * amount // per_units:
            raise Wrong(f"converts at another rate than that of exchange {exchange}")
        self._spend("converted", e, e["stock_in"], e["given"])
        self._check_free(str(e["stock_out"]))
        self._move("converted", e["stock_out"], e["destination"], e["received"])

    def _check_free(self, name: str, agent: str | None = None) -> None:
        if name in self.frozen or self.spenders.is_stopped(name, agent):
            raise Wrong(f"takes money from {name}, which is frozen")

    def _above(self, account: str, agent: str | None = None) -> list[str]:
        """The budgets above an account: above the agent that has no account of its own and spends from it,
        above the account, and above the wallet of its owner's team."""
        owner = self.spenders.owner.get(account, account)
        spender, team = agent or owner, self.spenders.team_of(owner)
        levels = self.budgets.chain_above(account)
        if spender in self.spenders.team and spender not in self.balance:
            levels = _together(self.budgets.chain_above(spender), levels)
        return levels if team is None else _together(levels, self.budgets.chain_above(team))

    def _check(self, name: str) -> None:
        if self.balance[name] - self.held[name] < self.floor[name]:
            raise Wrong(
                f"leaves {name} with a balance of {self.balance[name]}, {self.held[name]} of it on hold, "
                f"below its floor of {self.floor[name]}"
            )
        if self.balance[name] > MAX:
            raise Wrong(f"leaves {name} with a balance over 2**63 - 1")

    # Holds.

    def _place(self, name: str, e: Fields) -> None:
        if name in self.holds:
            raise Wrong(f"places hold {name} a second time")
        levels, agent = _names(e.get("budgets")), _name(e.get("agent"))
        hold = Hold(str(e["source"]), str(e["destination"]), 0, 0, levels, agent)
        self._check_way("hold_placed", hold.source, hold.destination)
        above, kept = self._above(hold.source, agent), self._above(hold.destination)
        self.budgets.check_hold(levels, above, kept)
        for level in hold.levels:
            if self.budgets.by_name[level].asset != self.asset[hold.source]:
                raise Wrong(f"holds {self.asset[hold.source]} in budget {level}, which is of another asset")
        self._reserve(name, hold, e)

    def _open_hold(self, e: Fields) -> Hold:
        hold = self.holds.get(str(e["hold"]))
        if hold is None:
            raise Wrong(f"speaks of hold {e['hold']}, which is not open")
        if e["source"] != hold.source or e.get("destination", hold.destination) != hold.destination:
            raise Wrong(f"speaks of hold {e['hold']} between other accounts than it was placed for")
        if _names(e.get("budgets")) != hold.levels:
            raise Wrong(f"speaks of hold {e['hold']} in other budgets than it was placed in")
        return hold

    def _reserve(self, name: str, hold: Hold, e: Fields) -> None:
        amount, deadline = _positive(e["amount"]), _whole(e["expires_at"])
        self._check_free(hold.source, hold.agent)
        if deadline <= self.time:
            raise Wrong(f"gives hold {name} a deadline that has passed")
        self.holds[name] = hold._replace(amount=hold.amount + amount, deadline=deadline)
        self.held[hold.source] += amount
        self._check(hold.source)
        for level in hold.levels:
            self.budgets.by_name[level].hold(amount, self.time)

    def _settle(self, kind: str, hold: Hold, e: Fields) -> None:
        name, released = str(e["hold"]), _whole(e["released"])
        if kind == "hold_expired" and hold.deadline > self.time:
            raise Wrong(f"expires hold {name} before its deadline")
        if released + _whole(e.get("amount", 0)) != hold.amount:
            raise Wrong(f"settles hold {name} for another amount than its {hold.amount}")
        del self.holds[name]
        self.held[hold.source] -= hold.amount
        for level in hold.levels:
            self.budgets.by_name[level].held -= hold.amount
        if kind == "hold_posted":
            self._move(kind, hold.source, hold.destination, e["amount"])
            for level in hold.levels:
                self.budgets.by_name[level].spend(_whole(e["amount"]), self.time)

    def _budget(self, kind: str, name: str, e: Fields) -> None:
        if kind == "budget_closed":
            self.budgets.close(name)
            return
        if kind == "budget_created":
            asset, window = str(e["asset"]), _whole(e["window"])
            budget = self.budgets.create(name, _name(e["parent"]), asset, window, self.time)
        else:
            budget = self.budgets.by_name[name]
        budget.change(_whole(e["limit"]), _whole(e["carry_over"]), e["mode"] == "hard", self.time)


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX:
        raise ValueError(f"{value!r} is not a whole number in [0, 2**63 - 1]")
    return value


def _positive(value: object) -> int:
    if _whole(value) == 0:
        raise ValueError("an amount of 0")
    return _whole(value)


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _name(value: object) -> str | None:
    return None if value is None else str(value)


def _together(levels: list[str], more: list[str]) -> list[str]:
    return [*levels, *(level for level in more if level not in levels)]
