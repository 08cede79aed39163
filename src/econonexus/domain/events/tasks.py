"""Tasks that agents buy from each other, up to the contract that one is awarded by."""

import msgspec

from econonexus.domain.events.form import EventForm, Private, Sealed
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId, Instant, TaskId
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.promises import Judging, PromiseRules


class TaskPosted(EventForm, frozen=True, tag="task_posted/1"):
    """`requester` asks for a task, and `held` of source is reserved for whoever does it."""

    task: TaskId
    requester: AgentId
    source: AccountId
    destination: AccountId
    capability: str
    ceiling: Amount
    bonus: Amount
    held: Amount
    offers_until: Instant
    due_at: Instant
    judging: Judging
    quality_weight: Amount = Amount(0)
    least_reputation: Ppm = Ppm(0)
    fallback: bool = True
    budgets: tuple[BudgetId, ...] = ()
    description: Private = ""
    bonus_multiplier: Ppm = PPM_ONE


class TaskCancelled(EventForm, frozen=True, tag="task_cancelled/1"):
    """A task was taken back; what was held is available again."""

    task: TaskId
    requester: AgentId
    source: AccountId
    released: Amount


class WorkOffered(EventForm, frozen=True, tag="work_offered/1"):
    """`agent` would do a task; for what, is sealed until it is awarded."""

    task: TaskId
    agent: AgentId
    price: Sealed


class OfferWithdrawn(EventForm, frozen=True, tag="offer_withdrawn/1"):
    """`agent` would not do a task any more."""

    task: TaskId
    agent: AgentId


class OpenedOffer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What an agent had offered, and how good its record let one expect it to be.

    Where the offer could not be taken any more, `barred` says by which refusal's name, and which number was
    too small: `had` of `least`.
    """

    agent: AgentId
    price: Amount
    quality: Ppm | None = None
    barred: str = ""
    least: int | None = None
    had: int | None = None


class ContractOpened(EventForm, frozen=True, tag="contract_opened/1"):
    """A task was awarded: `provider` does it for `payment` by `due_at`, and `bond` of its stake backs it.

    It is paid into `destination`. `offers` are all that there were, open now. The payment follows from the
    score of `second`, the best offer of another owner; from the ceiling where nobody else was left.
    """

    contract: ContractId
    task: TaskId
    requester: AgentId
    provider: AgentId
    owner: AccountId
    payment: Amount
    bonus: Amount
    bond: Amount
    stake: AccountId
    destination: AccountId
    due_at: Instant
    rules: PromiseRules
    offers: tuple[OpenedOffer, ...] = ()
    second: AgentId | None = None


class TaskReopened(EventForm, frozen=True, tag="task_reopened/1"):
    """Whoever had the contract for a task is banned; it takes offers until then and is awarded again."""

    task: TaskId
    contract: ContractId
    offers_until: Instant


class TaskFailed(EventForm, frozen=True, tag="task_failed/1"):
    """Nobody could be awarded a task; what was held is available again."""

    task: TaskId
    requester: AgentId
    source: AccountId
    released: Amount
    reason: str
    offers: tuple[OpenedOffer, ...] = ()
