"""Tasks: an agent asks for work to be done, and looks at what became of it."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.tasking import MAX_CAPABILITY, MAX_ID, MAX_JUDGES, MAX_TEXT
from econonexus.domain.ids import AgentId, TaskId
from econonexus.domain.kinds import TaskStatus
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.promises import Judging
from econonexus.domain.state import State
from econonexus.domain.subjects.tasks import Task
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Milliseconds,
    Name,
    Page,
    PageSize,
    Recorded,
    Ucr,
    UcrOrNone,
    acts,
    creates,
    in_order,
    page,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import TaskPath
from econonexus.interfaces.http.price_rules import Score
from econonexus.interfaces.http.texts import texts_of

BIDDING_WINDOW_MS = 30_000
REQUESTER = "requester"

TaskName = Annotated[Name, Meta(max_length=MAX_ID)]
Capability = Annotated[str, Meta(min_length=1, max_length=MAX_CAPABILITY, examples=["ocr"])]
Judges = Annotated[list[Name], Meta(max_length=MAX_JUDGES)]
Quorum = Annotated[int, Meta(ge=1, le=MAX_JUDGES)]
WithStatus = Annotated[
    TaskStatus | None,
    QueryParameter(name="status", description="Tasks alone that stand so; by default all that are not over."),
]
OfCapability = Annotated[
    str | None,
    QueryParameter(name="capability", max_length=MAX_CAPABILITY, description="Tasks alone that ask for it."),
]


class NewTask(Body, frozen=True, kw_only=True):
    """Work to be done: what it takes, what it may cost, by when, and who says how it was done."""

    capability: Annotated[Capability, Meta(description="What an agent must declare to be able to do.")]
    ceiling_ucr: Annotated[Ucr, Meta(description="What it may cost at most, in µcr; so much is held.")]
    deadline_ms: Annotated[Milliseconds, Meta(description="When the work is due, from now.")]
    verifier: (
        Annotated[
            Name, Meta(description="The agent that judges it; by default, or as `requester`, who asks.")
        ]
        | None
    ) = None
    judges: (
        Annotated[Judges, Meta(description="Several agents that judge it instead, each with a stake.")] | None
    ) = None
    quorum: (
        Annotated[
            Quorum,
            Meta(description="How many of the `judges` must agree: a majority at least, and by default."),
        ]
        | None
    ) = None
    id: Annotated[TaskName, Meta(description="What to call it; by default a name is made up.")] | None = None
    requester: Annotated[Name, Meta(description="Who asks; an agent's key asks for itself.")] | None = None
    description: Annotated[
        str,
        Meta(
            max_length=MAX_TEXT,
            description="What is to be done, for whoever can do it and its judges to read.",
        ),
    ] = ""
    bidding_window_ms: (
        Annotated[
            Milliseconds,
            Meta(
                description="How long offers are taken: 30 s by default, or half of `deadline_ms` if shorter."
            ),
        ]
        | None
    ) = None
    bonus_ucr: Annotated[UcrOrNone, Meta(description="What is held besides, in µcr, for excellent work.")] = 0
    bonus_multiplier: Annotated[
        float,
        Meta(ge=0, le=10, description="What a record earns of the bonus is multiplied by that; at most all."),
    ] = 1.0
    quality_weight_ucr: Annotated[
        UcrOrNone,
        Meta(description="What perfect work is worth more than worthless work, in µcr; 0: price decides."),
    ] = 0
    least_reputation: Annotated[
        Score, Meta(description="The lower bound of the record that it takes, from 0 to 1.")
    ] = 0.0
    fallback: Annotated[
        bool, Meta(description="Whether the next best gets it where a contract for it fails.")
    ] = True


class AwardView(msgspec.Struct, frozen=True):
    """Who has, or last had, the contract for a task."""

    contract: Annotated[str, Meta(description="The contract's id.")]
    provider: Annotated[str, Meta(description="The agent that does the work.")]
    payment_ucr: Annotated[
        int, Meta(description="What it is paid, without a bonus, for the quality that is expected, in µcr.")
    ]
    second: Annotated[
        str | None,
        Meta(description="The agent whose offer set the payment; null where nobody else was left."),
    ]
    due_at: Annotated[str, Meta(description="By when it must be delivered.")]


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """A task. What was offered is nobody's to see until it is awarded."""

    id: Annotated[str, Meta(description="The task's id.")]
    requester: Annotated[str, Meta(description="The agent that asks for it.")]
    capability: Annotated[str, Meta(description="What an agent must declare to be able to do.")]
    description: Annotated[
        str | None,
        Meta(
            description="What is to be done; null if erased, or if you neither ask for, can do nor judge it."
        ),
    ]
    status: Annotated[
        TaskStatus,
        Meta(description="It takes offers while `posted`; what is `done`, `failed` or `cancelled` is over."),
    ]
    ceiling_ucr: Annotated[
        int, Meta(description="What the work may cost at most, in µcr, without its bonus.")
    ]
    bonus_ucr: Annotated[int, Meta(description="What excellent work earns besides at most, in µcr.")]
    bonus_multiplier: Annotated[
        float,
        Meta(
            description="What a record earns of the bonus is multiplied by that, from 0 to 10; at most all."
        ),
    ]
    hold_ucr: Annotated[int, Meta(description="What is held for it now, in µcr.")]
    quality_weight_ucr: Annotated[
        int,
        Meta(description="What perfect work is worth more than worthless work, in µcr; 0: price decides."),
    ]
    least_reputation: Annotated[
        float, Meta(description="The lower bound of the record that it takes, from 0 to 1.")
    ]
    judges: Annotated[
        list[str], Meta(description="The agents that judge it; where there are none, its requester does.")
    ]
    quorum: Annotated[int, Meta(description="How many of the judges must agree.")]
    fallback: Annotated[
        bool, Meta(description="Whether the next best gets it where a contract for it fails.")
    ]
    offers_until: Annotated[str, Meta(description="Until when it takes offers.")]
    due_at: Annotated[str, Meta(description="By when the work must be delivered.")]
    offers: Annotated[int, Meta(description="How many offers there are.")]
    tried: Annotated[list[str], Meta(description="Who has had a contract for it, in order.")]
    award: Annotated[
        AwardView | None,
        Meta(description="Who has, or last had, the contract for it; null before its first award."),
    ]
    reason: Annotated[str, Meta(description="Why it failed; empty otherwise.")]


