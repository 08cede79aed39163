"""Dutch auctions as they run, by hand: the clock calls 100, 90, 80, ... a second each, and 25 last."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.flows.clocks import call
from econonexus.domain.ids import SECOND, AuctionId, Instant
from econonexus.domain.kinds import AuctionStatus, Mechanism, Revisions
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Clock, Terms
from tests.domain.auctions.stage import Stage, named

CLOCK = Clock(start=100, step=10, tick=SECOND, floor=25)
# Calls 0 to 7 are 100 ... 30, call 8 is the floor, 25; after its second, the ninth, it is over.
END = 9 * SECOND


def dutch(
    units: int = 1,
    *,
    clock: Clock = CLOCK,
    reserve: int = 0,
    revisions: Revisions = Revisions.WITHDRAW,
    window: int | None = None,
    agents: tuple[str, ...] = ("ann", "bob", "cat"),
) -> Stage:
    terms = Terms(clock=clock, reserve=reserve, revisions=revisions)
    return Stage(Mechanism.DUTCH, terms, units=units, agents=agents, window=window)


def called(stage: Stage) -> int:
    return call(stage.economy.state, stage.auction, Instant(stage.now))


@pytest.mark.parametrize(
    ("since", "price"),
    [(0, 100), (SECOND - 1, 100), (SECOND, 90), (7 * SECOND, 30), (8 * SECOND, 25), (END - 1, 25)],
)
def test_the_clock_calls_less_at_every_tick_and_the_floor_last(since: int, price: int) -> None:
    stage = dutch()
    stage.at(since)
    assert called(stage) == price


def test_it_is_over_after_the_floors_tick() -> None:
    stage = dutch()
    stage.at(END - 1)
    assert stage.status is AuctionStatus.OPEN
    stage.wait(1)
    assert stage.status is AuctionStatus.SETTLED
    assert stage.cleared().unsold == {"gpu": 1}


def test_an_operator_may_have_it_end_sooner_but_not_later() -> None:
    stage = dutch(window=3 * SECOND)
    assert stage.auction.closes_at == stage.began + 3 * SECOND
    stage = dutch(window=END + 1)
    assert stage.auction.closes_at == stage.began + END


def test_a_bid_at_the_call_takes_at_once() -> None:
    stage = dutch()
    stage.at(3 * SECOND)
    assert named(stage.bid("ann", 70)) == ["BidPlaced", "ClockTaken", "AuctionCleared", "Granted"]
    assert stage.status is AuctionStatus.SETTLED
    assert stage.paid() == {"ann": (1, 70)}
    assert (stage.balance("ann"), stage.held("ann")) == (9_930, 0)


def test_a_bid_above_the_call_pays_the_call() -> None:
    stage = dutch()
    stage.at(3 * SECOND)
    stage.bid("ann", 95, cap=500)
    assert stage.paid() == {"ann": (1, 70)}


def test_a_bid_below_the_call_waits_sealed_until_the_clock_reaches_it() -> None:
    stage = dutch()
    assert named(stage.bid("ann", 55)) == ["BidPlaced"]
    assert stage.held("ann") == 55
    # The first call that is not above 55 is 50, the sixth, after five seconds.
    stage.at(5 * SECOND - 1)
    assert stage.status is AuctionStatus.OPEN
    stage.wait(1)
    assert stage.paid() == {"ann": (1, 50)}


def test_a_bid_below_the_floor_is_refused() -> None:
    assert dutch().no("ann", 24).code is No.BELOW_RESERVE


def test_a_reserve_above_the_floor_is_the_floor() -> None:
    stage = dutch(reserve=45)
    # 100, 90, ..., 50 and 45 last: seven calls.
    assert stage.auction.closes_at == stage.began + 7 * SECOND
    assert stage.no("ann", 44).code is No.BELOW_RESERVE
    stage.bid("ann", 45)
    stage.at(6 * SECOND)
    assert stage.paid() == {"ann": (1, 45)}


def test_the_higher_bid_that_waits_takes_first() -> None:
    stage = dutch()
    stage.bid("ann", 55)
    stage.bid("bob", 65)
    stage.at(END)
    assert stage.paid() == {"bob": (1, 60)}
    assert stage.held("ann") == 0


def test_at_one_call_the_earlier_bid_takes_first() -> None:
    stage = dutch()
    stage.bid("ann", 60)
    stage.bid("bob", 69)
    stage.at(4 * SECOND)
    assert stage.paid() == {"ann": (1, 60)}


def test_who_waits_at_a_call_comes_before_who_takes_it() -> None:
    stage = dutch(units=2)
    stage.bid("ann", 60)
    stage.at(4 * SECOND)
    stage.bid("bob", 60)
    assert list(stage.paid()) == ["ann", "bob"]


def test_each_pays_its_own_tick() -> None:
    stage = dutch(units=5)
    stage.bid("ann", 85, units=2)
    stage.at(4 * SECOND)  # 80 was called for ann; now it is 60.
    taken = stage.bid("bob", 60, units=1)
    assert taken[1] == e.ClockTaken("a", "bob", "bob", units=1, price=60, left=2)
    stage.bid("cat", 30, units=1)
    stage.at(END)
    assert stage.paid() == {"ann": (2, 160), "bob": (1, 60), "cat": (1, 30)}
    assert stage.cleared().unsold == {"gpu": 1}


def test_the_last_taker_gets_what_is_left() -> None:
    stage = dutch(units=3)
    stage.bid("ann", 100, units=2)
    stage.bid("bob", 100, units=2)
    assert stage.paid() == {"ann": (2, 200), "bob": (1, 100)}


def test_what_is_taken_is_held_at_its_call_and_paid_at_the_end() -> None:
    stage = dutch(units=3)
    stage.at(2 * SECOND)
    stage.bid("ann", 100, units=2)
    assert (stage.held("ann"), stage.balance("ann")) == (160, 10_000)
    stage.at(END)
    assert (stage.held("ann"), stage.balance("ann")) == (0, 9_840)


def test_nobody_bids_for_more_than_there_is() -> None:
    assert dutch(units=2).no("ann", 100, units=3).code is No.INVALID_BID


def test_who_waits_may_raise_and_take_at_once() -> None:
    stage = dutch()
    stage.bid("ann", 30)
    stage.at(2 * SECOND)
    assert named(stage.do(c.RaiseBid("ann", "a", "ann", 80)))[:2] == ["BidRaised", "ClockTaken"]
    assert stage.paid() == {"ann": (1, 80)}


def test_who_waits_may_raise_and_wait_for_an_earlier_call() -> None:
    stage = dutch()
    stage.bid("ann", 30)
    stage.do(c.RaiseBid("ann", "a", "ann", 65))
    stage.at(4 * SECOND)
    assert stage.paid() == {"ann": (1, 60)}


def test_who_waits_may_withdraw_and_who_has_taken_may_not() -> None:
    stage = dutch(units=2)
    stage.bid("ann", 100)
    stage.bid("bob", 55)
    assert stage.code(c.WithdrawBid("ann", "a", "ann")) is No.BID_STANDS
    assert stage.code(c.RaiseBid("ann", "a", "ann", 200)) is No.BID_STANDS
    stage.do(c.WithdrawBid("bob", "a", "bob"))
    stage.at(END)
    assert stage.paid() == {"ann": (1, 100)}


def test_calls_that_passed_while_nobody_was_there_are_answered_in_their_order() -> None:
    """As after a restart: everything is long due, and each takes at its own call."""
    stage = dutch(units=2)
    stage.bid("ann", 35)
    stage.bid("bob", 75)
    stage.at(100 * END)
    assert stage.paid() == {"bob": (1, 70), "ann": (1, 30)}


def test_a_halt_stops_the_clock() -> None:
    stage = dutch()
    stage.bid("ann", 55)
    stage.at(3 * SECOND)
    stage.do(c.FreezeMarket("m"))
    assert called(stage) == 70
    stage.wait(1_000 * SECOND)
    assert called(stage) == 70
    stage.do(c.UnfreezeMarket("m"))
    assert called(stage) == 70
    stage.wait(SECOND)
    assert called(stage) == 60
    stage.wait(SECOND)
    assert stage.paid() == {"ann": (1, 50)}
    stage.check_history()


def test_a_clock_that_waited_as_long_as_its_halt_lasted_has_waited_no_more() -> None:
    # The bid is due a second after the halt, and is put off by the 30 s of a bidding window: by just as long
    # as the halt lasts. The next halt must not count those 30 s again.
    stage = dutch()
    stage.bid("ann", 85)
    stage.at(SECOND)
    stage.do(c.FreezeMarket("m"))
    stage.wait(30 * SECOND)
    stage.do(c.UnfreezeMarket("m"))
    assert called(stage) == 90
    stage.do(c.FreezeMarket("m"))
    stage.wait(100 * SECOND)
    assert called(stage) == 90
    stage.do(c.UnfreezeMarket("m"))
    assert called(stage) == 90
    stage.wait(SECOND)
    assert stage.paid() == {"ann": (1, 80)}
    assert stage.auction.steps[-1] == len(stage.log) - 1  # The grant comes after it.


def test_an_auction_that_opens_in_a_halt_has_its_whole_clock_after_it() -> None:
    stage = dutch()
    stage.do(c.AnnounceAuction("b", "m", {"gpu": 1}, opens_at=stage.now + 60 * SECOND))
    stage.do(c.FreezeMarket("m"))
    stage.wait(100 * SECOND)
    stage.do(c.UnfreezeMarket("m"))
    late = stage.economy.state.auctions.by_id[AuctionId("b")]
    assert (late.clock_at, late.closes_at) == (stage.now, stage.now + END)


def test_a_bid_waits_out_a_halt_also_where_the_clock_would_run_until_time_ends() -> None:
    # 10**4 calls, one every 10**6 s: some three hundred years. After ten of them it is over.
    tick = 10**6 * SECOND
    stage = dutch(clock=Clock(start=10**4, step=1, tick=tick))
    assert stage.auction.closes_at == stage.began + 3_660 * 86_400 * SECOND
    stage.bid("ann", 9_999)
    stage.at(tick - SECOND)
    stage.do(c.FreezeMarket("m"))
    stage.wait(100 * SECOND)
    stage.do(c.UnfreezeMarket("m"))
    stage.wait(SECOND)
    assert stage.paid() == {"ann": (1, 9_999)}


def test_an_operator_closes_it_with_what_was_taken() -> None:
    stage = dutch(units=3)
    stage.bid("ann", 100)
    stage.bid("bob", 50)
    stage.do(c.CloseAuction("a"))
    assert stage.paid() == {"ann": (1, 100)}
    assert stage.held("bob") == 0


def test_cancelled_it_frees_what_was_held() -> None:
    stage = dutch(units=3)
    stage.bid("ann", 100)
    stage.bid("bob", 50)
    stage.do(c.CancelAuction("a"))
    assert (stage.held("ann"), stage.held("bob"), stage.balance("ann")) == (0, 0, 10_000)


def test_it_opens_at_the_start_of_its_clock() -> None:
    stage = dutch()
    stage.do(c.AnnounceAuction("b", "m", {"gpu": 1}, opens_at=stage.now + 60 * SECOND))
    stage.wait(60 * SECOND)
    stage.do(c.PlaceBid("x", "b", "ann", {"gpu": 1}, 100))
    assert stage.balance("ann") == 9_900


@pytest.mark.parametrize(("field", "terms"), [
    ("clock", Terms()),
    ("clock.floor", Terms(clock=Clock(100, 10, SECOND, 101))),
    ("clock.step", Terms(clock=Clock(100, 0, SECOND))),
    ("reserve", Terms(clock=CLOCK, reserve=101)),
])  # fmt: skip
def test_a_clock_must_fit(field: str, terms: Terms) -> None:
    stage = dutch()
    refused = stage.refusal(c.ChangeMarket("m", terms))
    assert (refused.code, refused.field) == (No.INVALID_TERMS, field)
