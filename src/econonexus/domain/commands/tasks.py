"""Tasks that agents buy from each other."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Instant, TaskId
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.promises import Judging


class PostTask(CommandForm, frozen=True):
    """Ask for a task to be done by `due_at` for `ceiling` at most, and have that and `bonus` held.

    Offers are taken until `offers_until`; then it goes to the least score, price less `quality_weight` for
    work proven perfect, and with `fallback` to the next best where a contract for it fails. Refused:
    `invalid_task`, `unknown_agent`, `task_exists`, `unknown_judge`, `wrong_account_kind`,
    `asset_mismatch`, `deadline_passed`, `owner_suspended`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    task: TaskId
    requester: AgentId
    capability: str
    ceiling: Amount
    offers_until: Instant
    due_at: Instant
    judging: Judging = Judging()
    bonus: Amount = Amount(0)
    quality_weight: Amount = Amount(0)
    least_reputation: Ppm = Ppm(0)
    fallback: bool = True
    description: str = ""
    bonus_multiplier: Ppm = PPM_ONE
    """What a provider's record earns of the bonus is that much more, or less; never more than the bonus."""


class CancelTask(CommandForm, frozen=True):
    """Take a task back that is not awarded, as its requester or, without one, as the operator.

    Refused: `unknown_task`, `task_not_open`.
    """

    task: TaskId
    agent: AgentId | None = None


class OfferWork(CommandForm, frozen=True):
    """Offer to do a task for `price` at least; a later offer of the same agent takes the place of the first.

    It must have at stake what a contract at the task's ceiling would need. Refused: `unknown_agent`,
    `unknown_task`, `wrong_account_kind`, `asset_mismatch`, `own_task`, `judges_task`, `not_capable`,
    `over_ceiling`, `task_not_open`, `too_many_offers`, `stake_too_small`, `reputation_too_low`,
    `owner_suspended`, `agent_frozen`, `team_frozen`.
    """

    task: TaskId
    agent: AgentId
    price: Amount


class WithdrawOffer(CommandForm, frozen=True):
    """Offer no longer to do a task; whoever has had the contract for it has nothing to withdraw.

    Refused: `unknown_task`, `unknown_offer`, `task_not_open`.
    """

    task: TaskId
    agent: AgentId


class AdvanceTask(CommandForm, frozen=True):
    """Award a task whose time for offers is over. The node asks this by itself.

    Refused: `unknown_task`, `task_not_due`.
    """

    task: TaskId
