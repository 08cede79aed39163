"""Budgets: made, changed, closed, and what stands beneath them."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import NEVER_PAY, Books, Notices, Row


class Budgets(Books):
    """Budgets: made, changed, closed, and what stands beneath them."""

    def _form_CreateBudget(self, it: c.CreateBudget) -> set[No]:
        bad = _bad_rule(it) or bool(forms.whole(it.window, 0)) or bool(it.carry_over and not it.window)
        return forms.names(it.budget) | ({No.INVALID_BUDGET_RULE} if bad else set())

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

    def _do_CreateBudget(self, it: c.CreateBudget, notices: Notices) -> None:
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

    def _form_ChangeBudget(self, it: c.ChangeBudget) -> set[No]:
        known = self.budgets.get(it.budget)
        bad = _bad_rule(it) or bool(known and it.carry_over and not known["window"])
        return {No.INVALID_BUDGET_RULE} if bad else set()

    def _no_ChangeBudget(self, it: c.ChangeBudget, no: Callable[[No], None]) -> None:
        if it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)

    def _do_ChangeBudget(self, it: c.ChangeBudget, notices: Notices) -> None:
        budget = self.budgets[it.budget]
        budget |= _rule(it)
        budget["carried"] = min(budget["carried"], it.carry_over)
        reached = {ppm for ppm in it.alerts if budget["spent"] * 1_000_000 >= it.limit * ppm}
        budget["alerted"] = reached if budget["spent"] else set()

    def _no_CloseBudget(self, it: c.CloseBudget, no: Callable[[No], None]) -> None:
        users = [row["budget"] for row in (*self.accounts.values(), *self.agents.values())]
        parents = [row["parent"] for row in self.budgets.values()]
        if it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif it.budget in users or it.budget in parents or self.held_in(it.budget):
            no(No.BUDGET_IN_USE)

    def _do_CloseBudget(self, it: c.CloseBudget, notices: Notices) -> None:
        del self.budgets[it.budget]

    def _no_AssignBudget(self, it: c.AssignBudget, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.account)
        if account is None and it.account in self.agents:
            account = {"kind": Kind.WALLET, "asset": "credit"}
        if account is None:
            no(No.UNKNOWN_ACCOUNT)
        elif account["kind"] in NEVER_PAY:
            no(No.WRONG_ACCOUNT_KIND)
        self._no_place_beneath(it.budget, account and account["asset"], no)

    def _do_AssignBudget(self, it: c.AssignBudget, notices: Notices) -> None:
        self._stands(it.account)["budget"] = it.budget


def _rule(it: c.CreateBudget | c.ChangeBudget) -> Row:
    return {"limit": it.limit, "carry_over": it.carry_over, "mode": it.mode, "alerts": it.alerts}


def _bad_rule(it: c.CreateBudget | c.ChangeBudget) -> bool:
    amounts = forms.whole(it.limit, 0) | forms.whole(it.carry_over, 0)
    shares = list(it.alerts)
    in_range = all(type(ppm) is int and 1 <= ppm <= 1_000_000 for ppm in shares)
    return bool(amounts) or len(shares) > 8 or not in_range or shares != sorted(set(shares))
