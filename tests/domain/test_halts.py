"""Auctions whose market halts by itself: by the price they come to, and by how many of them fail."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AgentId, AuctionId, BidId, MarketId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Halt, Terms
from tests.audit.test_agreement import assert_agreement
from tests.world import START, World


def town(halt: Halt, mechanism: Mechanism = Mechanism.FIRST_PRICE) -> World:
    """ann and bob have 1,000 each, and `gpus` sells one gpu at a time."""
    world = World()
    world.do(
        c.DeclareResource("gpu", "gpu", 100, 60),
        c.CreateMarket("gpus", ("gpu",), mechanism, Terms(bidding_window=10, halt=halt)),
        *(c.CreateAgent(name, credits=Amount(1_000)) for name in ("ann", "bob")),
    )
    return world


def sold_at(world: World, price: int) -> tuple[e.Event, ...]:
    """An auction that comes to a price, at once."""
    name = AuctionId(f"a{len(world.log)}")
    world.do(c.AnnounceAuction(name, MarketId("gpus"), {"gpu": 1}))
    world.do(c.PlaceBid(BidId("b"), name, AgentId("ann"), {"gpu": 1}, Amount(price)))
    return world.do(c.CloseAuction(name))


def market(world: World) -> Market:
    return world.economy.state.markets.by_id[MarketId("gpus")]


def test_an_auctions_price_stands_and_its_market_halts_after_it() -> None:
    world = town(Halt(window=100, pause=50))
    assert not isinstance(sold_at(world, 100)[-1], e.MarketHalted)
    assert not isinstance(sold_at(world, 110)[-1], e.MarketHalted)  # A tenth more than 100.
    cleared, granted, halted = sold_at(world, 111)
    assert isinstance(cleared, e.AuctionCleared)
    assert isinstance(granted, e.Granted)
    assert halted == e.MarketHalted("gpus", "price_move", START + 50, 100_000, 111, 100)
    assert world.code(c.AnnounceAuction(AuctionId("x"), MarketId("gpus"), {"gpu": 1})) is No.MARKET_HALTED
    assert world.wait(50) == [e.MarketResumed("gpus", "pause_over")]
    assert not isinstance(sold_at(world, 300)[-1], e.MarketHalted)  # Held against none.


def test_a_fall_halts_as_a_rise_does() -> None:
    world = town(Halt(window=100, pause=50))
    sold_at(world, 100)
    assert not isinstance(sold_at(world, 90)[-1], e.MarketHalted)
    assert isinstance(sold_at(world, 89)[-1], e.MarketHalted)


def test_an_auction_that_sells_nothing_has_no_price() -> None:
    world = town(Halt(window=100, pause=50))
    sold_at(world, 100)
    world.do(c.AnnounceAuction(AuctionId("empty"), MarketId("gpus"), {"gpu": 1}))
    assert len(world.do(c.CloseAuction(AuctionId("empty")))) == 1
    assert not market(world).halted


def fails(world: World) -> list[e.Event]:
    """An auction whose gpu is for a time that is over before the auction is cleared; what happened then."""
    name, now = AuctionId(f"a{len(world.log)}"), world.now
    world.do(c.AnnounceAuction(name, MarketId("gpus"), {"gpu": 1}, now + 10, None, now + 10, now + 11))
    return world.wait(11)


def test_too_many_failures_halt_a_market() -> None:
    """Of the last four, more than half: three. What failed before a resumption counts no more."""
    world = town(Halt(window=1_000, pause=50, of=4))
    sold_at(world, 100)
    sold_at(world, 100)
    for _ in range(2):  # Two of four are not more than half.
        assert isinstance(fails(world)[-1], e.AuctionFailed)
    halted = fails(world)[-1]
    at = world.now - 1
    assert halted == e.MarketHalted("gpus", "failures", at + 51, 500_000, failed=3, of=4)
    world.wait(60)
    assert not market(world).halted
    for _ in range(3):  # Only of the fourth on it is told.
        assert isinstance(fails(world)[-1], e.AuctionFailed)
    assert isinstance(fails(world)[-1], e.MarketHalted)


def test_a_market_that_begins_to_halt_by_other_rules_watches_anew() -> None:
    world = town(Halt(window=100, pause=50))
    sold_at(world, 100)
    stricter = Terms(bidding_window=10, halt=Halt(move=10_000, window=100, pause=50))
    world.do(c.ChangeMarket(MarketId("gpus"), stricter))
    assert not isinstance(sold_at(world, 200)[-1], e.MarketHalted)
    assert isinstance(sold_at(world, 203)[-1], e.MarketHalted)


def test_a_pause_goes_on_where_a_market_shall_halt_by_other_rules() -> None:
    world = town(Halt(window=100, pause=50))
    sold_at(world, 100)
    assert isinstance(sold_at(world, 111)[-1], e.MarketHalted)
    world.do(c.ChangeMarket(MarketId("gpus"), Terms(halt=Halt(pause=7))))
    world.wait(49)
    assert market(world).halted
    assert e.MarketResumed(MarketId("gpus"), "pause_over") in world.wait(1)
    assert_agreement(world)


def test_without_terms_of_a_halt_nothing_halts() -> None:
    world = World()
    world.do(
        c.DeclareResource("gpu", "gpu", 100, 60),
        c.CreateMarket("gpus", ("gpu",), Mechanism.FIRST_PRICE),
        c.CreateAgent("ann", credits=Amount(1_000)),
    )
    sold_at(world, 1)
    sold_at(world, 900)
    assert market(world).watch is None
