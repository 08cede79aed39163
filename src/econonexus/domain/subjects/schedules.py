"""Schedules: how far each market has come with the auctions that it announces by itself."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import MAX_INSTANT, Instant, MarketId
from econonexus.domain.terms import Schedule, Terms


class Course(msgspec.Struct, gc=False, omit_defaults=True):
    """One market's: when it announces next, and which window of time is the next to be sold."""

    next_at: Instant | None = None
    """None where it announces nothing more by itself."""
    window_at: Instant | None = None
    """When the next window begins, where it sells windows."""
    number: int = 0
    """That of the last auction it announced; they go on where a schedule takes another's place."""


class Schedules(msgspec.Struct):
    """All courses. Only events change them."""

    by_market: dict[MarketId, Course] = {}

    def plan(self, market: MarketId, terms: Terms, at: Instant) -> None:
        """Begin with a schedule, or with none."""
        schedule = terms.schedule
        if schedule is None:
            self.stop(market)
            return
        course = self.by_market.setdefault(market, Course())
        course.next_at = _first(schedule, at)
        course.window_at = None
        if schedule.ahead and course.next_at is not None:
            lead = terms.bidding_window if schedule.lead is None else schedule.lead
            course.window_at = Instant(min(course.next_at + lead, MAX_INSTANT))

    def stop(self, market: MarketId) -> None:
        """Announce nothing more."""
        course = self.by_market.get(market)
        if course is not None:
            course.next_at = course.window_at = None

    def ran(self, event: events.ScheduleRan) -> None:
        """Note how far a market has come."""
        course = self.by_market[event.market]
        course.next_at, course.window_at, course.number = event.next_at, event.window_at, event.number


def _first(schedule: Schedule, at: Instant) -> Instant | None:
    """The first instant of a schedule from `at` on; None where time ends before."""
    if schedule.starts_at is None:
        return at
    passed = max(0, -((schedule.starts_at - at) // schedule.every))
    first = schedule.starts_at + passed * schedule.every
    return Instant(first) if first <= MAX_INSTANT else None
