"""Making, changing and closing budgets, and putting accounts beneath them."""

import itertools
from collections.abc import Sequence

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import PAYS, Decision, unknown_account
from econonexus.domain.ids import CREDIT, AccountId, Instant, TeamId
from econonexus.domain.money import PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.budgets import MAX_ALERTS, MAX_DEPTH


def create(state: State, command: commands.CreateBudget, now: Instant) -> Decision | Refusal:
    """Make a budget, beneath another or on top."""
    refusal = (
        forms.name("budget", command.budget)
        or _rule(command.limit, command.carry_over, command.alerts)
        or _whole("window", command.window)
    )
    if refusal:
        return refusal
    if command.carry_over and not command.window:
        return Refusal(RefusalCode.INVALID_BUDGET_RULE, "carry_over")
    if command.asset not in state.ledger.assets:
        return Refusal(RefusalCode.UNKNOWN_ASSET, "asset", command.asset)
    budgets = state.budgets.by_id
    if command.budget in budgets:
        return Refusal(RefusalCode.BUDGET_EXISTS, "budget", command.budget)
    if command.parent is not None:
        parent = budgets.get(command.parent)
        if parent is None:
            return Refusal(RefusalCode.UNKNOWN_BUDGET, "parent", command.parent)
        if parent.asset != command.asset:
            return Refusal(RefusalCode.ASSET_MISMATCH, "asset", command.asset)
        if parent.depth >= MAX_DEPTH:
            return Refusal(RefusalCode.BUDGET_TOO_DEEP, "parent", command.parent, parent.depth + 1, MAX_DEPTH)
    created = events.BudgetCreated(
        command.budget,
        command.parent,
        command.asset,
        command.limit,
        command.window,
        command.carry_over,
        command.mode,
        command.alerts,
    )
    return (created, *_limit_its_namesake(state, command))


def change(state: State, command: commands.ChangeBudget, now: Instant) -> Decision | Refusal:
    """Give a budget another rule."""
    refusal = _rule(command.limit, command.carry_over, command.alerts)
    if refusal:
        return refusal
    budget = state.budgets.by_id.get(command.budget)
    if budget is None:
        return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    if command.carry_over and not budget.window:
        return Refusal(RefusalCode.INVALID_BUDGET_RULE, "carry_over")
    changed = events.BudgetChanged(budget.id, command.limit, command.carry_over, command.mode, command.alerts)
    return (changed,)


def close(state: State, command: commands.CloseBudget, now: Instant) -> Decision | Refusal:
    """Remove a budget that nothing uses."""
    budget = state.budgets.by_id.get(command.budget)
    if budget is None:
        return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    if budget.in_use:
        return Refusal(RefusalCode.BUDGET_IN_USE, "budget", budget.id)
    return (events.BudgetClosed(budget.id),)


def assign(state: State, command: commands.AssignBudget, now: Instant) -> Decision | Refusal:
    """Put an account, or an agent that has none, beneath a budget, or beneath none."""
    account = state.ledger.accounts.get(command.account)
    agent = None if account is not None else state.agents.owned_by(command.account)
    if account is None and agent is None:
        return unknown_account("account", command.account)
    budget = None
    if command.budget is not None:
        budget = state.budgets.by_id.get(command.budget)
        if budget is None:
            return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    if account is not None and account.kind not in PAYS:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "account", account.id)
    if budget is not None and budget.asset != (CREDIT if account is None else account.asset):
        return Refusal(RefusalCode.ASSET_MISMATCH, "budget", budget.id)
    previous = agent.budget if agent is not None else account.budget if account is not None else None
    return (events.BudgetAssigned(command.account, command.budget, previous),)


def _limit_its_namesake(state: State, command: commands.CreateBudget) -> Decision:
    """Put the agent or team of a new budget's name beneath it, unless that would loosen its limit."""
    name = AccountId(command.budget)
    agent, team = state.agents.owned_by(name), state.agents.teams.get(TeamId(name))
    if command.asset != CREDIT or (agent is None and team is None):
        return ()
    account = state.ledger.accounts.get(name)
    present = account.budget if account is not None else agent.budget if agent is not None else None
    if present is not None and present not in state.budgets.chain(command.parent):
        return ()
    return (events.BudgetAssigned(name, command.budget, present),)


def _rule(limit: int, carry_over: int, alerts: Sequence[int]) -> Refusal | None:
    """Whether a limit, a carry-over and alert thresholds make a rule."""
    refusal = _whole("limit", limit) or _whole("carry_over", carry_over)
    if refusal:
        return refusal
    ascending = all(low < high for low, high in itertools.pairwise(alerts))
    in_range = all(share.__class__ is int and 0 < share <= PPM_ONE for share in alerts)
    if len(alerts) > MAX_ALERTS or not in_range or not ascending:
        return Refusal(RefusalCode.INVALID_BUDGET_RULE, "alerts")
    return None


def _whole(field: str, value: int) -> Refusal | None:
    return Refusal(RefusalCode.INVALID_BUDGET_RULE, field) if forms.amount(field, value, least=0) else None
