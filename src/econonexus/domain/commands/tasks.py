"""Tasks that agents buy from each other."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Instant, TaskId
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import Judging


class PostTask(CommandForm, frozen=True):
    """Ask for a task to be done by `due_at` for `ceiling` at most, and have that and `bonus` held.

    Offers are taken until `offers_until`; then it goes to the least score, price less `quality_weight` for a
    perfect record. Refused: `invalid_task`, `unknown_agent`, `task_exists`, `unknown_judge`,
    `deadline_passed`, `owner_suspended`, `account_frozen`, `agent_frozen`, `team_frozen`,
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
    text: str = ""


class CancelTask(CommandForm, frozen=True):
    """Take a task back that is not awarded. Refused: `unknown_task`, `task_not_open`."""

    task: TaskId
    agent: AgentId | None = None


class OfferWork(CommandForm, frozen=True):
    """Offer to do a task for `price` at least; a later offer of the same agent takes the place of the first.

    Refused: `invalid_task`, `unknown_agent`, `unknown_task`, `task_not_open`, `own_task`, `not_capable`,
    `over_ceiling`, `owner_suspended`, `reputation_too_low`, `stake_too_small`.
    """

    task: TaskId
    agent: AgentId
    price: Amount


class AdvanceTask(CommandForm, frozen=True):
    """Award a task whose time for offers is over. The node asks this by itself.

    Refused: `unknown_task`, `task_not_due`.
    """

    task: TaskId
