"""The continuous order book: buyers and sellers meet by price, then by time.

A book is state that lives on. `match` and `rematch` only read it and say what would happen, an `Execution`;
`apply` makes it happen, and nothing else changes a book. `submit`, `replace` and `cancel` do both at once.

How the state is kept: per side a dictionary from price to the queue of orders at that price, oldest first,
and the sorted list of those prices, best last. A queue is an `OrderedDict`, whose linked list finds the
oldest order and forgets any order in constant time; a plain dict would scan over what was deleted before it.

Source: Gould, Porter, Williams, McDonald, Fenn and Howison, Limit order books, Quantitative Finance 13
    (2013).
Complexity: O(1) per trade, cancel and order at a known price; a price that comes or goes costs
    O(log p) comparisons and a memory move of p machine words, p the prices of that side.
Promises: price-time priority; the book is never crossed; every unit of an order is traded, resting or lapsed;
    nobody trades at a worse price than its limit, nor with itself; the same orders give the same trades.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Literal, NamedTuple

import msgspec

from econonexus.domain.mechanisms.bids import Side
from econonexus.domain.money import MAX_AMOUNT

TimeInForce = Literal["gtc", "ioc", "fok"]
"""Good till cancelled: the untraded rests. Immediate-or-cancel: it lapses. Fill or kill: all or none."""

SelfTradePrevention = Literal["cancel_resting", "cancel_incoming"]
"""What gives way where an order meets one of its own owner: the older, or what is left of the newer."""

Entry = Literal["new", "requeued", "shrunk"]

Stop = Literal["", "owner", "price", "trades"]
"""What ended the trading of an order that might have gone on: its own owner's order, or a bound."""


class Order(msgspec.Struct, frozen=True, gc=False):
    """Buy or sell up to `units` in [1, 2**63) at `unit_price` in [0, 2**63) or better; None is any price.

    A buyer may say by `cap` what it pays at most in all.
    """

    id: str
    owner: str
    side: Side
    units: int
    unit_price: int | None = None
    time_in_force: TimeInForce = "gtc"
    cap: int | None = None


class Bounds(NamedTuple):
    """What the market sets to one order's trading: between which prices, and with how many others at most."""

    low: int = 0
    high: int = MAX_AMOUNT
    meets: int | None = None


UNBOUNDED = Bounds()


class Trade(msgspec.Struct, frozen=True, gc=False):
    """`units` change hands between two orders, at the price of the one that was there first."""

    resting: str
    incoming: str
    units: int
    unit_price: int


class RestingOrder(msgspec.Struct, gc=False):
    """An order in the book, with the units it still has open."""

    id: str
    owner: str
    side: Side
    units: int
    unit_price: int


class Execution(msgspec.Struct, frozen=True, gc=False):
    """What becomes of an order: its trades in sequence, what rests, what lapses.

    The units traded, `resting` and `lapsed` add up to the order's. `withdrawn` names the orders of the same
    owner that gave way. `entry` says whether the order is new, takes the place of its former self at the end
    of a queue, or shrinks where it stands.
    """

    order: Order
    trades: tuple[Trade, ...] = ()
    withdrawn: tuple[str, ...] = ()
    resting: int = 0
    lapsed: int = 0
    entry: Entry = "new"
    stopped: Stop = ""
    stopped_at: int | None = None
    """The price at which it would have gone on."""


class Level(msgspec.Struct, frozen=True):
    """The open units and the number of orders at one price."""

    unit_price: int
    units: int
    orders: int