class PostedTask(TaskView, frozen=True, kw_only=True):
    """A task that takes offers now: durable, as record `sequence`."""

    sequence: Recorded


class ClosedTask(msgspec.Struct, frozen=True):
    """A task that was taken back; what was held for it is available again."""

    id: Annotated[str, Meta(description="The task's id.")]
    status: Annotated[TaskStatus, Meta(description="`cancelled`.")]
    released_ucr: Annotated[int, Meta(description="What was held for it and is available again, in µcr.")]
    sequence: Recorded


@creates("/tasks")
async def post_task(data: Annotated[NewTask, examples.TASK], desk: AtDesk) -> PostedTask:
    """Ask for work to be done; what it may cost is held until it is done or the task is over."""
    requester = desk.caller.agent or data.requester
    in_order("requester", requester is not None, "Say which agent asks.")
    desk.must_be(data.requester or str(requester))
    window = data.bidding_window_ms
    if window is None:
        window = min(BIDDING_WINDOW_MS, data.deadline_ms // 2)
    in_order("deadline_ms", window < data.deadline_ms, "The work is due after its offers end, no earlier.")
    in_order("bidding_window_ms", window > 0, "Offers take a millisecond at least.")
    command = commands.PostTask(
        TaskId(data.id or f"task-{secrets.token_hex(8)}"),
        AgentId(str(requester)),
        data.capability,
        Amount(data.ceiling_ucr),
        in_ms(window),
        in_ms(data.deadline_ms),
        _judging(desk, data, str(requester)),
        Amount(data.bonus_ucr),
        Amount(data.quality_weight_ucr),
        Ppm(round(data.least_reputation * PPM_ONE)),
        data.fallback,
        data.description,
        Ppm(round(data.bonus_multiplier * PPM_ONE)),
    )
    reply = await desk.submit(command, data.id)
    posted = of(events.TaskPosted, reply)
    view = await _shown(desk, posted.task)
    return PostedTask(**msgspec.structs.asdict(view), sequence=reply.sequence)


@reads("/tasks")
async def list_tasks(
    desk: AtDesk,
    status: WithStatus = None,
    capability: OfCapability = None,
    cursor: Cursor = None,
    limit: PageSize = 100,
) -> Page[TaskView]:
    """Tasks that are not over, oldest first, or those that stand so; for a capability, or for any."""

    def look(state: State) -> tuple[list[tuple[TaskView, Task]], str | None]:
        is_over = status in (TaskStatus.DONE, TaskStatus.FAILED, TaskStatus.CANCELLED)
        every = state.tasks.ended if is_over else state.tasks.by_id
        asked = {
            name: task
            for name, task in every.items()
            if status in (None, task.status) and capability in (None, task.capability)
        }
        found, after = page(asked, cursor, limit)
        return [(_view(state, task), task) for task in found], after

    found, after = await desk.read(look)
    return Page([await _described(desk, view, task) for view, task in found], after)


@reads("/tasks/{id:str}")
async def show_task(id: TaskPath, desk: AtDesk) -> TaskView:
    """One task, and who has the contract for it."""
    return await _shown(desk, TaskId(id))


@acts("/tasks/{id:str}/cancel")
async def cancel_task(id: TaskPath, desk: AtDesk) -> ClosedTask:
    """Take a task back that is not awarded; an agent, its own."""
    reply = await desk.submit(commands.CancelTask(TaskId(id), desk.caller.agent))
    gone = of(events.TaskCancelled, reply)
    return ClosedTask(gone.task, TaskStatus.CANCELLED, gone.released, reply.sequence)


def find(state: State, name: str) -> Task:
    """The task of a name. Raises: Declined."""
    task = state.tasks.find(TaskId(name))
    if task is None:
        raise not_found("unknown_task", "No such task, or ended too long ago to be remembered.")
    return task


def is_opened(task: Task) -> bool:
    """Whether everybody may know what was offered: it was awarded, or nobody could have it."""
    return bool(task.tried) or task.status is TaskStatus.FAILED


def _judging(desk: Desk, data: NewTask, requester: str) -> Judging:
    """Who judges it. Raises: Declined."""
    one_way = data.verifier is None or data.judges is None
    in_order("judges", one_way, "Say `verifier` or `judges`, one of them.")
    has_judges = data.quorum is None or data.judges is not None
    in_order("quorum", has_judges, "Name the `judges` of whom so many must agree.")
    judges, agents = data.judges, desk.node.engine.peek(lambda state: state.agents.by_id)
    if judges is None:
        named = data.verifier
        if named == REQUESTER and AgentId(named) not in agents:
            named = None
        judges = [] if named in (None, requester) else [str(named)]
        if judges and AgentId(judges[0]) not in agents:
            raise not_found("unknown_judge", "A verifier is an agent; create it first.", "verifier")
    in_order("judges", len(set(judges)) == len(judges), "Name each judge once.")
    majority = len(judges) // 2 + 1
    quorum = majority if data.quorum is None else data.quorum
    enough = f"It is a majority at least, and no more than there are: {majority} to {len(judges)}."
    in_order("quorum", majority <= quorum <= max(1, len(judges)), enough)
    return Judging(tuple(judges), quorum)


async def _shown(desk: Desk, name: TaskId) -> TaskView:
    def look(state: State) -> tuple[TaskView, Task]:
        task = find(state, name)
        return _view(state, task), task

    return await _described(desk, *await desk.read(look))


def _view(state: State, task: Task) -> TaskView:
    return TaskView(
        id=task.id,
        requester=task.requester,
        capability=task.capability,
        description=None,
        status=task.status,
        ceiling_ucr=task.ceiling,
        bonus_ucr=task.bonus,
        bonus_multiplier=task.bonus_multiplier / PPM_ONE,
        hold_ucr=task.pledge.amount if task.id in state.tasks.by_id else 0,
        quality_weight_ucr=task.quality_weight,
        least_reputation=task.least_reputation / PPM_ONE,
        judges=list(task.judging.judges),
        quorum=task.judging.quorum,
        fallback=task.fallback,
        offers_until=rfc3339(task.offers_until),
        due_at=rfc3339(task.due_at),
        offers=len(task.offers),
        tried=list(task.tried),
        award=_award(state, task),
        reason=task.reason,
    )


def _award(state: State, task: Task) -> AwardView | None:
    contract = None if task.contract is None else state.contracts.find(task.contract)
    if contract is None:
        return None
    second = None if contract.second is None else contract.second.agent
    return AwardView(contract.id, contract.provider, contract.payment, second, rfc3339(contract.due_at))


async def _described(desk: Desk, view: TaskView, task: Task) -> TaskView:
    """A task with its description, where its caller may read that."""
    agent = desk.caller.agent
    may_read = desk.reads_private(task.requester)
    if agent is not None and not may_read:
        able = desk.node.engine.peek(lambda state: state.agents.by_id[agent].capabilities)
        may_read = task.capability in able or agent in task.judging.judges or agent in task.offers
    if not may_read:
        return view
    texts = await texts_of(desk.node, task.place)
    return msgspec.structs.replace(view, description=texts.description)


ROUTES = [post_task, list_tasks, show_task, cancel_task]
