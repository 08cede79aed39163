"""Limits on what leaves accounts."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import CREDIT, AccountId, AssetId, BudgetId, Duration
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.money import Amount, Ppm


class CreateBudget(CommandForm, frozen=True):
    """Make a limit on what leaves the accounts and budgets beneath it.

    `limit` is per window of `window` nanoseconds, aligned to the budget's creation, or for ever where
    `window` is 0. What a window leaves over is carried into the next up to `carry_over`. `alerts` are
    shares of the limit at which spending raises one alert a window: at most 8, ascending, each in
    1..1,000,000 ppm. A budget of `credit` that bears the name of an agent or a team limits it at once,
    where nothing else does or where it stands beneath what does. Refused: `invalid_budget_rule`,
    `unknown_asset`, `budget_exists`, `unknown_budget`, `asset_mismatch`, `budget_too_deep`.
    """

    budget: BudgetId
    limit: Amount
    parent: BudgetId | None = None
    asset: AssetId = CREDIT
    window: Duration = Duration(0)
    carry_over: Amount = Amount(0)
    mode: BudgetMode = BudgetMode.HARD
    alerts: tuple[Ppm, ...] = (Ppm(800_000), Ppm(1_000_000))


class ChangeBudget(CommandForm, frozen=True):
    """Replace a budget's limit, carry-over, mode and alerts; what was spent and held stays.

    A limit below what is spent and held leaves nothing until that is less.
    Refused: `invalid_budget_rule`, `unknown_budget`.
    """

    budget: BudgetId
    limit: Amount
    carry_over: Amount = Amount(0)
    mode: BudgetMode = BudgetMode.HARD
    alerts: tuple[Ppm, ...] = (Ppm(800_000), Ppm(1_000_000))


class CloseBudget(CommandForm, frozen=True):
    """Remove a budget that nothing uses, as at the end of a run.

    Refused: `unknown_budget`, `budget_in_use`.
    """

    budget: BudgetId


class AssignBudget(CommandForm, frozen=True):
    """Put an account beneath a budget, or beneath none; or an agent that has no account of its own.

    What stands above a team's wallet limits all that its agents own as well. Holds placed before go on
    counting where they were placed. Refused: `unknown_account`, `unknown_budget`, `wrong_account_kind`,
    `asset_mismatch`.
    """

    account: AccountId
    budget: BudgetId | None
