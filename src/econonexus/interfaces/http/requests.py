"""Requests for units: bought at a posted price, given first come, or waiting for the end of the period."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.asking import price_of, resource_of
from econonexus.domain.ids import SECOND, AgentId, Instant, MarketId, RequestId
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.stands import Request, Stand
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Milliseconds,
    NewId,
    Page,
    PageSize,
    Recorded,
    UcrOrNone,
    Units,
    acts,
    creates,
    in_order,
    page,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import MarketPath, RequestPath
from econonexus.interfaces.http.problems import declined
from econonexus.interfaces.http.reservations import CALLS
from econonexus.node.replies import Accepted


class NewRequest(Body, frozen=True, kw_only=True):
    """Units to ask for, all or none."""

    units: Annotated[Units, Meta(description="How many, all or none.")]
    id: NewId = None
    limit_ucr: (
        Annotated[
            UcrOrNone, Meta(description="The most it would pay for each unit, in µcr; any price by default.")
        ]
        | None
    ) = None
    expires_in_ms: (
        Annotated[
            Milliseconds,
            Meta(description="How long it waits, where it has to; for one allocation alone by default."),
        ]
        | None
    ) = None


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was met, or that waits."""

    id: Annotated[str, Meta(description="The request's id.")]
    market: Annotated[str, Meta(description="The market that was asked.")]
    agent: Annotated[str, Meta(description="Who asks.")]
    units: Annotated[int, Meta(description="How many it asks for.")]
    status: Annotated[str, Meta(description="Where it stands: `granted` or `waiting`.")]
    grant: Annotated[str | None, Meta(description="The grant that it got; null while it waits.")] = None
    price_ucr: Annotated[
        int | None, Meta(description="What it paid for each unit, in µcr; null while it waits.")
    ] = None
    paid_ucr: Annotated[int | None, Meta(description="What it paid in all, in µcr; null while it waits.")] = (
        None
    )
    hold_ucr: Annotated[int, Meta(description="What is reserved for it while it waits, in µcr.")] = 0
    expires_at: Annotated[
        str | None,
        Meta(description="Until when it waits; null where it waits for one allocation alone, or no more."),
    ] = None
    sequence: Annotated[int | None, Meta(description="The journal's record of it; null in lists.")] = None


