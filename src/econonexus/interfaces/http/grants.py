"""Grants: what was won, and how much of it was used; an agent's own alone."""

from typing import Annotated

import msgspec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AgentId, GrantId
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.interfaces.http.desk import AtDesk, Desk, not_found, of
from econonexus.interfaces.http.forms import (
    MAX,
    Body,
    Cursor,
    Page,
    PageSize,
    Recorded,
    Units,
    acts,
    page,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import GrantPath

OfAgent = Annotated[
    str | None,
    QueryParameter(
        name="agent", max_length=128, description="Grants of this agent alone; an agent's own by default."
    ),
]


class Usage(Body, frozen=True):
    """How much was used of a grant just now."""

    units: Annotated[Units, Meta(description="How many, in whole units.")]
    fence: (
        Annotated[
            int, Meta(ge=0, le=MAX, description="The grant's token, where the user of the right was told it.")
        ]
        | None
    ) = None


class GrantView(msgspec.Struct, frozen=True):
    """The right to use units of a resource for a time."""

    id: Annotated[str, Meta(description="The grant's id.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    resource: Annotated[str, Meta(description="What it is a right to.")]
    units: Annotated[int, Meta(description="How many units it began with.")]
    used: Annotated[int, Meta(description="Units that were used.")]
    left: Annotated[int, Meta(description="Units that may still be used.")]
    starts_at: Annotated[str, Meta(description="From when it may be used.")]
    ends_at: Annotated[str, Meta(description="Until when it may be used.")]
    status: Annotated[str, Meta(description="Where it stands: `running`, `released` or `expired`.")]
    fence: Annotated[int, Meta(description="A token that rises with every grant of the resource.")]
    market: Annotated[str, Meta(description="The market that sold it.")]
    source: Annotated[str, Meta(description="What it follows from, such as an auction.")]
    paid_ucr: Annotated[int, Meta(description="What was paid for it, in µcr.")]


class UsageView(msgspec.Struct, frozen=True):
    """What was used, and what is left."""

    id: Annotated[str, Meta(description="The grant's id.")]
    units: Annotated[int, Meta(description="Units that were used just now.")]
    left: Annotated[int, Meta(description="Units that may still be used.")]
    sequence: Recorded


class ReleasedGrant(msgspec.Struct, frozen=True):
    """What an agent gave back: it can be sold again."""

    id: Annotated[str, Meta(description="The grant's id.")]
    returned: Annotated[int, Meta(description="Units that were given back.")]
    sequence: Recorded


@reads("/grants")
async def list_grants(
    desk: AtDesk, agent: OfAgent = None, cursor: Cursor = None, limit: PageSize = 100
) -> Page[GrantView]:
    """The grants that run, oldest first."""
    if agent is not None:
        desk.must_be(agent)
    whose = desk.caller.agent or agent

    def look(state: State) -> Page[GrantView]:
        running = state.grants.by_id
        if whose is not None:
            running = {name: running[name] for name in state.grants.of_agent.get(AgentId(whose), ())}
        found, after = page(running, cursor, limit)
        return Page([_view(grant) for grant in found], after)

    return await desk.read(look)


@reads("/grants/{id:str}")
async def show_grant(id: GrantPath, desk: AtDesk) -> GrantView:
    """One grant, also one that has ended."""
    return await desk.read(lambda state: _view(_find(state, desk, GrantId(id))))


@acts("/grants/{id:str}/usage")
async def use_grant(id: GrantPath, data: JSONBody[Usage], desk: AtDesk) -> UsageView:
    """Meter what was used of a grant; never more than it has left."""
    command = commands.UseGrant(GrantId(id), data.units, desk.caller.agent, data.fence)
    reply = await desk.submit(command)
    used = of(events.GrantUsed, reply)
    return UsageView(used.grant, used.units, used.left, reply.sequence)


@acts("/grants/{id:str}/release")
async def release_grant(id: GrantPath, desk: AtDesk) -> ReleasedGrant:
    """Give back what is not used of a grant."""
    reply = await desk.submit(commands.ReleaseGrant(GrantId(id), desk.caller.agent))
    released = of(events.GrantReleased, reply)
    return ReleasedGrant(released.grant, released.returned, reply.sequence)


def _find(state: State, desk: Desk, name: GrantId) -> Grant:
    grant = state.grants.by_id.get(name) or state.grants.ended.get(name)
    if grant is None or desk.caller.agent not in (None, grant.agent):
        raise not_found("unknown_grant", "No such grant of yours, or ended too long ago to be remembered.")
    return grant


def _view(grant: Grant) -> GrantView:
    return GrantView(
        grant.id,
        grant.agent,
        grant.resource,
        grant.units,
        grant.used,
        grant.left,
        rfc3339(grant.starts_at),
        rfc3339(grant.ends_at),
        grant.status,
        grant.fence,
        grant.market,
        grant.source,
        grant.paid,
    )


ROUTES = [list_grants, show_grant, use_grant, release_grant]
