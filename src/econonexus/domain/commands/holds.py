"""Money reserved first and settled later."""

from econonexus.domain.charges import Charge
from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, HoldId, Instant
from econonexus.domain.kinds import Unreported
from econonexus.domain.money import Amount


class PlaceHold(CommandForm, frozen=True):
    """Reserve money in an account for one destination (default: the asset's burn account).

    The money stays, but is no longer available. The hold ends by `PostHold`, `VoidHold`, or by itself at
    `expires_at`: `unreported` says whether it is released then or paid in full. Where `source` names an
    agent without a wallet, its team's pays. It counts against the account's budget and all above it, or
    against `budget`, which must be that one or beneath it (a run). `also` are up to 8 further limits it
    counts against, each in its own unit: the budget named and all above it, none of which it may count in
    already. Refused: `invalid_charge`, `same_account`, `unknown_account`, `unknown_budget`, `hold_exists`,
    `wrong_account_kind`, `asset_mismatch`, `budget_not_beneath`, `budget_counted_twice`,
    `deadline_passed`, `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`,
    `budget_exhausted`.
    """

    hold: HoldId
    source: AccountId
    amount: Amount
    expires_at: Instant
    destination: AccountId | None = None
    budget: BudgetId | None = None
    code: str = ""
    reference: str = ""
    also: tuple[Charge, ...] = ()
    unreported: Unreported = Unreported.RELEASE


class TopUpHold(CommandForm, frozen=True):
    """Add to a running hold, and move its deadline later where `expires_at` is given.

    `also` adds to its further limits, or names new ones; with it, `amount` may be 0. Refused:
    `invalid_charge`, `unknown_budget`, `unknown_hold`, `budget_counted_twice`, `deadline_passed`,
    `hold_already_settled`, `hold_expired`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    hold: HoldId
    amount: Amount
    expires_at: Instant | None = None
    also: tuple[Charge, ...] = ()


class PostHold(CommandForm, frozen=True):
    """Pay any amount up to the hold to its destination and release the rest.

    `also` says what was really used of its further limits; one that it does not name counts in full.
    Where `agent` says who asks, a hold that this agent did not place is as good as unknown. Refused:
    `invalid_charge`, `unknown_hold`, `hold_already_settled`, `hold_expired`, `amount_over_hold`,
    `balance_too_large`.
    """

    hold: HoldId
    amount: Amount
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class VoidHold(CommandForm, frozen=True):
    """Release a hold whole; `agent` as in `PostHold`.

    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`.
    """

    hold: HoldId
    agent: AgentId | None = None


class ExpireHold(CommandForm, frozen=True):
    """End a hold whose deadline has come, as its `unreported` says; the node asks this by itself.

    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`, `hold_not_due`.
    """

    hold: HoldId


class SettleUnreported(CommandForm, frozen=True):
    """Pay a hold in full, as nobody is left who could say what was used, as after a crash.

    Its `also` counts in full too. Where the destination has no room for all of it, the rest is released.
    It stays on the list of the unreported until `ReconcileHold`.
    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`.
    """

    hold: HoldId


class ReconcileHold(CommandForm, frozen=True):
    """Say what a hold that nobody had reported, and that was paid in full, really was: `amount`, or 0.

    The difference goes back from the destination to the source, frozen or not, and repays no debt. It
    comes out of what is spent in the hold's budgets wherever the window of the settlement still runs.
    `also` as in `PostHold`. Refused: `invalid_charge`, `unknown_hold`, `hold_still_open`,
    `hold_already_settled`, `hold_expired`, `amount_over_hold`, `balance_too_large`, `insufficient_funds`
    (of the destination).
    """

    hold: HoldId
    amount: Amount
    also: tuple[Charge, ...] = ()


class RecordUsage(CommandForm, frozen=True):
    """Say what an agent used without a hold to pay it from: no money moves and no limit counts it.

    It is there for reports: where the gateway only watches, and where more was used than could be held.
    `refused` is the code of the refusal that `enforce` would have given, if any (64). `budget` as in
    `PlaceHold`. Refused: `unknown_agent`, `unknown_budget`, `asset_mismatch`, `budget_not_beneath`.
    """

    agent: AgentId
    amount: Amount
    code: str = ""
    reference: str = ""
    refused: str = ""
    budget: BudgetId | None = None