class _Half:
    """One side of a book. A price is ranked by how good it is for whoever comes: the best rank is last."""

    __slots__ = ("queues", "ranks", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.queues: dict[int, OrderedDict[str, RestingOrder]] = {}
        self.ranks: list[int] = []

    def add(self, order: RestingOrder) -> None:
        queue = self.queues.get(order.unit_price)
        if queue is None:
            queue = self.queues[order.unit_price] = OrderedDict()
            insort(self.ranks, self.sign * order.unit_price)
        queue[order.id] = order

    def remove(self, order: RestingOrder) -> None:
        queue = self.queues[order.unit_price]
        del queue[order.id]
        if not queue:
            del self.queues[order.unit_price]
            rank = self.sign * order.unit_price
            # Trades empty the best price far more often than cancels empty another.
            del self.ranks[-1 if self.ranks[-1] == rank else bisect_left(self.ranks, rank)]

    def has_at(self, limit: int | None) -> bool:
        """Whether an order with this limit, or none, might trade here; an own order counts, too."""
        return limit is None or (bool(self.ranks) and self.ranks[-1] >= self.sign * limit)

    def best_first(self, limit: int | None = None) -> Iterator[RestingOrder]:
        """The orders in the sequence in which they trade, up to and with the price `limit`."""
        worst = None if limit is None else self.sign * limit
        for rank in reversed(self.ranks):
            if worst is not None and rank < worst:
                return
            yield from self.queues[self.sign * rank].values()


class OrderBook:
    """The orders at rest in one market; read it with `best`, `depth` and `orders`."""

    __slots__ = ("buy", "orders", "sell")

    def __init__(self, resting: Iterable[RestingOrder] = ()) -> None:
        """A book of `resting` orders, earlier ones first, as `orders.values()` of a former book gave them."""
        self.buy = _Half(+1)
        self.sell = _Half(-1)
        self.orders: dict[str, RestingOrder] = {}
        for order in resting:
            self.rest(copy(order))

    def best(self, side: Side) -> int | None:
        """The highest price to buy or the lowest to sell, or None where that side is empty."""
        half = self._half(side)
        return half.sign * half.ranks[-1] if half.ranks else None

    def depth(self, side: Side, levels: int = 10) -> list[Level]:
        """The best `levels` prices of a side, best first. O(orders at those prices)."""
        half = self._half(side)
        prices = [half.sign * rank for rank in half.ranks[: -levels - 1 : -1]]
        queues = [half.queues[price].values() for price in prices]
        return [
            Level(price, sum(order.units for order in queue), len(queue))
            for price, queue in zip(prices, queues, strict=True)
        ]

    def rest(self, order: RestingOrder) -> None:
        """Put an order at the end of the queue of its price. The book goes on with this very object."""
        self.orders[order.id] = order
        self._half(order.side).add(order)

    def fill(self, order_id: str, units: int) -> RestingOrder:
        """Take traded units from an order, and the order out of the book with its last one."""
        order = self.orders[order_id]
        if order.units == units:
            self.remove(order_id)
        order.units -= units
        return order

    def remove(self, order_id: str) -> RestingOrder:
        """Take an order out of the book and return it. Raises: KeyError where no such order rests."""
        order = self.orders.pop(order_id)
        self._half(order.side).remove(order)
        return order

    def _half(self, side: Side) -> _Half:
        return self.buy if side == "buy" else self.sell


def match(
    book: OrderBook,
    order: Order,
    prevention: SelfTradePrevention = "cancel_resting",
    bounds: Bounds = UNBOUNDED,
) -> Execution:
    """What `order` would do in `book`, which stays as it is. O(orders it trades with).

    A market order, one without a price, never rests. Under `cancel_incoming` an order stops where it meets
    its own owner, and at a bound it stops anyway: what it traded before stands, the rest lapses, and a
    fill-or-kill order that cannot be filled before then is killed.

    Raises: ValueError where the id already rests in the book, or units or price are out of range.
    """
    if order.id in book.orders:
        raise ValueError(f"order {order.id!r} is already in the book")
    return _match(book, order, prevention, "new", bounds)


def rematch(
    book: OrderBook,
    order_id: str,
    units: int,
    unit_price: int,
    prevention: SelfTradePrevention = "cancel_resting",
    bounds: Bounds = UNBOUNDED,
) -> Execution:
    """What giving the resting order `units` open units at `unit_price` would do; the book stays as it is.

    It keeps its place where the price stays and the units do not grow. Otherwise it enters anew, at the end
    of the queue, and may trade at once.

    Raises: KeyError where no such order rests, ValueError where units or price are out of range.
    """
    old = book.orders[order_id]
    order = Order(order_id, old.owner, old.side, units, unit_price)
    if unit_price == old.unit_price and units <= old.units:
        _check(order)
        return Execution(order, resting=units, entry="shrunk")
    # Its former self is on its own side, so it cannot be in its way.
    return _match(book, order, prevention, "requeued", bounds)


def apply(book: OrderBook, execution: Execution) -> None:
    """Make it so. The book must be as it was when the execution was decided."""
    order = execution.order
    if execution.entry == "shrunk":
        book.orders[order.id].units = execution.resting
        return
    if execution.entry == "requeued":
        book.remove(order.id)
    for trade in execution.trades:
        book.fill(trade.resting, trade.units)
    for order_id in execution.withdrawn:
        book.remove(order_id)
    if execution.resting:
        assert order.unit_price is not None, "a market order never rests"
        book.rest(RestingOrder(order.id, order.owner, order.side, execution.resting, order.unit_price))


def submit(book: OrderBook, order: Order, prevention: SelfTradePrevention = "cancel_resting") -> Execution:
    """`match` and `apply`."""
    execution = match(book, order, prevention)
    apply(book, execution)
    return execution


def replace(
    book: OrderBook,
    order_id: str,
    units: int,
    unit_price: int,
    prevention: SelfTradePrevention = "cancel_resting",
) -> Execution:
    """`rematch` and `apply`."""
    execution = rematch(book, order_id, units, unit_price, prevention)
    apply(book, execution)
    return execution


def cancel(book: OrderBook, order_id: str) -> RestingOrder:
    """Take an order out of the book and return it. Raises: KeyError where no such order rests."""
    return book.remove(order_id)


def _match(
    book: OrderBook, order: Order, prevention: SelfTradePrevention, entry: Entry, bounds: Bounds
) -> Execution:
    _check(order)
    opposite = book.sell if order.side == "buy" else book.buy
    if order.time_in_force == "gtc" and not opposite.has_at(order.unit_price):
        # Most orders only wait, and this is all there is to them: a fifth more operations a second.
        return Execution(order, (), (), order.units, 0, entry)
    open_units, money = order.units, order.cap
    trades: list[Trade] = []
    withdrawn: list[str] = []
    stopped: Stop = ""
    stopped_at: int | None = None
    for met, rest in enumerate(opposite.best_first(order.unit_price)):
        if money is not None and money < rest.unit_price:
            break  # What comes later is no cheaper.
        stopped = _stop(rest, order, prevention, met, bounds)
        if stopped:
            stopped_at = rest.unit_price
            break
        if rest.owner == order.owner:
            withdrawn.append(rest.id)
            continue
        units = min(open_units, rest.units)
        if money is not None and units * rest.unit_price > money:
            units = money // rest.unit_price
        trades.append(Trade(rest.id, order.id, units, rest.unit_price))
        open_units -= units
        money = None if money is None else money - units * rest.unit_price
        if not open_units:
            break
    if open_units and order.time_in_force == "fok":
        return Execution(order, lapsed=order.units, entry=entry, stopped=stopped, stopped_at=stopped_at)
    rests = order.time_in_force == "gtc" and order.unit_price is not None and not stopped
    resting, lapsed = (open_units, 0) if rests else (0, open_units)
    return Execution(order, tuple(trades), tuple(withdrawn), resting, lapsed, entry, stopped, stopped_at)


def _stop(
    rest: RestingOrder, order: Order, prevention: SelfTradePrevention, met: int, bounds: Bounds
) -> Stop:
    """Why an order may not trade with the next one, if it may not."""
    if not bounds.low <= rest.unit_price <= bounds.high:
        return "price"
    if met == bounds.meets:
        return "trades"
    return "owner" if rest.owner == order.owner and prevention == "cancel_incoming" else ""


def _check(order: Order) -> None:
    if not 0 < order.units <= MAX_AMOUNT:
        raise ValueError(f"units must be in [1, 2**63), not {order.units}")
    for name, amount in (("unit_price", order.unit_price), ("cap", order.cap)):
        if amount is not None and not 0 <= amount <= MAX_AMOUNT:
            raise ValueError(f"{name} must be in [0, 2**63), not {amount}")
