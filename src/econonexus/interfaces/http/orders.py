"""Orders in a market's book: an agent places, replaces and cancels its own, and anybody sees the depth."""

import secrets
from functools import partial
from typing import Annotated, Literal

import msgspec
from litestar import delete
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AgentId, GrantId, MarketId, OrderId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.order_book import Level
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.orders import Closed, Order, Tape
from econonexus.interfaces.http.desk import AtDesk, Desk, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Recorded,
    Ucr,
    Units,
    acts,
    creates,
    page,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import MarketPath, OrderPath
from econonexus.interfaces.http.problems import PROBLEMS, refused
from econonexus.node.replies import Accepted

InMarket = Annotated[
    str | None, QueryParameter(name="market", max_length=128, description="Orders in this market alone.")
]
Levels = Annotated[
    int,
    QueryParameter(
        name="levels", ge=1, le=1_000, description="How many prices of each side to show, the best first."
    ),
]
Side = Literal["buy", "sell"]
removes = partial(delete, responses=PROBLEMS, status_code=200)


class NewOrder(Body, frozen=True, kw_only=True):
    """An order to place. Without a price it takes any; to buy like that, say what you pay at most in all."""

    market: Annotated[Name, Meta(description="The market whose order book it goes to.")]
    side: Annotated[Side, Meta(description="Whether you buy or sell.")]
    units: Annotated[Units, Meta(description="How many, in whole units.")]
    id: NewId = None
    unit_price_ucr: (
        Annotated[Ucr, Meta(description="The worst you take, in µcr per unit; any price by default.")] | None
    ) = None
    time_in_force: Annotated[
        Literal["gtc", "ioc", "fok"],
        Meta(description="Good till cancelled; immediate or cancel; fill all at once or kill."),
    ] = "gtc"
    cap_ucr: (
        Annotated[Ucr, Meta(description="What you pay at most in all, in µcr, where you say no price.")]
        | None
    ) = None
    grant: (
        Annotated[Name, Meta(description="The grant of yours whose units it sells; none by default.")] | None
    ) = None


class Replacement(Body, frozen=True, kw_only=True):
    """What an order is for from now on."""

    units: Annotated[Units, Meta(description="How many are still to be traded.")]
    unit_price_ucr: Annotated[Ucr, Meta(description="The worst you take from now on, in µcr per unit.")]


class TradeView(msgspec.Struct, frozen=True):
    """Units that changed hands. The buyer's grant has the same id."""

    id: Annotated[str, Meta(description="The trade's id, and that of the buyer's grant.")]
    units: Annotated[int, Meta(description="How many changed hands.")]
    unit_price_ucr: Annotated[int, Meta(description="The price of each, in µcr.")]
    amount_ucr: Annotated[int, Meta(description="The price of all, in µcr.")]


