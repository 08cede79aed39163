"""Holds: placed, topped up, settled; and those that were paid though nobody reported."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterable, Iterator

from econonexus.domain import commands as c
from econonexus.domain.charges import Charge
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import Unreported
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import Books, Notices, Row, system
from tests.oracle.forms import BIGGEST


class Holds(Books):
    """Holds: placed, topped up, settled; and those that were paid though nobody reported."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: dict[str, Row] = {}
        self.ended: dict[str, str] = {}
        self.unreported: dict[str, Row] = {}

    def _form_PlaceHold(self, it: c.PlaceHold) -> set[No]:
        texts = (
            forms.short(it.code, 64) | forms.short(it.reference, 256) | forms.same(it.source, it.destination)
        )
        return (
            forms.names(it.hold)
            | texts
            | forms.whole(it.amount)
            | forms.instant(it.expires_at)
            | forms.charges(it.also)
        )

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
        destination = it.destination or system(Kind.BURN, source["asset"])
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

    def _do_PlaceHold(self, it: c.PlaceHold, notices: Notices) -> None:
        source, agent = self._payer(it.source)
        destination = it.destination or system(Kind.BURN, self.accounts[source]["asset"])
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

    def _form_TopUpHold(self, it: c.TopUpHold) -> set[No]:
        later = set() if it.expires_at is None else forms.instant(it.expires_at)
        return forms.whole(it.amount, 0 if it.also else 1) | later | forms.charges(it.also)

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

    def _do_TopUpHold(self, it: c.TopUpHold, notices: Notices) -> None:
        hold = self.holds[it.hold]
        if it.amount:
            self._overruns(hold["budgets"], it.amount, notices)
        self._overruns_of(it.also, notices)
        hold["amount"] += it.amount
        for charge in it.also:
            hold["also"][charge.budget] = hold["also"].get(charge.budget, 0) + charge.amount
        hold["expires"] = it.expires_at or hold["expires"]

    def _form_PostHold(self, it: c.PostHold) -> set[No]:
        return forms.whole(it.amount) | forms.charges(it.also, 0)

    def _no_PostHold(self, it: c.PostHold, no: Callable[[No], None]) -> None:
        if self._no_open_hold(it.hold, no, it.agent):
            hold = self.holds[it.hold]
            if it.amount > hold["amount"]:
                no(No.AMOUNT_OVER_HOLD)
            if any(charge.amount > hold["also"].get(charge.budget, 0) for charge in it.also):
                no(No.AMOUNT_OVER_HOLD)
            if self.accounts[hold["destination"]]["balance"] + it.amount > BIGGEST:
                no(No.BALANCE_TOO_LARGE)

    def _do_PostHold(self, it: c.PostHold, notices: Notices) -> None:
        hold = self._end_hold(it.hold, "ended")
        self._pay(hold, it.amount, _really(hold, it.also), notices)

    def _no_VoidHold(self, it: c.VoidHold, no: Callable[[No], None]) -> None:
        self._no_open_hold(it.hold, no, it.agent)

    def _do_VoidHold(self, it: c.VoidHold, notices: Notices) -> None:
        self._end_hold(it.hold, "ended")

    def _no_ExpireHold(self, it: c.ExpireHold, no: Callable[[No], None]) -> None:
        if self._no_open_hold(it.hold, no) and self.holds[it.hold]["expires"] > self.now:
            no(No.HOLD_NOT_DUE)

    def _do_ExpireHold(self, it: c.ExpireHold, notices: Notices) -> None:
        if self.holds[it.hold]["settles"]:
            self._pay_unreported(it.hold, notices)
        else:
            self._end_hold(it.hold, "expired")

    def _no_SettleUnreported(self, it: c.SettleUnreported, no: Callable[[No], None]) -> None:
        self._no_open_hold(it.hold, no)

    def _do_SettleUnreported(self, it: c.SettleUnreported, notices: Notices) -> None:
        self._pay_unreported(it.hold, notices)

    def _form_ReconcileHold(self, it: c.ReconcileHold) -> set[No]:
        return forms.whole(it.amount, 0) | forms.charges(it.also, 0)

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

    def _do_ReconcileHold(self, it: c.ReconcileHold, notices: Notices) -> None:
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

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for hold in self.holds.values():
            yield hold["source"], hold["amount"], self._counts(hold)

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, hold in self.holds.items():
            yield hold["expires"], "hold", c.ExpireHold(name)

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

    def _end_hold(self, hold: str, how: str) -> Row:
        self.ended[hold] = how
        return self.holds.pop(hold)


def _really(hold: Row, said: Iterable[Charge]) -> dict[str, int]:
    """What was used of each of a hold's further limits; all of it where nothing is said."""
    return hold["also"] | {charge.budget: charge.amount for charge in said if charge.budget in hold["also"]}
