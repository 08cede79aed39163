"""The second bookkeeper on auctions of bundles, schedules and linked bids: honest ones, and forged ones."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Unproven
from econonexus.domain.terms import Terms
from tests.audit.test_agreement import assert_agreement
from tests.domain.bundle_world import LOCALS, bid, clearing, offices, outcome
from tests.domain.test_linking import bid as linked
from tests.domain.test_linking import fair
from tests.domain.test_scheduling import hourly
from tests.world import World

FAST = {"clearing": 40, "time_limit": 10}


def cleared(terms: Terms | None = None, **said: object) -> World:
    world = clearing(terms or Terms(**FAST))
    world.do(outcome(world, **said))
    return world


def unproven() -> World:
    return cleared(Terms(unproven=Unproven.PAY_AS_BID, **FAST), bound=1_200, low=(), high=())


def vcg() -> World:
    said = {"low": (200, 300), "high": (200, 300), "blocked": c.Blocked((2,), 300, 300)}
    return cleared(Terms(payment="vcg", **FAST), **said)


def failed() -> World:
    return cleared(fault="no solver")


def either() -> World:
    """ann bids for the one or the other, above reserves of their own."""
    world = offices(Terms(reserves={"gpu": 100}, reserve=10, **FAST))
    world.do(bid("b1", "ann", {"gpu": 1}, 400), bid("b2", "ann", {"reviewer": 1}, 300), c.CloseAuction("a"))
    world.do(outcome(world, winners=(0,), welfare=400, bound=400, low=(100,), high=(100,)))
    return world


def links() -> World:
    """ann has x and y; bob would have x, and loses z to cid."""
    world = fair()
    world.do(
        linked("a", "x", "ann", 9, "l"),
        linked("b", "y", "ann", 3, "l"),
        linked("c", "x", "bob", 10, "m"),
        linked("d", "z", "bob", 1, "m"),
        linked("f", "z", "cid", 5),
    )
    world.wait(50)
    return world


def hours() -> World:
    world = hourly(capacity=1)
    world.do(c.FreezeMarket("hours"))
    world.wait(100)
    world.do(c.UnfreezeMarket("hours"))
    world.wait(705)
    return world


@pytest.mark.parametrize("honest", [cleared, unproven, vcg, failed, either, links, hours])
def test_what_may_happen_adds_up(honest: Callable[[], World]) -> None:
    assert_agreement(honest())


def forged(
    world: World, kind: type[e.Event], change: Callable[[e.Event], e.Event], last: bool = True
) -> None:
    """Let one event of a kind have been another."""
    places = [place for place, (_, _, happened) in enumerate(world.log) if isinstance(happened, kind)]
    place = places[-1 if last else 0]
    sequence, at, happened = world.log[place]
    assert not isinstance(happened, c.Command)
    world.log[place] = (sequence, at, change(happened))  # type: ignore[arg-type]
    del world.log[place + 1 :]


def lost_in_x(event: e.AuctionCleared) -> e.AuctionCleared:
    """ann loses x to bob, and has y."""
    win = e.Win("c", "bob", {"x": 1}, 9, "bob")
    return replace(event, wins=(win,), prices={"x": 9}, welfare=10, bound=10, dropped=())


@pytest.mark.parametrize(
    ("honest", "kind", "change", "last", "problem"),
    [
        (cleared, e.AuctionClosed, lambda it: replace(it, digest=it.digest + 1), True, "of other bids"),
        (cleared, e.AuctionClosed, lambda it: replace(it, clear_by=1), True, "needs not"),
        (
            cleared,
            e.AuctionCleared,
            lambda it: replace(it, wins=(replace(it.wins[0], payment=501), it.wins[1])),
            True,
            "it bid 500",
        ),
        (cleared, e.AuctionCleared, lambda it: replace(it, payment="vcg"), True, "its terms say core"),
        (cleared, e.AuctionCleared, lambda it: replace(it, bound=1_101), True, "without a proof"),
        (cleared, e.AuctionCleared, lambda it: replace(it, bound=1_901), True, "more than all its bids"),
        (
            cleared,
            e.AuctionCleared,
            lambda it: replace(it, blocked=e.Coalition(("b3",), 1, 1)),
            True,
            "lets a coalition gain 1",
        ),
        (
            vcg,
            e.AuctionCleared,
            lambda it: replace(it, blocked=e.Coalition(("b3",), 301, 301)),
            True,
            "lets a coalition gain 301",
        ),
        (
            vcg,
            e.AuctionCleared,
            lambda it: replace(it, blocked=e.Coalition(("b1", "b3"), 300, 300)),
            True,
            "could not win its bids",
        ),
        (
            vcg,
            e.AuctionCleared,
            lambda it: replace(it, blocked=e.Coalition(("b9",), 300, 300)),
            True,
            "not there",
        ),
        (
            unproven,
            e.AuctionCleared,
            lambda it: replace(it, wins=(replace(it.wins[0], payment=499), it.wins[1])),
            True,
            "otherwise than as was bid",
        ),
        (
            either,
            e.AuctionCleared,
            lambda it: replace(
                it,
                wins=(*it.wins, e.Win("b2", "ann", {"reviewer": 1}, 10, "ann")),
                welfare=700,
                bound=700,
                unsold={},
            ),
            True,
            "one agent win several bids",
        ),
        (
            either,
            e.AuctionCleared,
            lambda it: replace(it, wins=(replace(it.wins[0], payment=99),)),
            True,
            "below the reserve",
        ),
        (links, e.AuctionCleared, lost_in_x, False, None),
        (
            links,
            e.AuctionCleared,
            lambda it: replace(it, dropped=(e.Dropped("a", "l", "a", "x"),)),
            False,
            "otherwise than second_price",
        ),
        (
            links,
            e.AuctionCleared,
            lambda it: replace(it, dropped=(e.Dropped("a", "m", "a", "x"),)),
            False,
            "for a link that it has not",
        ),
        (hours, e.ScheduleRan, lambda it: replace(it, number=0), True, "go back"),
        (hours, e.ScheduleRan, lambda it: replace(it, next_at=1), True, "go back"),
        (
            hours,
            e.AuctionSkipped,
            lambda it: e.SupplyShort("hours:1", "hours", {"gpu": 1}, {"gpu": 1}),
            True,
            "and it does not",
        ),
    ],
)
def test_a_forged_event_is_found(
    honest: Callable[[], World],
    kind: type[e.Event],
    change: Callable[[e.Event], e.Event],
    last: bool,
    problem: str | None,
) -> None:
    world = honest()
    whole = list(world.log)
    forged(world, kind, change, last)
    if problem is None:  # It is found where the others of the link are told of.
        world.log += whole[len(world.log) :]
        problem = "be half won"
        grants = [place for place, (_, _, event) in enumerate(world.log) if isinstance(event, e.Granted)]
        sequence, at, granted = world.log[grants[0]]
        assert isinstance(granted, e.Granted)
        world.log[grants[0]] = (sequence, at, replace(granted, agent="bob", paid=9))
    with pytest.raises(Discrepancy, match=problem):
        assert_agreement(world)


def test_a_linked_bid_where_nothing_is_cleared_together_is_found() -> None:
    world = offices()
    world.do(*LOCALS)
    forged(world, e.BidPlaced, lambda it: replace(it, link="l"))
    with pytest.raises(Discrepancy, match="which is cleared alone"):
        assert_agreement(world)
