"""Stands: where a market takes requests, at a posted price or by a plain rule, period after period.

Periods lie on a grid from the market's creation on. One that nobody asked for anything in, and that would
leave the price where it is, passes without a word.
"""

import itertools
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import MAX_INSTANT, AgentId, Duration, Instant, MarketId, RequestId, Sequence
from econonexus.domain.kinds import Mechanism
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount

ENDED_REMEMBERED = 10_000
"""So many requests that were met or ended are remembered at least, and at most twice as many."""

DECLINED = "declined"
STANDS = frozenset(
    {Mechanism.FIRST_COME, Mechanism.PRIORITY, Mechanism.WEIGHTED_FAIR, Mechanism.POSTED_PRICE}
)
"""The mechanisms of markets that take requests."""


class Request(msgspec.Struct, gc=False, omit_defaults=True):
    """One request that waits, and what is reserved for it."""

    id: RequestId
    agent: AgentId
    units: int
    pledge: Pledge
    expires_at: Instant | None = None
    """None where it waits for one allocation alone."""
    sequence: Sequence = Sequence(0)
    """By which record it came."""


class Past(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A request that was met, declined or ended: how, with the numbers that decided, and by which records."""

    market: MarketId
    agent: AgentId
    units: int
    outcome: str
    """`granted`, `granted_fairly` out of the reserved share, `declined`, or the reason it ended for."""
    price: Amount = Amount(0)
    """Of a unit, at that moment."""
    number: int = 0
    """What was paid for all of it; or the units that were free, where they were too few."""
    steps: tuple[Sequence, ...] = ()


class Stand(msgspec.Struct, gc=False, omit_defaults=True):
    """One market's own side of it."""

    market: MarketId
    period: Duration
    period_ends: Instant
    price: Amount
    """Per unit."""
    excess: int = 0
    """What a base fee has accumulated."""
    resting: bool = True
    """Whether a period without demand would leave the price where it is."""
    demand: int = 0
    """Units asked for in this period, whether they were to be had or not."""
    given: int = 0
    waiting: dict[RequestId, Request] = {}
    """In the order in which they came."""
    standing: dict[AgentId, int] = {}
    """The counters or the credits of agents."""
    floor: int = 0
    """The counter below which nobody is."""

    @property
    def due(self) -> Instant | None:
        """When the period ends, if there is something to say then."""
        return None if self.resting and not self.demand and not self.waiting else self.period_ends

    def pass_to(self, now: Instant) -> None:
        """Let the periods have passed in which nothing was to be said."""
        if self.due is None:
            self.skip_to(now)

    def skip_to(self, now: Instant) -> None:
        """Let the period in which an instant lies be this one."""
        if self.period_ends <= now:
            self.period_ends = Instant(self.ends_after(now))

    def ends_after(self, now: Instant) -> int:
        """The end of the period in which an instant lies; an end belongs to the next one."""
        periods = max(0, (now - self.period_ends) // self.period + 1)
        return min(self.period_ends + periods * self.period, MAX_INSTANT)


class Stands(msgspec.Struct):
    """All stands. Only events change them."""

    by_market: dict[MarketId, Stand] = {}
    waits: dict[RequestId, MarketId] = {}
    """The requests that wait, and where: no two have one name, in whatever markets."""
    ended: dict[RequestId, Past] = {}
    """The requests that were met, declined or ended last."""

    def pledges(self) -> Iterator[Pledge]:
        """What is reserved for all requests that wait."""
        return (each.pledge for stand in self.by_market.values() for each in stand.waiting.values())

    def open(self, market: MarketId, price: Amount, resting: bool, period: Duration, at: Instant) -> None:
        """Begin to take requests."""
        ends = Instant(min(at + period, MAX_INSTANT))
        self.by_market[market] = Stand(market, period, ends, price, resting=resting)

    def is_over(self, name: RequestId) -> bool:
        """Whether a request of this name was met or ended; one that was declined may come again."""
        past = self.ended.get(name)
        return past is not None and past.outcome != DECLINED

    def queue(self, event: events.RequestQueued, pledge: Pledge, at: Instant, by: Sequence) -> None:
        """Let a request wait; it is demand of the period in which it came."""
        stand = self._asked(event.market, event.units, at)
        self.waits[event.request] = event.market
        stand.waiting[event.request] = Request(
            event.request, event.agent, event.units, pledge, event.expires_at, by
        )

    def serve(self, event: events.RequestServed, at: Instant, by: Sequence) -> Pledge | None:
        """A request is met; what was reserved for it, if it had to wait."""
        stand = self.by_market[event.market]
        request = stand.waiting.pop(event.request, None)
        if request is None:
            self._asked(event.market, event.units, at)
        stand.given += event.units
        steps = (by,) if request is None else (request.sequence, by)
        outcome = "granted_fairly" if event.fair else "granted"
        past = Past(event.market, event.agent, event.units, outcome, event.price, event.paid, steps)
        self._remember(event.request, past)
        return None if request is None else request.pledge

    def decline(self, event: events.RequestDeclined, at: Instant, by: Sequence) -> None:
        """Count what could not be had."""
        self._asked(event.market, event.units, at)
        past = Past(event.market, event.agent, event.units, DECLINED, event.price, event.free, (by,))
        self._remember(event.request, past)

    def end(self, event: events.RequestEnded, by: Sequence) -> Pledge:
        """A request waits no more; what was reserved for it."""
        request = self.by_market[event.market].waiting.pop(event.request)
        steps = (request.sequence, by)
        self._remember(
            event.request, Past(event.market, event.agent, request.units, event.reason, steps=steps)
        )
        return request.pledge

    def update(self, event: events.PriceUpdated, resting: bool) -> None:
        """Begin the next period at another price."""
        stand = self.by_market[event.market]
        # Each period has its own update, also where several are over at once: the price falls in all.
        self._next_period(event.market, stand.period_ends + stand.period)
        stand.price, stand.excess, stand.resting = event.price, event.excess, resting

    def share(self, event: events.PeriodShared, at: Instant) -> None:
        """Begin the next period, knowing what each was given in this."""
        stand = self._next_period(event.market, self.by_market[event.market].ends_after(at))
        stand.floor = event.floor
        standing = {**stand.standing, **event.standing}
        # Whoever has been overtaken begins at the floor again, like one who never came.
        stand.standing = {agent: place for agent, place in standing.items() if place > event.floor}

    def _asked(self, market: MarketId, units: int, at: Instant) -> Stand:
        stand = self.by_market[market]
        stand.pass_to(at)
        stand.demand += units
        return stand

    def _next_period(self, market: MarketId, ends: int) -> Stand:
        stand = self.by_market[market]
        stand.period_ends = Instant(min(ends, MAX_INSTANT))
        # What waits on is asked for again.
        stand.demand, stand.given = sum(each.units for each in stand.waiting.values()), 0
        return stand

    def _remember(self, name: RequestId, past: Past) -> None:
        self.waits.pop(name, None)
        self.ended.pop(name, None)  # What was declined and came again is the latest.
        self.ended[name] = past
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
