"""Why an order waits, at which place, what it has traded, and how it ended."""

from collections.abc import Iterable
from typing import NamedTuple

from econonexus.domain import events
from econonexus.domain.ids import OrderId
from econonexus.domain.state import State
from econonexus.domain.subjects.orders import Closed, Order
from econonexus.interfaces.http.desk import Desk
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
LINES = 10_000
"""So many lines of the account's statement are looked through for what an order did."""
MOST = 200
"""Records shown of one order."""


class Explained(NamedTuple):
    """What there is to say of an order, and the records that say so, oldest first."""

    answer: str
    facts: Facts
    records: list[Record]


class _Found(NamedTuple):
    answer: str
    facts: Facts
    account: str
    first: int
    last: int | None


async def of_order(desk: Desk, name: OrderId) -> Explained | None:
    """What became of an order that rests or is remembered; an agent asks about its own."""

    def look(state: State) -> _Found | None:
        order = state.orders.by_id.get(name) or state.orders.closed.get(name)
        if order is None or desk.caller.agent not in (None, order.agent):
            return None
        return _closed(order) if isinstance(order, Closed) else _resting(state, order)

    found = await desk.read(look)
    if found is None:
        return None
    lines = await desk.node.statement(found.account, found.first - 1, found.last, LINES)  # type: ignore[arg-type]
    sequences = {
        found.first,
        found.last or found.first,
        *(line.sequence for line in lines if line.about == name),
    }
    records = await _records(desk, sorted(sequences)[-MOST:])
    # Of more records than are shown no sum is told, as it would be of a part.
    sums = {} if len(sequences) > MOST else _came_to(name, [record.event for record in records])
    return Explained(found.answer, found.facts | sums, records)


async def _records(desk: Desk, sequences: Iterable[int]) -> list[Record]:
    return [record for number in sequences for record in await desk.node.engine.relay.after(number - 1, 1)]


def _came_to(name: OrderId, happened: Iterable[object]) -> Facts:
    """What an order asked for last, what it traded at which cost, and what was over without a trade."""
    facts: Facts = {}
    traded = amount = over = 0
    for event in happened:
        if isinstance(event, events.TradeExecuted) and name in (event.resting, event.incoming):
            traded, amount = traded + event.units, amount + event.amount
        elif isinstance(event, events.OrderPlaced) and event.order == name:
            facts |= {"side": event.side, "units": event.units, "unit_price_ucr": event.unit_price}
            facts["time_in_force"] = event.time_in_force
            over += event.lapsed
        elif isinstance(event, events.OrderReplaced) and event.order == name:
            facts |= {"units": traded + event.units, "unit_price_ucr": event.unit_price}
            over += event.lapsed
        elif isinstance(event, events.OrderCancelled) and event.order == name:
            facts |= {"released_ucr": event.released} | ({"note": event.note} if event.note else {})
            over += event.units
    return facts | {"traded_units": traded, "traded_for_ucr": amount, "units_over_untraded": over}


def _closed(order: Closed) -> _Found:
    facts: Facts = {"market": order.market, "agent": order.agent, "ended_by_record": order.closed_in}
    return _Found(order.how, facts, order.account, order.placed_in, order.closed_in)


def _resting(state: State, order: Order) -> _Found:
    market, book = state.markets.by_id[order.market], state.orders.book(order.market)
    opposite = book.best("sell" if order.side == "buy" else "buy")
    facts: Facts = {
        "market": market.id,
        "agent": order.agent,
        "side": order.side,
        "open_units": order.units,
        "unit_price_ucr": order.unit_price,
        "hold_ucr": order.held,
        "units_ahead": state.orders.ahead(order),
        "best_of_its_side_ucr": book.best(order.side),
        "best_of_the_other_side_ucr": opposite,
        "market_halted": market.halted,
    }
    if order.line is not None:
        facts["lent_ucr"] = order.line.amount
    return _Found(_why(order, opposite, market.halted), facts, order.account, order.placed_in, None)


def _why(order: Order, opposite: int | None, halted: bool) -> str:
    """Why an order waits: it would have traded with whatever it could."""
    others, limit = ("sells", "or less") if order.side == "buy" else ("buys", "or more")
    if halted:
        return "waits, as the market is halted"
    if opposite is None:
        return f"waits, as nobody {others}"
    return f"waits, as nobody {others} for {order.unit_price} µcr {limit}; the best is {opposite}"
