"""Limits on what leaves accounts."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AssetId, BudgetId, Duration
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.money import Amount, Ppm


class BudgetCreated(EventForm, frozen=True, tag="budget_created/1"):
    """A limit exists; its windows are aligned to this event's time."""

    budget: BudgetId
    parent: BudgetId | None
    asset: AssetId
    limit: Amount
    window: Duration
    carry_over: Amount
    mode: BudgetMode
    alerts: tuple[Ppm, ...]


class BudgetChanged(EventForm, frozen=True, tag="budget_changed/1"):
    """A budget has another limit, carry-over, mode and alerts."""

    budget: BudgetId
    limit: Amount
    carry_over: Amount
    mode: BudgetMode
    alerts: tuple[Ppm, ...]


class BudgetClosed(EventForm, frozen=True, tag="budget_closed/1"):
    """A budget is gone."""

    budget: BudgetId


class BudgetAssigned(EventForm, frozen=True, tag="budget_assigned/1"):
    """What leaves the account counts against this budget from now on, or against none."""

    account: AccountId
    budget: BudgetId | None
    previous: BudgetId | None = None


class BudgetAlertRaised(EventForm, frozen=True, tag="budget_alert_raised/1"):
    """Spending in this window reached `threshold` (ppm) of the limit, for the first time in the window."""

    budget: BudgetId
    threshold: Ppm
    spent: Amount
    limit: Amount


class BudgetOverrun(EventForm, frozen=True, tag="budget_overrun/1"):
    """A soft or observing budget let `requested` pass where only `available` was left."""

    budget: BudgetId
    mode: BudgetMode
    requested: Amount
    available: Amount
