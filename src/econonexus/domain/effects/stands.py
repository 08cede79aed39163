"""What happens where a market takes requests: they wait, are met and paid for, and periods pass."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import STAND
from econonexus.domain.ids import Instant, MarketId, ResourceId
from econonexus.domain.ledger import Pledge
from econonexus.domain.mechanisms.posted_price import quotes
from econonexus.domain.mechanisms.posted_price.quotes import Quote
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.stands import STANDS

Effect = Callable[[Never, Instant], None]


class StandEffects:
    """How the events of requests and periods change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.RequestQueued: self._queued,
            events.RequestServed: self._served,
            events.RequestDeclined: self._declined,
            events.RequestEnded: self._ended,
            events.PriceUpdated: self._price_updated,
            events.PeriodShared: self._period_shared,
        }

    def opened(self, name: MarketId, at: Instant) -> None:
        """There is a new market, which may be one that takes requests."""
        market = self._state.markets.by_id[name]
        if market.mechanism not in STANDS:
            return
        pricing = market.terms.pricing
        price = Amount(0) if pricing is None else quotes.first(pricing).price
        period = self._state.resources.by_id[market.resources[0]].period
        self._state.stands.open(name, price, self._rests(market, Quote(price)), period, at)
        self._note(name)

    def resumed(self, name: MarketId, at: Instant) -> None:
        """A market goes on after a halt, in which no price has moved."""
        stand = self._state.stands.by_market.get(name)
        if stand is not None:
            stand.skip_to(at)
            self._note(name)

    def changed(self, name: MarketId, at: Instant) -> None:
        """A market's terms are other ones, or its capacity; its price may move by itself now."""
        stand = self._state.stands.by_market.get(name)
        if stand is None:
            return
        stand.pass_to(at)
        stand.resting = self._rests(self._state.markets.by_id[name], Quote(stand.price, stand.excess))
        self._note(name)

    def resized(self, resource: ResourceId, at: Instant) -> None:
        """There is more or less of a resource than there was."""
        for name in self._state.stands.by_market:
            if resource in self._state.markets.by_id[name].resources:
                self.changed(name, at)

    def _queued(self, event: events.RequestQueued, at: Instant) -> None:
        pledge = Pledge(event.source, event.destination, event.held, event.budgets)
        self._state.stands.queue(event, pledge, at, self._state.sequence)
        self._reserve(pledge)
        self._note(event.market)

    def _served(self, event: events.RequestServed, at: Instant) -> None:
        pledge = self._state.stands.serve(event, at, self._state.sequence)
        if pledge is not None:
            self._reserve(pledge, -1)
        if event.paid:
            self._state.ledger.move(event.source, event.destination, event.paid)
            self._state.budgets.spend(event.budgets, event.paid, at)
        self._note(event.market)

    def _declined(self, event: events.RequestDeclined, at: Instant) -> None:
        self._state.stands.decline(event, at, self._state.sequence)
        self._note(event.market)

    def _ended(self, event: events.RequestEnded, _: Instant) -> None:
        self._reserve(self._state.stands.end(event, self._state.sequence), -1)

    def _price_updated(self, event: events.PriceUpdated, _: Instant) -> None:
        rests = self._rests(self._state.markets.by_id[event.market], Quote(event.price, event.excess))
        self._state.stands.update(event, rests)
        self._note(event.market)

    def _period_shared(self, event: events.PeriodShared, at: Instant) -> None:
        self._state.stands.share(event, at)
        self._note(event.market)

    def _rests(self, market: Market, quote: Quote) -> bool:
        pricing = market.terms.pricing
        capacity = self._state.resources.by_id[market.resources[0]].capacity
        return pricing is None or quotes.rests(pricing, quote, capacity)

    def _reserve(self, pledge: Pledge, sign: int = 1) -> None:
        self._state.ledger.reserve(pledge, sign)
        if pledge.budgets:
            self._state.budgets.hold(pledge.budgets, sign * pledge.amount)

    def _note(self, name: MarketId) -> None:
        self._deadlines.add(STAND, name, self._state.stands.by_market[name].due)
