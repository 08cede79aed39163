"""The order book: worked cases, a list-scan oracle on thousands of random sessions, and the corners."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from econonexus.domain.mechanisms.bids import Side
from econonexus.domain.mechanisms.order_book import (
    Bounds,
    Level,
    Order,
    OrderBook,
    RestingOrder,
    SelfTradePrevention,
    TimeInForce,
    Trade,
    apply,
    cancel,
    match,
    rematch,
    replace,
    submit,
)

HUGE = 2**63 - 1


def buy(name: str, units: int, price: int | None, owner: str = "", tif: TimeInForce = "gtc") -> Order:
    return Order(name, owner or f"owner of {name}", "buy", units, price, tif)


def sell(name: str, units: int, price: int | None, owner: str = "", tif: TimeInForce = "gtc") -> Order:
    return Order(name, owner or f"owner of {name}", "sell", units, price, tif)


def book_of(*orders: Order) -> OrderBook:
    book = OrderBook()
    for order in orders:
        submit(book, order)
    return book


# Price, then time.


def test_the_better_price_trades_first_and_at_its_own_price() -> None:
    book = book_of(sell("dear", 5, 12), sell("cheap", 5, 10), sell("middle", 5, 11))
    execution = submit(book, buy("b", 12, 12))
    assert execution.trades == (
        Trade("cheap", "b", 5, 10),
        Trade("middle", "b", 5, 11),
        Trade("dear", "b", 2, 12),
    )
    assert (execution.resting, execution.lapsed) == (0, 0)
    assert book.depth("sell") == [Level(12, 3, 1)]


def test_at_one_price_the_older_order_trades_first() -> None:
    book = book_of(buy("first", 3, 10), buy("second", 3, 10))
    assert submit(book, sell("s", 4, 10)).trades == (Trade("first", "s", 3, 10), Trade("second", "s", 1, 10))


def test_an_order_that_meets_nobody_rests() -> None:
    book = book_of(buy("b", 3, 10))
    execution = submit(book, sell("s", 4, 11))
    assert execution.trades == ()
    assert execution.resting == 4
    assert (book.best("buy"), book.best("sell")) == (10, 11)


def test_what_is_left_of_a_limit_order_rests_at_its_limit() -> None:
    book = book_of(sell("s", 2, 9))
    execution = submit(book, buy("b", 5, 10))
    assert execution.trades == (Trade("s", "b", 2, 9),)
    assert book.depth("buy") == [Level(10, 3, 1)]
    assert book.best("sell") is None


# Market, immediate-or-cancel, fill-or-kill.


def test_a_market_order_takes_every_price_and_never_rests() -> None:
    book = book_of(sell("s", 2, 1), sell("t", 2, HUGE))
    execution = submit(book, buy("b", 5, None))
    assert [trade.unit_price for trade in execution.trades] == [1, HUGE]
    assert (execution.resting, execution.lapsed) == (0, 1)
    assert not book.orders


def test_immediate_or_cancel_lapses_what_it_cannot_trade() -> None:
    book = book_of(sell("s", 2, 10), sell("t", 2, 11))
    execution = submit(book, buy("b", 5, 10, tif="ioc"))
    assert (len(execution.trades), execution.lapsed) == (1, 3)
    assert book.best("buy") is None


@pytest.mark.parametrize(("units", "filled"), [(4, True), (5, False)])
def test_fill_or_kill_is_all_or_nothing(units: int, filled: bool) -> None:
    book = book_of(sell("s", 2, 10), sell("t", 2, 11))
    execution = submit(book, buy("b", units, 11, tif="fok"))
    assert sum(trade.units for trade in execution.trades) == (units if filled else 0)
    assert execution.lapsed == (0 if filled else units)
    assert len(book.orders) == (0 if filled else 2)


def test_a_killed_order_withdraws_nothing() -> None:
    book = book_of(sell("own", 2, 10, "ann"), sell("other", 2, 11))
    execution = submit(book, buy("b", 3, 11, "ann", "fok"))
    assert execution.withdrawn == ()
    assert set(book.orders) == {"own", "other"}


# Self-trade prevention.


def test_cancel_resting_withdraws_the_own_order_and_goes_on() -> None:
    book = book_of(sell("own", 2, 10, "ann"), sell("other", 2, 10))
    execution = submit(book, buy("b", 2, 10, "ann"), "cancel_resting")
    assert execution.withdrawn == ("own",)
    assert execution.trades == (Trade("other", "b", 2, 10),)
    assert not book.orders


def test_cancel_incoming_keeps_earlier_trades_and_lapses_the_rest() -> None:
    book = book_of(sell("other", 2, 9), sell("own", 2, 10, "ann"), sell("later", 2, 10))
    execution = submit(book, buy("b", 5, 10, "ann"), "cancel_incoming")
    assert execution.trades == (Trade("other", "b", 2, 9),)
    assert (execution.resting, execution.lapsed) == (0, 3)
    assert set(book.orders) == {"own", "later"}


def test_an_own_order_behind_the_last_trade_stays() -> None:
    book = book_of(sell("other", 2, 9), sell("own", 2, 10, "ann"))
    assert submit(book, buy("b", 2, 10, "ann")).withdrawn == ()
    assert set(book.orders) == {"own"}


def test_cancel_incoming_kills_a_fill_or_kill_that_would_meet_its_owner() -> None:
    book = book_of(sell("own", 2, 9, "ann"), sell("other", 9, 10))
    execution = submit(book, buy("b", 2, 10, "ann", "fok"), "cancel_incoming")
    assert (execution.trades, execution.lapsed) == ((), 2)


# Cancel and replace.


def test_a_cancelled_order_is_out_and_comes_back_as_it_was() -> None:
    book = book_of(buy("b", 3, 10))
    assert cancel(book, "b") == RestingOrder("b", "owner of b", "buy", 3, 10)
    assert not book.orders
    assert book.best("buy") is None
    with pytest.raises(KeyError):
        cancel(book, "b")


def queue_after_replacing_the_first(units: int, price: int) -> list[str]:
    book = book_of(buy("first", 3, 10), buy("second", 3, 10))
    replace(book, "first", units, price)
    return [trade.resting for trade in match(book, sell("s", 9, 1, tif="ioc")).trades]


def test_shrinking_keeps_the_place() -> None:
    assert queue_after_replacing_the_first(2, 10) == ["first", "second"]


def test_growing_loses_the_place() -> None:
    assert queue_after_replacing_the_first(4, 10) == ["second", "first"]


def test_a_new_price_loses_the_place_even_when_it_comes_back() -> None:
    book = book_of(buy("first", 3, 10), buy("second", 3, 10))
    replace(book, "first", 3, 11)
    replace(book, "first", 3, 10)
    assert [trade.resting for trade in match(book, sell("s", 6, 1)).trades] == ["second", "first"]


def test_a_replaced_order_may_trade_at_once() -> None:
    book = book_of(buy("b", 3, 10), sell("s", 5, 12))
    execution = replace(book, "b", 4, 12)
    assert execution.trades == (Trade("s", "b", 4, 12),)
    assert set(book.orders) == {"s"}


# Corners and refusals.


def test_one_huge_order_takes_huge_orders_exactly() -> None:
    book = book_of(sell("s", HUGE, HUGE), sell("t", 1, HUGE))
    assert book.depth("sell") == [Level(HUGE, 2**63, 2)]
    execution = submit(book, buy("b", HUGE, HUGE))
    assert execution.trades == (Trade("s", "b", HUGE, HUGE),)
    assert set(book.orders) == {"t"}


def test_a_price_of_zero_is_a_price() -> None:
    book = book_of(sell("s", 1, 0))
    assert submit(book, buy("b", 1, 0)).trades == (Trade("s", "b", 1, 0),)


@pytest.mark.parametrize(
    ("units", "price"), [(0, 1), (-1, 1), (2**63, 1), (1, -1), (1, 2**63)], ids=lambda value: str(value)
)
def test_units_and_prices_out_of_range_are_refused(units: int, price: int) -> None:
    book = book_of(buy("b", 3, 10))
    with pytest.raises(ValueError, match="must be in"):
        match(book, buy("c", units, price))
    with pytest.raises(ValueError, match="must be in"):
        rematch(book, "b", units, price)


def test_an_id_rests_once() -> None:
    book = book_of(buy("b", 3, 10))
    with pytest.raises(ValueError, match="already in the book"):
        match(book, sell("b", 1, 10))


def test_matching_only_reads() -> None:
    book = book_of(sell("s", 2, 9), sell("own", 2, 9, "ann"))
    before = [(order.id, order.units) for order in book.orders.values()]
    match(book, buy("b", 9, 9, "ann"))
    rematch(book, "s", 5, 3)
    assert [(order.id, order.units) for order in book.orders.values()] == before


# A second book, deliberately dumb: one list, searched and sorted from scratch each time.


@dataclass
class DumbOrder:
    id: str
    owner: str
    side: Side
    units: int
    price: int
    arrival: int


@dataclass
class DumbBook:
    orders: list[DumbOrder] = field(default_factory=list)
    arrivals: int = 0

    def submit(
        self, order: Order, prevention: SelfTradePrevention
    ) -> tuple[list[tuple[str, int, int]], list[str], int]:
        """Trades as (resting id, units, price), the withdrawn, and the units that rest."""
        limit = order.unit_price
        opposite = [rest for rest in self.orders if rest.side != order.side]
        if limit is not None:
            opposite = [
                r for r in opposite if (r.price <= limit if order.side == "buy" else r.price >= limit)
            ]
        opposite.sort(key=lambda r: (r.price if order.side == "buy" else -r.price, r.arrival))
        left, trades, withdrawn, alive = order.units, [], [], True
        while left and opposite and alive:
            rest = opposite.pop(0)
            if rest.owner != order.owner:
                trades.append((rest.id, min(left, rest.units), rest.price))
                left -= min(left, rest.units)
            elif prevention == "cancel_resting":
                withdrawn.append(rest.id)
            else:
                alive = False
        if order.time_in_force == "fok" and left:
            return [], [], 0
        for rest_id, units, _ in trades:
            next(r for r in self.orders if r.id == rest_id).units -= units
        self.orders = [r for r in self.orders if r.units and r.id not in withdrawn]
        rests = left if alive and limit is not None and order.time_in_force == "gtc" else 0
        if rests:
            assert limit is not None
            self.arrivals += 1
            self.orders.append(DumbOrder(order.id, order.owner, order.side, rests, limit, self.arrivals))
        return trades, withdrawn, rests

    def replace(self, order_id: str, units: int, price: int, prevention: SelfTradePrevention) -> None:
        old = next(r for r in self.orders if r.id == order_id)
        if price == old.price and units <= old.units:
            old.units = units
            return
        self.orders.remove(old)
        self.submit(Order(order_id, old.owner, old.side, units, price), prevention)

    def cancel(self, order_id: str) -> None:
        self.orders = [r for r in self.orders if r.id != order_id]

    def queue(self, side: Side) -> list[tuple[str, int, int]]:
        mine = [r for r in self.orders if r.side == side]
        mine.sort(key=lambda r: (-r.price if side == "buy" else r.price, r.arrival))
        return [(r.id, r.units, r.price) for r in mine]


def queue_of(book: OrderBook, side: Side) -> list[tuple[str, int, int]]:
    half = book.buy if side == "buy" else book.sell
    return [(order.id, order.units, order.unit_price) for order in half.best_first()]


def random_order(rng: random.Random, name: str) -> Order:
    price = None if rng.random() < 0.1 else rng.randrange(1, 8)
    tif: TimeInForce = rng.choice(["gtc", "gtc", "gtc", "ioc", "fok"])
    side: Side = rng.choice(["buy", "sell"])
    return Order(name, rng.choice("abcd"), side, rng.randrange(1, 10), price, tif)


def capped(name: str, units: int, cap: int, tif: TimeInForce = "gtc") -> Order:
    return Order(name, f"owner of {name}", "buy", units, None, tif, cap)


def test_a_cap_buys_what_it_can_and_no_more() -> None:
    book = book_of(sell("cheap", 3, 10), sell("dear", 3, 20))
    # 3 x 10 leave 45 of 75, which buy 2 at 20.
    execution = match(book, capped("b", 6, 75))
    assert execution.trades == (Trade("cheap", "b", 3, 10), Trade("dear", "b", 2, 20))
    assert (execution.resting, execution.lapsed) == (0, 1)
    assert match(book, capped("b", 6, 9)).trades == ()
    assert match(book, capped("b", 6, 89, "fok")).trades == ()
    assert len(match(book, capped("b", 6, 90, "fok")).trades) == 2


def test_a_cap_that_is_used_up_withdraws_nothing_behind_it() -> None:
    book = book_of(sell("other", 1, 10), sell("own", 1, 11, "owner of b"))
    assert match(book, capped("b", 5, 21)).withdrawn == ("own",)
    assert match(book, capped("b", 5, 20)).withdrawn == ()


def test_nothing_trades_out_of_bounds_and_the_rest_lapses() -> None:
    book = book_of(sell("in", 2, 11), sell("out", 2, 12))
    execution = match(book, buy("b", 3, 15), bounds=Bounds(9, 11))
    assert execution.trades == (Trade("in", "b", 2, 11),)
    assert (execution.resting, execution.lapsed) == (0, 1)
    assert (execution.stopped, execution.stopped_at) == ("price", 12)
    # A resting buyer may have stood above the bounds for long; who sells to it would move the price up.
    book = book_of(buy("high", 2, 12))
    assert match(book, sell("s", 1, 8), bounds=Bounds(9, 11)).stopped_at == 12
    assert match(book, buy("b", 1, 15), bounds=Bounds(9, 11)).stopped == ""


def test_an_order_meets_so_many_others_at_most() -> None:
    book = book_of(*(sell(f"s{number}", 1, 10) for number in range(4)))
    execution = match(book, buy("b", 4, 10), bounds=Bounds(meets=3))
    assert (len(execution.trades), execution.lapsed, execution.stopped) == (3, 1, "trades")
    assert match(book, buy("b", 4, 10), bounds=Bounds(meets=4)).stopped == ""


@pytest.mark.parametrize("prevention", ["cancel_resting", "cancel_incoming"])
def test_it_agrees_with_a_list_scan_on_random_sessions(prevention: SelfTradePrevention) -> None:
    rng = random.Random(f"book {prevention}")
    for _ in range(1_000):
        book, dumb = OrderBook(), DumbBook()
        for step in range(40):
            chance = rng.random()
            if dumb.orders and chance < 0.15:
                victim = rng.choice(dumb.orders).id
                cancel(book, victim)
                dumb.cancel(victim)
            elif dumb.orders and chance < 0.35:
                target, units, price = rng.choice(dumb.orders).id, rng.randrange(1, 10), rng.randrange(1, 8)
                replace(book, target, units, price, prevention)
                dumb.replace(target, units, price, prevention)
            else:
                order = random_order(rng, f"o{step}")
                execution = submit(book, order, prevention)
                trades, withdrawn, rests = dumb.submit(order, prevention)
                assert [(t.resting, t.units, t.unit_price) for t in execution.trades] == trades
                assert list(execution.withdrawn) == withdrawn
                assert execution.resting == rests
            for side in ("buy", "sell"):
                assert queue_of(book, side) == dumb.queue(side)


class Session(RuleBasedStateMachine):
    """Any sequence of orders, cancels and replacements keeps what the book promises."""

    def __init__(self) -> None:
        super().__init__()
        self.book = OrderBook()
        self.count = 0

    @rule(
        owner=st.sampled_from("abc"),
        side=st.sampled_from(["buy", "sell"]),
        units=st.integers(1, HUGE),
        price=st.none() | st.integers(0, 6),
        tif=st.sampled_from(["gtc", "ioc", "fok"]),
        prevention=st.sampled_from(["cancel_resting", "cancel_incoming"]),
    )
    def order(
        self,
        owner: str,
        side: Side,
        units: int,
        price: int | None,
        tif: TimeInForce,
        prevention: SelfTradePrevention,
    ) -> None:
        self.count += 1
        order = Order(f"o{self.count}", owner, side, units, price, tif)
        execution = match(self.book, order, prevention)
        assert sum(t.units for t in execution.trades) + execution.resting + execution.lapsed == units
        for trade in execution.trades:
            assert self.book.orders[trade.resting].owner != owner
            assert price is None or (
                trade.unit_price <= price if side == "buy" else trade.unit_price >= price
            )
        apply(self.book, execution)

    @precondition(lambda self: self.book.orders)
    @rule(data=st.data(), units=st.integers(1, HUGE), price=st.integers(0, 6))
    def replace(self, data: st.DataObject, units: int, price: int) -> None:
        replace(self.book, data.draw(st.sampled_from(sorted(self.book.orders))), units, price)

    @precondition(lambda self: self.book.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        cancel(self.book, data.draw(st.sampled_from(sorted(self.book.orders))))

    @invariant()
    def never_crossed(self) -> None:
        bid, ask = self.book.best("buy"), self.book.best("sell")
        assert bid is None or ask is None or bid < ask

    @invariant()
    def queues_and_index_hold_the_same_orders(self) -> None:
        queued = [order for side in ("buy", "sell") for order, _, _ in queue_of(self.book, side)]
        assert sorted(queued) == sorted(self.book.orders)
        assert all(order.units > 0 for order in self.book.orders.values())

    @invariant()
    def a_book_is_rebuilt_from_its_orders(self) -> None:
        again = OrderBook(self.book.orders.values())
        for side in ("buy", "sell"):
            assert queue_of(again, side) == queue_of(self.book, side)


TestSession = Session.TestCase
