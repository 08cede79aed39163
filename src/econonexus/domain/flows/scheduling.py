"""Schedules: the auctions that markets announce by themselves, and why one was not announced.

The instants of a schedule are its start and then every `every`. At each of them so many windows are announced
as are missing until `ahead` of them are on sale or sold; all of them close at the same time, a bidding window
later, so that those of markets with the same schedule clear at once.
"""

from typing import NamedTuple

from econonexus.domain import commands, events
from econonexus.domain.flows.auctioning import closes_at_of
from econonexus.domain.flows.selling import known_market
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import MAX_INSTANT, AuctionId, Instant, ResourceId
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.schedules import Course
from econonexus.domain.terms import Schedule

HALTED, TOO_LATE, OVER_CAPACITY, NAME_TAKEN = "halted", "too_late", "over_capacity", "name_taken"
"""Why an auction is not announced."""


class _Sale(NamedTuple):
    """One auction to be announced: its number, and the window of time that it sells, if any."""

    number: int
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class _Turn(NamedTuple):
    """One run of a market's schedule: for its last instant that has come, after some that were missed."""

    market: Market
    schedule: Schedule
    course: Course
    at: Instant
    missed: int
    closes_at: Instant


def run(state: State, command: commands.RunSchedule, now: Instant) -> Decision | Refusal:
    """Announce what is due."""
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    turn = _turn(state, market, now)
    if turn is None:
        return Refusal(RefusalCode.SCHEDULE_NOT_DUE, "market", market.id)
    if market.halted:
        # What is not announced for that reason is made up for later, as far as there is time.
        return (_ran(turn), _skipped(market, HALTED, turn.missed + 1))
    if not now < turn.closes_at <= MAX_INSTANT:
        return (_ran(turn), _skipped(market, TOO_LATE, turn.missed + 1))
    if turn.course.window_at is None:
        return _at_once(state, turn, now)
    return _windows(state, turn, turn.course.window_at, now)


def _turn(state: State, market: Market, now: Instant) -> _Turn | None:
    """What a market's schedule asks for; None if nothing is due."""
    course, schedule = state.schedules.by_market.get(market.id), market.terms.schedule
    if course is None or schedule is None or course.next_at is None or course.next_at > now:
        return None
    missed = (now - course.next_at) // schedule.every
    at = Instant(course.next_at + missed * schedule.every)
    return _Turn(market, schedule, course, at, missed, Instant(at + market.terms.bidding_window))


def _at_once(state: State, turn: _Turn, now: Instant) -> Decision:
    """One auction, of what may be used from its clearing on; those that were missed are past."""
    sale = _Sale(turn.course.number + 1)
    skipped = (_skipped(turn.market, TOO_LATE, turn.missed),) if turn.missed else ()
    return (_ran(turn, sale.number), *skipped, *_announced(state, turn, sale, now))


def _windows(state: State, turn: _Turn, first: Instant, now: Instant) -> Decision:
    """The windows that are missing, as far as they begin after their auctions have closed."""
    every = turn.schedule.every
    lead = turn.market.terms.bidding_window if turn.schedule.lead is None else turn.schedule.lead
    horizon = min(turn.at + lead + turn.schedule.ahead * every, MAX_INSTANT)
    missing = max(0, (horizon - first) // every)
    late = min(missing, max(0, -((first - turn.closes_at) // every)))
    start = Instant(first + late * every)
    happened: list[events.Event] = [
        _ran(turn, turn.course.number + missing - late, Instant(first + missing * every))
    ]
    if late:
        happened.append(_skipped(turn.market, TOO_LATE, late, first, start))
    for place in range(missing - late):
        begins = start + place * every
        sale = _Sale(turn.course.number + place + 1, Instant(begins), Instant(begins + every))
        happened += _announced(state, turn, sale, now)
    return tuple(happened)


def _announced(state: State, turn: _Turn, sale: _Sale, now: Instant) -> Decision:
    """One auction of what is free of its supply, or why there is none."""
    market, wanted = turn.market, turn.schedule.supply
    name = AuctionId(f"{market.id}:{sale.number}")
    if state.auctions.find(name) is not None:
        return (_skipped(market, NAME_TAKEN, 1, sale.starts_at, sale.ends_at),)
    start = now if sale.starts_at is None else sale.starts_at
    end = MAX_INSTANT if sale.ends_at is None else sale.ends_at
    free = {item: state.resources.by_id[ResourceId(item)].free(start, end) for item in wanted}
    supply = {item: min(units, free[item]) for item, units in wanted.items() if free[item] > 0}
    if not supply:
        return (_skipped(market, OVER_CAPACITY, 1, sale.starts_at, sale.ends_at),)
    announced = events.AuctionAnnounced(
        name,
        market.id,
        market.mechanism,
        supply,
        now,
        closes_at_of(market.terms, now, turn.closes_at),
        market.terms_now,
        sale.starts_at,
        sale.ends_at,
    )
    if supply == wanted:
        return (announced,)
    return (announced, events.SupplyShort(name, market.id, dict(wanted), supply))


def _ran(turn: _Turn, number: int | None = None, window_at: Instant | None = None) -> events.ScheduleRan:
    """How far a market has come; without a number, no further than it was."""
    next_at = turn.at + turn.schedule.every
    return events.ScheduleRan(
        turn.market.id,
        Instant(next_at) if next_at <= MAX_INSTANT else None,
        turn.course.window_at if window_at is None else window_at,
        turn.course.number if number is None else number,
    )


def _skipped(
    market: Market,
    reason: str,
    auctions: int,
    starts_at: Instant | None = None,
    ends_at: Instant | None = None,
) -> events.AuctionSkipped:
    return events.AuctionSkipped(market.id, reason, auctions, starts_at, ends_at)
