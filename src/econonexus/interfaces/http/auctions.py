"""Auctions: announce them, look at them and at what they came to, close or cancel them."""

import asyncio
import contextlib
import secrets
from typing import Annotated

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.auctioning import MAX_ID
from econonexus.domain.ids import AuctionId, Instant, MarketId
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Milliseconds,
    Name,
    Page,
    PageSize,
    Reasoned,
    Units,
    acts,
    creates,
    in_order,
    instant_of,
    page,
    reads,
    rfc3339,
    why,
)
from econonexus.interfaces.http.market_rules import RulesView, rules_of
from econonexus.interfaces.http.outcomes import OutcomeView, outcome_of
from econonexus.interfaces.http.paths import AuctionPath
from econonexus.interfaces.http.standings import StandingView, standing_of

SOLVER_WAIT_S = 3.0
"""A close answers after so long at the latest, and tells the auction as it stands then."""

AuctionName = Annotated[Name, Meta(max_length=MAX_ID)]
Supply = Annotated[dict[Name, Units], Meta(min_length=1, max_length=256, examples=[{"gpu": 4}])]
Moment = Annotated[str, Meta(max_length=64, examples=["2026-01-31T12:00:00Z"])]
InMarket = Annotated[
    str | None, QueryParameter(name="market", max_length=128, description="Auctions of this market alone.")
]
WithStatus = Annotated[
    AuctionStatus | None, QueryParameter(name="status", description="Auctions alone that stand so.")
]


class Window(Body, frozen=True):
    """From when until when what is won may be used; each end as a time, or in so many milliseconds."""

    starts_at: Annotated[Moment, Meta(description="From when, RFC 3339.")] | None = None
    ends_at: Annotated[Moment, Meta(description="Until when, RFC 3339.")] | None = None
    starts_in_ms: Annotated[Milliseconds, Meta(description="From when, counted from now.")] | None = None
    ends_in_ms: Annotated[Milliseconds, Meta(description="Until when, counted from now.")] | None = None


class NewAuction(Body, frozen=True):
    """Units to sell in one event: so many of the market's resource, or a supply by resource."""

    market: Annotated[Name, Meta(description="The market that sells it, by whose rules.")]
    id: Annotated[AuctionName, Meta(description="What to call it; by default a name is made up.")] | None = (
        None
    )
    units: Annotated[Units, Meta(description="Of the one resource that the market sells.")] | None = None
    supply: Annotated[Supply, Meta(description="Units by resource, instead of `units`.")] | None = None
    closes_in_ms: (
        Annotated[
            Milliseconds,
            Meta(description="When it closes, from now; by default after the market's bidding window."),
        ]
        | None
    ) = None
    closes_at: Annotated[Moment, Meta(description="When it closes, instead of `closes_in_ms`.")] | None = None
    opens_in_ms: (
        Annotated[Milliseconds, Meta(description="When it opens, from now; at once by default.")] | None
    ) = None
    window: Annotated[
        Window | None,
        Meta(description="When what is won may be used; by default for a period from the clearing on."),
    ] = None


class AuctionView(StandingView, frozen=True):
    """An auction as of record `sequence`. What was bid is nobody's to see until it is cleared."""

    id: Annotated[str, Meta(description="The auction's id.")]
    market: Annotated[str, Meta(description="The market that sells it.")]
    mechanism: Annotated[str, Meta(description="How it is decided who wins, such as `second_price`.")]
    status: Annotated[
        AuctionStatus, Meta(description="Where it stands; `settled` once winners hold their grants.")
    ]
    supply: Annotated[dict[str, int], Meta(description="What is sold: units by resource.")]
    opens_at: Annotated[str, Meta(description="From when it takes bids.")]
    closes_at: Annotated[str, Meta(description="Until when it takes bids.")]
    starts_at: Annotated[str | None, Meta(description="From when what is won may be used; null: at once.")]
    ends_at: Annotated[
        str | None,
        Meta(description="Until when what is won may be used; null: for a period of the resource."),
    ]
    bids: Annotated[int, Meta(description="How many bids there are.")]
    reason: Annotated[str, Meta(description="Why it failed or was cancelled; empty otherwise.")]
    rules: Annotated[RulesView, Meta(description="The market's rules as they were when it was announced.")]
    outcome: Annotated[
        OutcomeView | None, Meta(description="Who won what for how much; null until it is cleared.")
    ]
    sequence: Annotated[int, Meta(description="The journal's record as of which that is so.")]


@creates("/auctions")
async def announce_auction(data: Annotated[NewAuction, examples.AUCTION], desk: AtDesk) -> AuctionView:
    """Put units up for sale; they are kept back from now on."""
    starts_at, ends_at = (None, None) if data.window is None else _window(data.window)
    command = commands.AnnounceAuction(
        AuctionId(data.id or f"auction-{secrets.token_hex(8)}"),
        MarketId(data.market),
        _supply(desk, data),
        _closes_at(data),
        None if data.opens_in_ms is None else in_ms(data.opens_in_ms),
        starts_at,
        ends_at,
    )
    name = of(events.AuctionAnnounced, await desk.submit(command)).auction
    return await desk.read(lambda state: view_of(state, find(state, name), desk.now()))


