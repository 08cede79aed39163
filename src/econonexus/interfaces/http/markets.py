"""Markets: make them, change their rules, look at them, halt them and let them go on."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.selling import MAX_RESOURCES
from econonexus.domain.ids import MarketId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Terms
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Reasoned,
    acts,
    creates,
    in_order,
    page,
    reads,
    rfc3339,
    why,
)
from econonexus.interfaces.http.market_rules import Rules, RulesView, rules_of, terms_of
from econonexus.interfaces.http.paths import MarketPath


class NewMarket(Rules, frozen=True, kw_only=True):
    """A market to make: what it sells, by which mechanism, by which rules."""

    mechanism: Annotated[Mechanism, Meta(description="How it is decided who gets what, and for how much.")]
    id: NewId = None
    resource: Annotated[Name, Meta(description="What it sells, where that is one resource.")] | None = None
    resources: Annotated[
        list[Name],
        Meta(max_length=MAX_RESOURCES, description="What it sells, where it sells bundles of several."),
    ] = msgspec.field(default_factory=list)


class ChangedMarket(Rules, frozen=True, kw_only=True):
    """Its rules from now on; auctions that run keep theirs."""


class MarketView(RulesView, frozen=True, kw_only=True):
    """A market, with every rule it has."""

    id: Annotated[str, Meta(description="The market's id.")]
    resource: Annotated[str | None, Meta(description="What it sells; null where that is several.")]
    resources: Annotated[tuple[str, ...], Meta(description="All that it sells.")]
    mechanism: Annotated[
        str, Meta(description="How it is decided who gets what, such as `second_price` or `order_book`.")
    ]
    halted: Annotated[
        bool, Meta(description="Whether it takes no bids and no orders, and its auctions wait.")
    ]
    reason: Annotated[str, Meta(description="Why it is halted; empty where it is not.")]
    halted_at: Annotated[str | None, Meta(description="Since when it is halted; null where it is not.")]
    resumes_at: Annotated[
        str | None, Meta(description="When it goes on; null where it is not halted, or was by an operator.")
    ]


@creates("/markets")
async def create_market(data: Annotated[NewMarket, examples.MARKET], desk: AtDesk) -> MarketView:
    """Open a place where resources are sold."""
    one = [] if data.resource is None else [data.resource]
    in_order(
        "resource", bool(one) != bool(data.resources), "Name one as `resource`, or several as `resources`."
    )
    command = commands.CreateMarket(
        MarketId(data.id or f"market-{secrets.token_hex(8)}"),
        tuple(ResourceId(name) for name in one + data.resources),
        data.mechanism,
        terms_of(data, Terms()),
    )
    made = of(events.MarketCreated, await desk.submit(command))
    return _view(Market(made.market, made.resources, made.mechanism, made.terms))


@reads("/markets")
async def list_markets(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[MarketView]:
    """All markets, in the order in which they were made."""

    def look(state: State) -> Page[MarketView]:
        found, after = page(state.markets.by_id, cursor, limit)
        return Page([_view(market) for market in found], after)

    return await desk.read(look)


@reads("/markets/{id:str}")
async def show_market(id: MarketPath, desk: AtDesk) -> MarketView:
    """One market, with every rule it has."""
    return await desk.read(lambda state: _view(_find(state, id)))


@acts("/markets/{id:str}/change")
async def change_market(id: MarketPath, data: JSONBody[ChangedMarket], desk: AtDesk) -> MarketView:
    """Give a market other rules; what is not said stays."""
    in_order("", data != ChangedMarket(), "Say what is to change.")
    known = desk.node.engine.peek(lambda state: _find(state, id))
    await desk.submit(commands.ChangeMarket(known.id, terms_of(data, known.terms)))
    return await desk.read(lambda state: _view(_find(state, id)))


@acts("/markets/{id:str}/freeze")
async def freeze_market(id: MarketPath, desk: AtDesk, data: Reasoned = None) -> MarketView:
    """Halt a market: it takes no bids and no orders, and its auctions wait."""
    await desk.submit(commands.FreezeMarket(MarketId(id), why(data)))
    return await desk.read(lambda state: _view(_find(state, id)))


@acts("/markets/{id:str}/unfreeze")
async def unfreeze_market(id: MarketPath, desk: AtDesk, data: Reasoned = None) -> MarketView:
    """Let a market go on."""
    await desk.submit(commands.UnfreezeMarket(MarketId(id), why(data)))
    return await desk.read(lambda state: _view(_find(state, id)))


def _find(state: State, name: str) -> Market:
    market = state.markets.by_id.get(MarketId(name))
    if market is None:
        raise not_found("unknown_market", "No such market.")
    return market


def _view(market: Market) -> MarketView:
    return MarketView(
        **msgspec.structs.asdict(rules_of(market.terms)),
        id=market.id,
        resource=market.resources[0] if len(market.resources) == 1 else None,
        resources=market.resources,
        mechanism=market.mechanism.value,
        halted=market.halted,
        reason=market.reason,
        halted_at=None if market.halted_at is None else rfc3339(market.halted_at),
        resumes_at=None if market.resumes_at is None else rfc3339(market.resumes_at),
    )


ROUTES = [create_market, list_markets, show_market, change_market, freeze_market, unfreeze_market]
