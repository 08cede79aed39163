"""Money reserved first and settled later."""

from econonexus.domain.charges import Charge
from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, HoldId, Instant
from econonexus.domain.kinds import Unreported
from econonexus.domain.money import Amount


class HoldPlaced(EventForm, frozen=True, tag="hold_placed/1"):
    """Money in source is reserved for destination, and counts as held in `budgets`, nearest first.

    Each of `also` counts as held in the budget it names and in all above it. `agent` is who reserved it,
    where it pays from its team's wallet.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()
    unreported: Unreported = Unreported.RELEASE


class HoldToppedUp(EventForm, frozen=True, tag="hold_topped_up/1"):
    """`amount` more of source is reserved, and `also` more of further limits.

    `expires_at` is the deadline from now on.
    """

    hold: HoldId
    source: AccountId
    amount: Amount
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldPosted(EventForm, frozen=True, tag="hold_posted/1"):
    """`amount` of the hold went from source to destination, `released` is available again.

    `also` is what was used of each further limit; the rest of what was held there is free again.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class HoldVoided(EventForm, frozen=True, tag="hold_voided/1"):
    """The whole hold is available again, by command; so is `also`, in its further limits."""

    hold: HoldId
    source: AccountId
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldExpired(EventForm, frozen=True, tag="hold_expired/1"):
    """The whole hold is available again, because its deadline came; so is `also`, in its further limits."""

    hold: HoldId
    source: AccountId
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldSettledUnreported(EventForm, frozen=True, tag="hold_settled_unreported/1"):
    """Nobody said what was used, so all of the hold went from source to destination, until reconciled.

    `also` counts in full as well. `released` is what the destination had no room for; else 0.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    released: Amount = Amount(0)
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class HoldReconciled(EventForm, frozen=True, tag="hold_reconciled/1"):
    """What nobody had reported really was `amount`; `returned` went back from destination to source.

    `also` is what was really used of each further limit. `restored` are the budgets, each by itself, in
    which what is spent falls by so much: those that were there when the hold was settled, and are in the
    same window still.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    returned: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()
    restored: tuple[Charge, ...] = ()


class UsageRecorded(EventForm, frozen=True, tag="usage_recorded/1"):
    """`agent` used what `amount` of source's asset would pay for, and nobody paid.

    `budgets` are those a hold would have counted in, nearest first; they do not count it. `refused` is
    the code of the refusal that `enforce` would have given, if any.
    """

    agent: AgentId
    source: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    refused: str = ""