class WithdrawnRequest(msgspec.Struct, frozen=True):
    """A request that was taken back."""

    id: Annotated[str, Meta(description="The request that is gone.")]
    market: Annotated[str, Meta(description="The market that was asked.")]
    sequence: Recorded


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit costs now, and how the period stands."""

    market: Annotated[str, Meta(description="The market whose price it is.")]
    resource: Annotated[str, Meta(description="What it sells.")]
    unit: Annotated[str, Meta(description="What one unit of that is.")]
    price_ucr: Annotated[int, Meta(description="What a unit costs until the period ends, in µcr.")]
    capacity: Annotated[int, Meta(description="Units in a period.")]
    free: Annotated[int, Meta(description="Units that could be had at this moment.")]
    demand: Annotated[int, Meta(description="Units asked for in this period, had or not.")]
    given: Annotated[int, Meta(description="Units that were given in this period.")]
    waiting: Annotated[int, Meta(description="Requests that wait for the end of the period.")]
    period_ends_at: Annotated[str, Meta(description="When the period ends, and the price may change.")]


@creates("/markets/{id:str}/requests")
async def request_units(id: MarketPath, data: JSONBody[NewRequest], desk: AtDesk) -> RequestView:
    """Ask a market for units: granted at once, or waiting for the end of the period.

    Where there are not so many now it is 429 with `Retry-After`, and counts as demand all the same.
    """
    in_order("id", not (data.id or "").startswith(CALLS), "Names of this kind are the gateway's.")
    command = commands.RequestUnits(
        RequestId(data.id or f"request-{secrets.token_hex(8)}"),
        MarketId(id),
        _caller(desk),
        data.units,
        None if data.limit_ucr is None else Amount(data.limit_ucr),
        None if data.expires_in_ms is None else in_ms(data.expires_in_ms),
    )
    reply = await desk.submit(command)
    _refuse_the_declined(desk, reply)
    if any(isinstance(event, events.RequestQueued) for event in reply.events):
        return _queued(of(events.RequestQueued, reply), reply.sequence)
    return _served(of(events.RequestServed, reply), of(events.Granted, reply), reply.sequence)


@reads("/markets/{id:str}/requests")
async def list_requests(
    id: MarketPath, desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100
) -> Page[RequestView]:
    """The requests that wait, in the order in which they came; an agent sees its own."""

    def look(state: State) -> Page[RequestView]:
        _, stand = _find(state, id)
        mine = desk.caller.agent
        shown = {name: each for name, each in stand.waiting.items() if mine in (None, each.agent)}
        found, after = page(shown, cursor, limit)
        return Page([_waiting(stand, each) for each in found], after)

    return await desk.read(look)


@acts("/markets/{id:str}/requests/{name:str}/withdraw")
async def withdraw_request(id: MarketPath, name: RequestPath, desk: AtDesk) -> WithdrawnRequest:
    """Take a request back that waits; what was reserved for it is available again."""
    reply = await desk.submit(commands.WithdrawRequest(RequestId(name), MarketId(id), _caller(desk)))
    gone = of(events.RequestEnded, reply)
    return WithdrawnRequest(gone.request, gone.market, reply.sequence)


@reads("/markets/{id:str}/price")
async def quote_price(id: MarketPath, desk: AtDesk) -> Quote:
    """What a unit costs now, and how much is to be had of it."""
    now = desk.now()

    def look(state: State) -> Quote:
        market, stand = _find(state, id)
        resource = resource_of(state, market)
        current = stand.due is not None or now < stand.period_ends
        return Quote(
            market=market.id,
            resource=resource.id,
            unit=resource.unit,
            price_ucr=price_of(state, market),
            capacity=resource.capacity,
            free=max(0, resource.free(now, Instant(now + resource.period))),
            demand=stand.demand,
            given=stand.given if current else 0,
            waiting=len(stand.waiting),
            period_ends_at=rfc3339(Instant(stand.ends_after(now))),
        )

    return await desk.read(look)


def _caller(desk: Desk) -> AgentId:
    agent = desk.caller.agent
    assert agent is not None, "the table of roles lets agents in alone"
    return agent


def _find(state: State, name: str) -> tuple[Market, Stand]:
    market = state.markets.by_id.get(MarketId(name))
    if market is None:
        raise not_found("unknown_market", "No such market.")
    stand = state.stands.by_market.get(market.id)
    if stand is None:
        raise not_found("takes_no_requests", f"{name} sells by {market.mechanism.value}; it has no price.")
    return market, stand


def _refuse_the_declined(desk: Desk, reply: Accepted) -> None:
    """Say that there is not so much now, and when to ask again. Raises: Declined."""
    no = next((event for event in reply.events if isinstance(event, events.RequestDeclined)), None)
    if no is None:
        return
    now = desk.now()

    def chance(state: State) -> int:
        market, stand = _find(state, no.market)
        moments = [at for at in resource_of(state, market).soon(1) if at > now]
        return min([*moments, stand.ends_after(now)]) - now

    wait_s = max(1, -(-desk.node.engine.peek(chance) // SECOND))
    said = f"{no.units} units were asked for at {no.price} µcr each, {no.free} are free now."
    raise declined(429, "no_capacity", said, "units", headers={"Retry-After": str(wait_s)})


def _queued(event: events.RequestQueued, sequence: int) -> RequestView:
    return RequestView(
        id=event.request,
        market=event.market,
        agent=event.agent,
        units=event.units,
        status="waiting",
        hold_ucr=event.held,
        expires_at=None if event.expires_at is None else rfc3339(event.expires_at),
        sequence=sequence,
    )


def _waiting(stand: Stand, request: Request) -> RequestView:
    return RequestView(
        id=request.id,
        market=stand.market,
        agent=request.agent,
        units=request.units,
        status="waiting",
        hold_ucr=request.pledge.amount,
        expires_at=None if request.expires_at is None else rfc3339(request.expires_at),
    )


def _served(event: events.RequestServed, grant: events.Granted, sequence: int) -> RequestView:
    return RequestView(
        id=event.request,
        market=event.market,
        agent=event.agent,
        units=event.units,
        status="granted",
        grant=grant.grant,
        price_ucr=event.price,
        paid_ucr=event.paid,
        sequence=sequence,
    )


ROUTES = [request_units, list_requests, withdraw_request, quote_price]