class PlacedOrder(msgspec.Struct, frozen=True):
    """What became of an order as it came: units traded, at rest, and over. Durable, as record `sequence`."""

    id: Annotated[str, Meta(description="The order's id.")]
    market: Annotated[str, Meta(description="The market whose order book it is in.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    side: Annotated[str, Meta(description="`buy` or `sell`.")]
    units: Annotated[int, Meta(description="How many it is for.")]
    unit_price_ucr: Annotated[
        int | None, Meta(description="The worst it takes, in µcr per unit; null where it takes any price.")
    ]
    status: Annotated[str, Meta(description="`resting`, `traded`, or `lapsed` where some of it is over.")]
    traded: Annotated[int, Meta(description="Units that were traded at once.")]
    resting: Annotated[int, Meta(description="Units that wait in the book.")]
    lapsed: Annotated[int, Meta(description="Units that are over, neither traded nor at rest.")]
    hold_ucr: Annotated[int, Meta(description="What is reserved for what rests, in µcr.")]
    amount_ucr: Annotated[int, Meta(description="What was paid, or received, for what was traded, in µcr.")]
    trades: Annotated[list[TradeView], Meta(description="What was traded, in order.")]
    sequence: Recorded


class OrderView(msgspec.Struct, frozen=True):
    """An order as it stands."""

    id: Annotated[str, Meta(description="The order's id.")]
    market: Annotated[str, Meta(description="The market whose order book it is, or was, in.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    status: Annotated[
        str,
        Meta(
            description="`resting`, `traded`, `lapsed`, or why it was cancelled: `cancelled`, `operator`, "
            "`self_trade`, `grant_ended`, `market_over`."
        ),
    ]
    side: Annotated[str | None, Meta(description="`buy` or `sell`; null once it has ended.")] = None
    open_units: Annotated[int, Meta(description="Units that wait to be traded; 0 once it has ended.")] = 0
    unit_price_ucr: Annotated[
        int | None, Meta(description="The worst it takes, in µcr per unit; null once it has ended.")
    ] = None
    hold_ucr: Annotated[int, Meta(description="What is reserved for what rests, in µcr.")] = 0
    grant: Annotated[str | None, Meta(description="The grant whose units it sells; null for none.")] = None
    placed_at: Annotated[
        str | None, Meta(description="Since when it rests at this place; null once it has ended.")
    ] = None
    ahead: Annotated[
        int | None,
        Meta(description="Units at rest that trade before it; null in lists and once it has ended."),
    ] = None


class CancelledOrder(msgspec.Struct, frozen=True):
    """An order taken out of the book, with what it still had open."""

    id: Annotated[str, Meta(description="The order that is gone.")]
    units: Annotated[int, Meta(description="Units that it still had open.")]
    released_ucr: Annotated[int, Meta(description="What was reserved for it and is available again, in µcr.")]
    sequence: Recorded


class LevelView(msgspec.Struct, frozen=True):
    """The open units and the number of orders at one price."""

    unit_price_ucr: Annotated[int, Meta(description="The price of a unit, in µcr.")]
    units: Annotated[int, Meta(description="How many are open at it.")]
    orders: Annotated[int, Meta(description="How many orders they are of.")]


class BookView(msgspec.Struct, frozen=True):
    """What rests in a market's book, best prices first: who buys, who sells, in sum."""

    market: Annotated[str, Meta(description="The market whose book it is.")]
    resource: Annotated[str, Meta(description="What is traded in it.")]
    halted: Annotated[bool, Meta(description="Whether the market is halted.")]
    bids: Annotated[list[LevelView], Meta(description="Who buys, by price, the highest first.")]
    asks: Annotated[list[LevelView], Meta(description="Who sells, by price, the lowest first.")]
    orders: Annotated[int, Meta(description="How many orders rest in all.")]
    trades: Annotated[int, Meta(description="How many trades the market has made.")]
    last_price_ucr: Annotated[
        int | None, Meta(description="What a unit was traded for last, in µcr; null before the first trade.")
    ]


@creates("/orders")
async def place_order(data: JSONBody[NewOrder], desk: AtDesk) -> PlacedOrder:
    """Buy or sell units in an order book, now or as soon as somebody comes who wants the opposite."""
    command = commands.PlaceOrder(
        OrderId(data.id or f"order-{secrets.token_hex(8)}"),
        MarketId(data.market),
        _caller(desk),
        data.side,
        data.units,
        None if data.unit_price_ucr is None else Amount(data.unit_price_ucr),
        data.time_in_force,
        None if data.cap_ucr is None else Amount(data.cap_ucr),
        None if data.grant is None else GrantId(data.grant),
    )
    reply = await desk.submit(command)
    placed = of(events.OrderPlaced, reply)
    return _answer(reply, placed, placed.side)


@acts("/orders/{id:str}/replace")
async def replace_order(id: OrderPath, data: JSONBody[Replacement], desk: AtDesk) -> PlacedOrder:
    """Give an order other units or another price; with fewer at the same price it keeps its place."""
    command = commands.ReplaceOrder(OrderId(id), data.units, Amount(data.unit_price_ucr), _caller(desk))
    known = desk.node.engine.peek(lambda state: state.orders.by_id.get(command.order))
    side = "sell" if known is None else known.side
    reply = await desk.submit(command)
    return _answer(reply, of(events.OrderReplaced, reply), side)


@removes("/orders/{id:str}")
async def cancel_order(id: OrderPath, desk: AtDesk) -> CancelledOrder:
    """Take an order out of the book, also while the market is halted."""
    reply = await desk.submit(commands.CancelOrder(OrderId(id), desk.caller.agent))
    gone = of(events.OrderCancelled, reply)
    return CancelledOrder(gone.order, gone.units, gone.released, reply.sequence)


@reads("/orders")
async def list_orders(
    desk: AtDesk, market: InMarket = None, cursor: Cursor = None, limit: PageSize = 100
) -> Page[OrderView]:
    """The orders at rest in the order of their standing; an agent sees its own."""

    def look(state: State) -> Page[OrderView]:
        agent = desk.caller.agent
        shown = {
            name: order
            for name, order in state.orders.by_id.items()
            if agent in (None, order.agent) and market in (None, order.market)
        }
        found, after = page(shown, cursor, limit)
        return Page([_view(order) for order in found], after)

    return await desk.read(look)


@reads("/orders/{id:str}")
async def show_order(id: OrderPath, desk: AtDesk) -> OrderView:
    """One order, with what stands before it in the queue; or how it ended."""

    def look(state: State) -> OrderView:
        order = state.orders.by_id.get(OrderId(id)) or state.orders.closed.get(OrderId(id))
        if order is None or desk.caller.agent not in (None, order.agent):
            raise not_found(
                "unknown_order", "No such order of yours, or closed too long ago to be remembered."
            )
        if isinstance(order, Closed):
            return OrderView(id, order.market, order.agent, order.how)
        return _view(order, state.orders.ahead(order))

    return await desk.read(look)


@reads("/markets/{id:str}/book")
async def show_book(id: MarketPath, desk: AtDesk, levels: Levels = 10) -> BookView:
    """The depth of a market's order book: units and orders at each price."""

    def look(state: State) -> BookView:
        market = state.markets.by_id.get(MarketId(id))
        if market is None:
            raise not_found("unknown_market", "No such market.")
        if market.mechanism is not Mechanism.ORDER_BOOK:
            raise refused(Refusal(RefusalCode.NOT_A_BOOK, "id", id))
        book, tape = state.orders.book(market.id), state.orders.tapes.get(market.id, Tape())
        return BookView(
            market.id,
            market.resources[0],
            market.halted,
            _levels(book.depth("buy", levels)),
            _levels(book.depth("sell", levels)),
            len(book.orders),
            tape.trades,
            tape.price,
        )

    return await desk.read(look)


def _caller(desk: Desk) -> AgentId:
    agent = desk.caller.agent
    assert agent is not None, "the table of roles lets agents in alone"
    return agent


def _answer(reply: Accepted, order: events.OrderPlaced | events.OrderReplaced, side: str) -> PlacedOrder:
    trades = [each for each in reply.events if isinstance(each, events.TradeExecuted)]
    status = "resting" if order.resting else "lapsed" if order.lapsed else "traded"
    return PlacedOrder(
        order.order,
        order.market,
        order.agent,
        side,
        order.units,
        order.unit_price,
        status,
        sum(trade.units for trade in trades),
        order.resting,
        order.lapsed,
        order.held,
        sum(trade.amount for trade in trades),
        [TradeView(trade.trade, trade.units, trade.unit_price, trade.amount) for trade in trades],
        reply.sequence,
    )


def _view(order: Order, ahead: int | None = None) -> OrderView:
    return OrderView(
        order.id,
        order.market,
        order.agent,
        "resting",
        order.side,
        order.units,
        order.unit_price,
        order.held,
        order.grant,
        rfc3339(order.placed_at),
        ahead,
    )


def _levels(depth: list[Level]) -> list[LevelView]:
    return [LevelView(level.unit_price, level.units, level.orders) for level in depth]


ROUTES = [place_order, replace_order, cancel_order, list_orders, show_order, show_book]
