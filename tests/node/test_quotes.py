"""The history of prices: what each event says of them, summed by hand."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.ids import AgentId, Instant, MarketId, OrderId
from econonexus.domain.kinds import Mechanism, Side
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.node.projection import Projection
from econonexus.node.quotes import SECOND_NS, quotes
from econonexus.node.records import Record
from econonexus.ports import Quote
from tests.world import World


def records(*happened: tuple[int, Event]) -> list[Record]:
    return [Record(n, Instant(at), "op", f"c{n}", event) for n, (at, event) in enumerate(happened, 1)]


def placed(name: str, side: Side, units: int) -> e.OrderPlaced:
    return e.OrderPlaced(name, "spot", "ann", side, units, "ann", 10)


def traded(units: int, price: int) -> e.TradeExecuted:
    amount = units * price
    return e.TradeExecuted("spot@1", "spot", "a", "b", "ann", "bob", units, price, amount, "ann", "bob")


def test_a_book_is_quoted_by_the_second() -> None:
    first, next_second = 5 * SECOND_NS, 6 * SECOND_NS
    found = quotes(
        records(
            (first, placed("a", "sell", 7)),
            (first + 1, placed("b", "buy", 4)),
            (first + 1, traded(3, 12)),
            (first + 2, traded(1, 9)),
            (next_second - 1, traded(2, 10)),
            (next_second, placed("d", "buy", 5)),
        )
    )
    assert found == [
        Quote("spot", first, "", "book", 10, 9, 12, 6, 4, 7),
        Quote("spot", next_second, "", "book", None, None, None, 0, 5, 0),
    ]


def test_an_auction_is_quoted_by_item_when_it_is_cleared_and_not_before() -> None:
    bid = e.BidPlaced("b1", "a1", "ann", "ann", "burn", {"gpu": 3}, 77, 231)
    cleared = e.AuctionCleared(
        "a1",
        "gpus",
        (e.OpenedBid("b1", 77, 231),),
        (e.Win("b1", "ann", {"gpu": 3}, 150, source="ann"),),
        {"gpu": 50},
        {"gpu": 1, "cpu": 2},
        231,
        231,
        "burn",
        {"gpu": 5},
    )
    assert quotes(records((5, bid))) == []
    assert quotes(records((5, bid), (9, cleared))) == [
        Quote("gpus", 9, "gpu", "auction", 50, 50, 50, 3, 5, 4),
        Quote("gpus", 9, "cpu", "auction", None, None, None, 0, 0, 2),
    ]


def test_a_posted_price_is_quoted_with_what_the_period_before_it_was_like() -> None:
    updated = e.PriceUpdated("api", 110, 100, demand=30, sold=20, capacity=20)
    shared = e.PeriodShared("api", demand=9, free=4, given=4, capacity=8)
    assert quotes(records((7, updated), (8, shared))) == [
        Quote("api", 7, "", "posted", 110, 110, 110, 20, 30, 20),
        Quote("api", 8, "", "shared", None, None, None, 4, 9, 8),
    ]


def test_sums_stop_at_the_greatest_integer() -> None:
    (quote,) = quotes(records((1, placed("a", "buy", MAX_AMOUNT)), (2, placed("b", "buy", 1))))
    assert quote.wanted == MAX_AMOUNT


def test_statements_of_traders_end_where_the_ledger_stands() -> None:
    world = World()
    world.do(
        c.DeclareResource("gpu", "gpu", 100, 1_000),
        c.CreateMarket("spot", ("gpu",), Mechanism.ORDER_BOOK),
        *(c.CreateAgent(name, credits=Amount(1_000)) for name in ("ann", "bob")),
    )

    def order(name: str, agent: str, side: Side, units: int, price: int) -> c.PlaceOrder:
        return c.PlaceOrder(OrderId(name), MarketId("spot"), AgentId(agent), side, units, Amount(price))

    world.do(
        order("b1", "ann", "buy", 5, 20),
        order("s1", "bob", "sell", 2, 15),  # 2 for 20 out of what ann has on hold.
        order("s2", "bob", "sell", 9, 30),
        order("b2", "ann", "buy", 1, 35),  # 1 for 30, and nothing was on hold for it.
        c.ReplaceOrder(OrderId("b1"), 4, Amount(10)),
        c.CancelOrder(OrderId("b1")),
        order("b3", "ann", "buy", 3, 7),
    )
    projection, standing = Projection(), {}
    for sequence, now, happened in world.log:
        for line in projection.entries(Record(sequence, now, "op", f"c{sequence}", happened)):
            standing[line.account] = (line.balance_after, line.held_after)
    assert standing["ann"] == (1_000 - 70, 21) == (world.balance("ann"), world.account("ann").held)
    assert standing["bob"] == (1_070, 0) == (world.balance("bob"), world.account("bob").held)
