"""Markets that announce their auctions by themselves, in windows of time or for at once."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.refusals import RefusalCode as Code
from econonexus.domain.terms import Schedule, Terms
from tests.world import START, World

HOUR = 100
"""An hour of these worlds."""
BIDDING = 10


def hourly(capacity: int = 1, mechanism: Mechanism = Mechanism.SECOND_PRICE, **said: object) -> World:
    """A GPU whose next three hours are sold one by one, 20 before the first of them begins."""
    world = World()
    schedule = Schedule(**{"every": HOUR, "supply": {"gpu": 1}, "ahead": 3, "lead": 20, **said})  # type: ignore[arg-type]
    world.do(
        c.DeclareResource("gpu", "GPU", capacity, HOUR),
        c.CreateMarket("hours", ("gpu",), mechanism, Terms(bidding_window=BIDDING, schedule=schedule)),
        c.CreateAgent("ann", credits=1_000),
    )
    return world


def announced(happened: list[e.Event]) -> list[tuple[str, int, int | None, int | None]]:
    """Name, close and window of the auctions that were announced, counted from the start of the world."""
    return [
        (
            each.auction,
            each.closes_at - START,
            None if each.starts_at is None else each.starts_at - START,
            None if each.ends_at is None else each.ends_at - START,
        )
        for each in happened
        if isinstance(each, e.AuctionAnnounced)
    ]


def skipped(happened: list[e.Event]) -> list[tuple[str, int]]:
    return [(each.reason, each.auctions) for each in happened if isinstance(each, e.AuctionSkipped)]


def history(world: World) -> list[e.Event]:
    return [happened for _, _, happened in world.log]  # type: ignore[misc]  # None was refused.


def test_three_hours_are_sold_as_three_auctions_and_then_one_more_every_hour() -> None:
    world = hourly()
    world.wait(0)
    assert announced(history(world)) == [
        ("hours:1", 10, 20, 120),
        ("hours:2", 10, 120, 220),
        ("hours:3", 10, 220, 320),
    ]
    assert announced(world.wait(99)) == []
    assert world.wait(1)[:1] == [e.ScheduleRan("hours", START + 200, START + 420, 4)]
    assert announced(world.wait(100)) == [("hours:5", 210, 420, 520)]
    assert announced(history(world))[3] == ("hours:4", 110, 320, 420)


def test_who_won_an_hour_may_use_it_then() -> None:
    world = hourly()
    world.do(c.PlaceBid("b", "hours:2", "ann", {"gpu": 1}, 9))
    granted = [each for each in world.wait(10) if isinstance(each, e.Granted)]
    assert granted == [
        e.Granted("hours:2:1", "ann", "gpu", 1, START + 120, START + 220, 1, "hours", "hours:2")
    ]
    assert world.code(c.UseGrant("hours:2:1", 1)) is Code.GRANT_NOT_BEGUN
    world.wait(110)
    world.do(c.UseGrant("hours:2:1", 1))
    world.check_history()


def test_what_is_used_at_once_is_sold_again_and_again() -> None:
    world = hourly(capacity=5, ahead=0, lead=None)
    world.wait(0)
    assert announced(history(world)) == [("hours:1", 10, None, None)]
    assert announced(world.wait(100)) == [("hours:2", 110, None, None)]


def test_a_schedule_may_begin_later() -> None:
    world = hourly(starts_at=START + 7)
    assert announced(world.wait(6)) == []
    assert announced(world.wait(1))[0] == ("hours:1", 17, 27, 127)


def test_one_that_has_begun_goes_on_at_its_next_instant() -> None:
    world = hourly(starts_at=START - 930)  # Then at 70, 170 ...
    assert announced(world.wait(69)) == []
    assert announced(world.wait(1))[0] == ("hours:1", 80, 90, 190)
    assert announced(history(hourly(starts_at=START - 900)))[0] == ("hours:1", 10, 20, 120)


def test_where_fewer_units_are_free_fewer_are_sold() -> None:
    world = hourly(capacity=5, supply={"gpu": 4}, starts_at=START + 50)
    # Two of five are somebody else's from 150 to 160.
    world.do(
        c.CreateMarket("other", ("gpu",), Mechanism.FIRST_PRICE),
        c.AnnounceAuction("x", "other", {"gpu": 2}, START + 5, None, START + 150, START + 160),
        c.PlaceBid("b", "x", "ann", {"gpu": 1}, 9),
    )
    world.do(c.PlaceBid("b2", "x", "ann", {"gpu": 1}, 9))
    happened = world.wait(50)
    # Windows of 70 to 170, 170 to 270 and 270 to 370.
    assert [each.supply for each in happened if isinstance(each, e.AuctionAnnounced)] == [
        {"gpu": 3},
        {"gpu": 4},
        {"gpu": 4},
    ]
    assert [each for each in happened if isinstance(each, e.SupplyShort)] == [
        e.SupplyShort("hours:1", "hours", {"gpu": 4}, {"gpu": 3})
    ]
    world.check_history()


def test_where_nothing_is_free_an_auction_is_skipped() -> None:
    world = hourly(starts_at=START + 50)
    world.do(
        c.CreateMarket("other", ("gpu",), Mechanism.FIRST_PRICE),
        c.AnnounceAuction("x", "other", {"gpu": 1}, START + 5, None, START + 150, START + 160),
        c.PlaceBid("b", "x", "ann", {"gpu": 1}, 9),
    )
    happened = world.wait(50)
    assert e.AuctionSkipped("hours", "over_capacity", 1, START + 70, START + 170) in happened
    assert [name for name, *_ in announced(happened)] == ["hours:2", "hours:3"]


def test_a_name_that_is_taken_is_passed_over() -> None:
    world = hourly(capacity=2, starts_at=START + 5)
    world.do(c.AnnounceAuction("hours:2", "hours", {"gpu": 1}, START + 6))
    happened = world.wait(5)
    assert skipped(happened) == [("name_taken", 1)]
    assert [name for name, *_ in announced(happened)] == ["hours:1", "hours:3"]


def test_a_halted_market_announces_nothing_and_makes_up_for_it() -> None:
    world = hourly()
    world.do(c.FreezeMarket("hours", "odd"))
    assert skipped(world.wait(100)) == [("halted", 1)]
    assert skipped(world.wait(100)) == [("halted", 1)]
    world.do(c.UnfreezeMarket("hours"))
    happened = world.wait(100)
    # Of the windows 320, 420 and 520 that are missing, all begin after 310.
    assert announced(happened) == [
        ("hours:4", 310, 320, 420),
        ("hours:5", 310, 420, 520),
        ("hours:6", 310, 520, 620),
    ]


def test_windows_that_came_while_nobody_ran_the_node_are_said_to_be_too_late() -> None:
    world = hourly()
    happened = world.wait(705)  # 700 has come, and was the seventh; six were missed.
    runs = [each for each in happened if isinstance(each, e.ScheduleRan)]
    assert runs == [e.ScheduleRan("hours", START + 800, START + 1_020, 6)]
    # 320, 420, 520 and 620 begin before 710.
    assert e.AuctionSkipped("hours", "too_late", 4, START + 320, START + 720) in happened
    assert announced(happened) == [
        ("hours:4", 710, 720, 820),
        ("hours:5", 710, 820, 920),
        ("hours:6", 710, 920, 1_020),
    ]


def test_a_run_that_comes_when_its_bidding_is_over_is_too_late() -> None:
    world = hourly(capacity=5, ahead=0, lead=None)
    happened = world.wait(110)
    assert skipped(happened) == [("too_late", 1)]
    assert announced(happened) == []
    assert announced(world.wait(90)) == [("hours:2", 210, None, None)]


def test_missed_auctions_for_at_once_are_counted() -> None:
    world = hourly(capacity=5, ahead=0, lead=None)
    happened = world.wait(305)
    assert skipped(happened) == [("too_late", 2)]
    assert announced(happened) == [("hours:2", 310, None, None)]


def test_other_rules_keep_the_course_and_another_schedule_begins_anew() -> None:
    world = hourly(capacity=2)
    terms = world.economy.state.markets.by_id["hours"].terms
    world.do(c.ChangeMarket("hours", Terms(bidding_window=BIDDING, reserve=5, schedule=terms.schedule)))
    assert announced(world.wait(50)) == []
    world.do(c.ChangeMarket("hours", Terms(schedule=Schedule(1_000, {"gpu": 1}), bidding_window=BIDDING)))
    assert announced(world.wait(0)) == [("hours:4", 60, None, None)]
    world.do(c.ChangeMarket("hours", Terms()))
    assert announced(world.wait(10_000)) == []


def test_a_schedule_of_bundles_waits_for_its_outcome() -> None:
    world = World()
    terms = Terms(bidding_window=BIDDING, schedule=Schedule(HOUR, {"gpu": 1, "desk": 1}, 1))
    world.do(
        *(c.DeclareResource(name, "units", 1, HOUR) for name in ("gpu", "desk")),
        c.CreateMarket("both", ("gpu", "desk"), Mechanism.COMBINATORIAL, terms),
        c.CreateAgent("ann", credits=1_000),
        c.PlaceBid("b", "both:1", "ann", {"gpu": 1, "desk": 1}, 9),
    )
    world.wait(10)
    assert world.economy.state.auctions.by_id["both:1"].status is AuctionStatus.CLEARING


def test_nothing_is_run_before_its_time() -> None:
    world = hourly(starts_at=START + 7)
    assert world.code(c.RunSchedule("hours")) is Code.SCHEDULE_NOT_DUE
    assert world.code(c.RunSchedule("none")) is Code.UNKNOWN_MARKET


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"every": 0}, "schedule.every"),
        ({"every": 2**62}, "schedule.every"),
        ({"ahead": -1}, "schedule.ahead"),
        ({"ahead": 257}, "schedule.ahead"),
        ({"every": 2**57, "ahead": 3}, "schedule.ahead"),
        ({"lead": 9}, "schedule.lead"),
        ({"starts_at": -1}, "schedule.starts_at"),
        ({"supply": {}}, "schedule.supply"),
        ({"supply": {"gpu": 0}}, "schedule.supply"),
        ({"supply": {"disk": 1}}, "schedule.supply"),
    ],
)
def test_a_schedule_that_cannot_be(said: dict[str, object], field: str) -> None:
    world = hourly()
    odd = Schedule(**{"every": HOUR, "supply": {"gpu": 1}, "ahead": 3, **said})  # type: ignore[arg-type]
    for command in (
        c.CreateMarket("m", ("gpu",), Mechanism.FIRST_PRICE, Terms(bidding_window=10, schedule=odd)),
        c.ChangeMarket("hours", Terms(bidding_window=10, schedule=odd)),
    ):
        refusal = world.refusal(command)
        assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, field)


def test_a_schedule_is_for_auctions_and_for_names_that_are_short_enough() -> None:
    terms = Terms(schedule=Schedule(HOUR, {"gpu": 1}))
    world = hourly()
    refusal = world.refusal(c.CreateMarket("m", ("gpu",), Mechanism.FIRST_COME, terms))
    assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, "schedule")
    refusal = world.refusal(c.CreateMarket("m" * 93, ("gpu",), Mechanism.FIRST_PRICE, terms))
    assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, "schedule")


def test_schedules_at_the_end_of_time_end() -> None:
    world = hourly(starts_at=2**63 - 50)
    world.now = 2**63 - 60
    happened = world.wait(10)
    assert next(each for each in happened if isinstance(each, e.ScheduleRan)).next_at is None
    world.wait(30)
    world.check_history()


@given(
    st.integers(1, 3),
    st.integers(0, 4),
    st.integers(10, 40),
    st.lists(st.tuples(st.integers(1, 260), st.booleans()), max_size=8),
)
def test_windows_are_sold_in_order_without_overlap_and_never_twice(
    capacity: int, ahead: int, lead: int, waits: list[tuple[int, bool]]
) -> None:
    world = hourly(capacity, supply={"gpu": 2}, ahead=ahead, lead=lead)
    for duration, halted in waits:
        world.wait(duration)
        is_halted = world.economy.state.markets.by_id["hours"].halted
        if halted != is_halted:
            world.do(c.FreezeMarket("hours") if halted else c.UnfreezeMarket("hours"))
    windows = [(starts, ends) for _, _, starts, ends in announced(history(world)) if starts is not None]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(windows))
    course = world.economy.state.schedules.by_market["hours"]
    assert course.next_at is not None
    assert world.now < course.next_at <= world.now + HOUR
    world.check_history()