@reads("/auctions")
async def list_auctions(
    desk: AtDesk,
    market: InMarket = None,
    status: WithStatus = None,
    cursor: Cursor = None,
    limit: PageSize = 100,
) -> Page[AuctionView]:
    """The auctions that are remembered: those that have ended, by their ends, then those that run."""

    def look(state: State) -> Page[AuctionView]:
        known = state.auctions.ended | state.auctions.by_id
        wanted = {name: each for name, each in known.items() if _fits(each, market, status)}
        found, after = page(wanted, cursor, limit)
        return Page([view_of(state, auction, desk.now()) for auction in found], after)

    return await desk.read(look)


@reads("/auctions/{id:str}")
async def show_auction(id: AuctionPath, desk: AtDesk) -> AuctionView:
    """One auction, with its outcome once it is cleared."""
    return await desk.read(lambda state: view_of(state, find(state, id), desk.now()))


@acts("/auctions/{id:str}/close")
async def close_auction(id: AuctionPath, desk: AtDesk) -> AuctionView:
    """Close an auction before its time, and clear it; where bundles are sold, see again what came of it."""
    await desk.submit(commands.CloseAuction(AuctionId(id)))
    await _solved(desk, AuctionId(id))
    return await desk.read(lambda state: view_of(state, find(state, id), desk.now()))


@acts("/auctions/{id:str}/cancel")
async def cancel_auction(id: AuctionPath, desk: AtDesk, data: Reasoned = None) -> AuctionView:
    """Take an auction back before it has closed: every hold is released, and no bid is ever opened."""
    await desk.submit(commands.CancelAuction(AuctionId(id), why(data)))
    return await desk.read(lambda state: view_of(state, find(state, id), desk.now()))


def find(state: State, name: str) -> Auction:
    """The auction of a name, if it runs or is remembered. Raises: Declined."""
    auction = state.auctions.find(AuctionId(name))
    if auction is None:
        raise not_found("unknown_auction", "No such auction, or ended too long ago to be remembered.")
    return auction


def view_of(state: State, auction: Auction, now: Instant) -> AuctionView:
    """An auction for everybody to see."""
    return AuctionView(
        auction.id,
        auction.market,
        auction.mechanism.value,
        auction.status,
        auction.supply,
        rfc3339(auction.opens_at),
        rfc3339(auction.closes_at),
        None if auction.starts_at is None else rfc3339(auction.starts_at),
        None if auction.ends_at is None else rfc3339(auction.ends_at),
        len(auction.bids),
        auction.reason,
        rules_of(auction.terms),
        outcome_of(state, auction),
        state.sequence,
        **msgspec.structs.asdict(standing_of(state, auction, now)),
    )


def _fits(auction: Auction, market: str | None, status: AuctionStatus | None) -> bool:
    return market in (None, auction.market) and status in (None, auction.status)


def _supply(desk: Desk, data: NewAuction) -> dict[str, int]:
    """What is for sale: as it is said, or so many units of the one resource that the market sells."""
    in_order("units", (data.units is None) != (data.supply is None), "Say `units` or `supply`, one of them.")
    if data.units is None:
        return dict(data.supply or {})
    market = desk.node.engine.peek(lambda state: state.markets.by_id.get(MarketId(data.market)))
    if market is None:
        raise not_found("unknown_market", "No such market; create it first.", "market")
    in_order("units", len(market.resources) == 1, "The market sells several resources; say `supply`.")
    return {market.resources[0]: data.units}


async def _solved(desk: Desk, name: AuctionId) -> None:
    """Wait a while for a solver; most are done before anybody could ask."""
    relay = desk.node.engine.relay
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SOLVER_WAIT_S):
            while desk.node.engine.peek(lambda state: _is_clearing(state, name)):
                if not await relay.reached(relay.position + 1):
                    return


def _is_clearing(state: State, name: AuctionId) -> bool:
    auction = state.auctions.by_id.get(name)
    return auction is not None and auction.status is AuctionStatus.CLEARING


def _closes_at(data: NewAuction) -> Instant | None:
    in_order(
        "closes_at", None in (data.closes_at, data.closes_in_ms), "Say it, or closes_in_ms; one of them."
    )
    if data.closes_at is not None:
        return instant_of("closes_at", data.closes_at)
    return None if data.closes_in_ms is None else in_ms(data.closes_in_ms)


def _window(window: Window) -> tuple[Instant, Instant]:
    starts_at = _moment("starts", window.starts_at, window.starts_in_ms)
    return starts_at, _moment("ends", window.ends_at, window.ends_in_ms)


def _moment(end: str, at: str | None, in_so_many_ms: int | None) -> Instant:
    field = f"window.{end}_at"
    in_order(field, (at is None) != (in_so_many_ms is None), f"Say it, or window.{end}_in_ms; one of them.")
    return in_ms(in_so_many_ms or 0) if at is None else instant_of(field, at)


ROUTES = [announce_auction, list_auctions, show_auction, close_auction, cancel_auction]
