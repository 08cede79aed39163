"""Resources: declare them, change their capacity, look at what is promised of them and what is free."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.selling import MAX_UNIT
from econonexus.domain.ids import Duration, Instant, ResourceId
from econonexus.domain.state import State
from econonexus.domain.subjects.resources import Resource
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    MS,
    Body,
    Cursor,
    NewId,
    Page,
    PageSize,
    Units,
    acts,
    creates,
    page,
    reads,
)
from econonexus.interfaces.http.paths import ResourcePath

MAX_PERIOD_MS = 366 * 24 * 3_600_000


class NewResource(Body, frozen=True):
    """Something of which there are so many units in every period."""

    unit: Annotated[
        str,
        Meta(
            min_length=1, max_length=MAX_UNIT, examples=["GPU hours"], description="What one unit of it is."
        ),
    ]
    capacity: Annotated[Units, Meta(description="How many units there are in every period.")]
    period_ms: Annotated[
        int, Meta(ge=1, le=MAX_PERIOD_MS, examples=[3_600_000], description="How long a period is.")
    ]
    id: NewId = None


class ChangedResource(Body, frozen=True):
    """How much there is from now on; never less than is promised already."""

    capacity: Annotated[Units, Meta(description="How many units there are in every period.")]


class ResourceView(msgspec.Struct, frozen=True):
    """A resource as it stands now."""

    id: Annotated[str, Meta(description="The resource's id.")]
    unit: Annotated[str, Meta(description="What one unit of it is.")]
    capacity: Annotated[int, Meta(description="How many units there are in every period.")]
    period_ms: Annotated[int, Meta(description="How long a period is.")]
    promised: Annotated[
        int, Meta(description="Units that agents hold grants of at this moment, or auctions sell for it.")
    ]
    on_sale: Annotated[int, Meta(description="Units kept back for auctions whose winners use them at once.")]
    free: Annotated[int, Meta(description="Units that nobody is promised now.")]
    free_for_a_period: Annotated[int, Meta(description="Units free at every instant of a period from now.")]


@creates("/resources")
async def declare_resource(data: Annotated[NewResource, examples.RESOURCE], desk: AtDesk) -> ResourceView:
    """Say that there is something to be shared."""
    name = ResourceId(data.id or f"resource-{secrets.token_hex(8)}")
    command = commands.DeclareResource(name, data.unit, data.capacity, Duration(data.period_ms * MS))
    made = of(events.ResourceDeclared, await desk.submit(command))
    return _view(Resource(made.resource, made.unit, made.capacity, made.period), desk.now())


@reads("/resources")
async def list_resources(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[ResourceView]:
    """All resources, in the order in which they were declared."""
    now = desk.now()

    def look(state: State) -> Page[ResourceView]:
        found, after = page(state.resources.by_id, cursor, limit)
        return Page([_view(resource, now) for resource in found], after)

    return await desk.read(look)


@reads("/resources/{id:str}")
async def show_resource(id: ResourcePath, desk: AtDesk) -> ResourceView:
    """One resource: how much of it there is, is promised, and is free."""
    now = desk.now()
    return await desk.read(lambda state: _view(_find(state, id), now))


@acts("/resources/{id:str}/change")
async def change_resource(id: ResourcePath, data: JSONBody[ChangedResource], desk: AtDesk) -> ResourceView:
    """Have more of a resource from now on, or less."""
    await desk.submit(commands.ChangeCapacity(ResourceId(id), data.capacity))
    now = desk.now()
    return await desk.read(lambda state: _view(_find(state, id), now))


def _find(state: State, name: str) -> Resource:
    resource = state.resources.by_id.get(ResourceId(name))
    if resource is None:
        raise not_found("unknown_resource", "No such resource.")
    return resource


def _view(resource: Resource, now: Instant) -> ResourceView:
    promised = resource.peak(now, Instant(now + 1))
    return ResourceView(
        resource.id,
        resource.unit,
        resource.capacity,
        resource.period // MS,
        promised,
        resource.on_sale,
        resource.capacity - resource.on_sale - promised,
        resource.free(now, Instant(now + resource.period)),
    )


ROUTES = [declare_resource, list_resources, show_resource, change_resource]
