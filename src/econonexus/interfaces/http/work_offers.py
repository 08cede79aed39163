"""Offers of work: agents offer to do a task, and the best of them gets a contract.

What somebody offers is sealed until the task is awarded: only whoever offers it can read it.
"""

from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.awarding import bond_of
from econonexus.domain.ids import AgentId, TaskId
from econonexus.domain.kinds import TaskStatus
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.tasks import Task
from econonexus.interfaces.http.bids import caller_of
from econonexus.interfaces.http.desk import AtDesk, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Page,
    PageSize,
    Recorded,
    Ucr,
    acts,
    creates,
    page,
    reads,
)
from econonexus.interfaces.http.paths import TaskPath
from econonexus.interfaces.http.tasks import find, is_opened


class NewOffer(Body, frozen=True):
    """What an agent would do the task for, at least."""

    price_ucr: Annotated[Ucr, Meta(description="The least you would do it for, in µcr.")]


class MadeOffer(msgspec.Struct, frozen=True):
    """An offer that stands. Of your stake, `bond_ucr` must be free when it is awarded."""

    task: Annotated[str, Meta(description="The task that it is for.")]
    agent: Annotated[str, Meta(description="Who would do it.")]
    price_ucr: Annotated[int, Meta(description="For how much at least, in µcr.")]
    bond_ucr: Annotated[int, Meta(description="What of your stake must be free when it is awarded, in µcr.")]
    sequence: Recorded


class WithdrawnOffer(msgspec.Struct, frozen=True):
    """An offer that was taken back."""

    task: Annotated[str, Meta(description="The task that it was for.")]
    agent: Annotated[str, Meta(description="Who takes it back.")]
    sequence: Recorded


class OfferView(msgspec.Struct, frozen=True):
    """An offer. Its price is null to all but its agent until the task is awarded."""

    task: Annotated[str, Meta(description="The task that it is for.")]
    agent: Annotated[str, Meta(description="Who would do it.")]
    status: Annotated[
        str, Meta(description="Where it stands: `open`, `awarded`, `next` in line, `tried`, or `over`.")
    ]
    price_ucr: Annotated[
        int | None,
        Meta(
            description="For how much at least, in µcr; null to all but its agent until the task is awarded."
        ),
    ]


@creates("/tasks/{id:str}/offers")
async def offer_work(id: TaskPath, data: JSONBody[NewOffer], desk: AtDesk) -> MadeOffer:
    """Offer to do a task; offer again to change the price. Whoever wins is paid by the next best offer, not
    by its own, so say what it is worth to you."""
    command = commands.OfferWork(TaskId(id), caller_of(desk), Amount(data.price_ucr))
    reply = await desk.submit(command)
    made = of(events.WorkOffered, reply)
    bond = desk.node.engine.peek(lambda state: _bond(state, made.task, made.agent))
    return MadeOffer(made.task, made.agent, data.price_ucr, bond, reply.sequence)


@acts("/tasks/{id:str}/offers/withdraw")
async def withdraw_offer(id: TaskPath, desk: AtDesk) -> WithdrawnOffer:
    """Take your offer back, also where somebody else has the contract and you would be next."""
    reply = await desk.submit(commands.WithdrawOffer(TaskId(id), caller_of(desk)))
    gone = of(events.OfferWithdrawn, reply)
    return WithdrawnOffer(gone.task, gone.agent, reply.sequence)


@reads("/tasks/{id:str}/offers")
async def list_offers(
    id: TaskPath, desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100
) -> Page[OfferView]:
    """The offers for a task in the order of their acceptance; an agent sees its own until it is awarded."""

    def look(state: State) -> Page[OfferView]:
        task, agent = find(state, id), desk.caller.agent
        offers = task.offers
        if agent is not None and not is_opened(task):
            offers = {name: price for name, price in offers.items() if name == agent}
        found, after = page({name: name for name in offers}, cursor, limit)
        return Page([_offer_view(task, name, agent) for name in found], after)

    return await desk.read(look)


def _bond(state: State, name: TaskId, agent: AgentId) -> int:
    return bond_of(state, state.agents.by_id[agent], find(state, name).ceiling, state.time)


def _offer_view(task: Task, name: AgentId, viewer: AgentId | None) -> OfferView:
    price = task.offers[name] if is_opened(task) or name == viewer else None
    return OfferView(task.id, name, status_of(task, name), price)


def status_of(task: Task, agent: AgentId) -> str:
    """How an agent's offer stands, in a word."""
    if agent in task.tried:
        is_last = agent == task.tried[-1] and task.status in (TaskStatus.AWARDED, TaskStatus.DONE)
        return "awarded" if is_last else "tried"
    if task.status is TaskStatus.POSTED:
        return "open"
    return "next" if task.status is TaskStatus.AWARDED else "over"


ROUTES = [offer_work, withdraw_offer, list_offers]
