"""Tasks: what is asked for, what was offered, who has the contract."""

import itertools
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AgentId, ContractId, Instant, Sequence, TaskId
from econonexus.domain.kinds import TaskStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.promises import Judging

ENDED_REMEMBERED = 10_000
"""So many tasks that have ended are remembered at least, and at most twice as many."""


class Task(msgspec.Struct, gc=False, omit_defaults=True):
    """One piece of work that somebody asks for."""

    id: TaskId
    requester: AgentId
    capability: str
    ceiling: Amount
    bonus: Amount
    pledge: Pledge
    offers_until: Instant
    due_at: Instant
    posted_at: Instant
    judging: Judging
    quality_weight: Amount
    least_reputation: Ppm
    fallback: bool
    status: TaskStatus = TaskStatus.POSTED
    offers: dict[AgentId, Amount] = {}
    """In the order of their acceptance."""
    tried: list[AgentId] = []
    """Who has had the contract."""
    contract: ContractId | None = None
    """The last one."""
    reason: str = ""
    time_to_work: int = 0
    """In ns, from the end of the offers on."""
    bonus_multiplier: Ppm = PPM_ONE
    """What a provider's record earns of the bonus is multiplied by that; it is paid the bonus at most."""
    place: Sequence = Sequence(0)
    """The record that asks for it,"""
    steps: tuple[Sequence, ...] = ()
    """and those that say what became of it."""

    @property
    def due(self) -> Instant | None:
        """When it is to be awarded."""
        return self.offers_until if self.status is TaskStatus.POSTED else None


class Tasks(msgspec.Struct):
    """All tasks that are not over, and those that ended last. Only events change them."""

    by_id: dict[TaskId, Task] = {}
    ended: dict[TaskId, Task] = {}

    def find(self, name: TaskId) -> Task | None:
        """A task that is not over, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What is held for all tasks."""
        return (task.pledge for task in self.by_id.values())

    def post(self, event: events.TaskPosted, pledge: Pledge, at: Instant, sequence: Sequence) -> None:
        """Add a task."""
        self.by_id[event.task] = Task(
            event.task,
            event.requester,
            event.capability,
            event.ceiling,
            event.bonus,
            pledge,
            event.offers_until,
            event.due_at,
            at,
            event.judging,
            event.quality_weight,
            event.least_reputation,
            event.fallback,
            time_to_work=event.due_at - event.offers_until,
            bonus_multiplier=event.bonus_multiplier,
            place=sequence,
        )

    def offer(self, event: events.WorkOffered) -> None:
        """Add an offer, or put it in the place of the agent's former one."""
        assert isinstance(event.price, int), "the state is never built from withheld prices"
        offers = self.by_id[event.task].offers
        offers.pop(event.agent, None)
        offers[event.agent] = Amount(event.price)

    def withdraw(self, event: events.OfferWithdrawn) -> None:
        """Take an offer away."""
        del self.by_id[event.task].offers[event.agent]

    def award(self, event: events.ContractOpened, sequence: Sequence) -> None:
        """Give the task to a provider."""
        task = self.by_id[event.task]
        task.steps = (*task.steps, sequence)
        task.status, task.contract = TaskStatus.AWARDED, event.contract
        task.tried.append(event.provider)

    def reopen(self, event: events.TaskReopened, sequence: Sequence) -> None:
        """Let a task be awarded again."""
        task = self.by_id[event.task]
        task.steps = (*task.steps, sequence)
        task.status, task.offers_until = TaskStatus.POSTED, event.offers_until

    def end(self, name: TaskId, status: TaskStatus, sequence: Sequence, reason: str = "") -> Task:
        """Let a task be over."""
        task = self.by_id.pop(name)
        task.steps = (*task.steps, sequence)
        task.status, task.reason = status, reason
        self.ended[name] = task
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
        return task
