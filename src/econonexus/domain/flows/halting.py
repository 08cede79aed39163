"""When a market stops by itself, and when it goes on: by its price, and by how its auctions fare."""

from econonexus.domain import commands, events
from econonexus.domain.flows.clocks import clocks_go_on
from econonexus.domain.flows.selling import known_market
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import MAX_INSTANT, Instant
from econonexus.domain.money import Amount, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market

PRICE_MOVE, FAILURES = "price_move", "failures"
PAUSE_OVER = "pause_over"


def resume(state: State, command: commands.ResumeMarket, now: Instant) -> Decision | Refusal:
    """Let a market go on whose pause is over."""
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    if market.resumes_at is None or market.resumes_at > now:
        return Refusal(RefusalCode.MARKET_NOT_DUE, "market", market.id, market.resumes_at, now)
    return (events.MarketResumed(market.id, PAUSE_OVER), *clocks_go_on(state, market, now))


def band(market: Market, now: Instant) -> tuple[int, int] | None:
    """The lowest and the highest price that do not stop a market now; None where every price is fine."""
    halt, watch = market.terms.halt, market.watch
    reference = None if halt is None or watch is None else watch.reference_at(now, halt.window)
    if halt is None or reference is None:
        return None
    room = share_of(reference, halt.move)
    return reference - room, reference + room


def at_price(market: Market, price: int, now: Instant) -> Decision:
    """The halt that a price leads to, if it lies out of bounds."""
    halt, watch = market.terms.halt, market.watch
    bounds = band(market, now)
    if halt is None or watch is None or bounds is None or bounds[0] <= price <= bounds[1]:
        return ()
    reference = watch.reference_at(now, halt.window)
    until = Instant(min(now + halt.pause, MAX_INSTANT))
    return (
        events.MarketHalted(
            market.id, PRICE_MOVE, until, halt.move, price=Amount(price), reference=reference
        ),
    )


def after_auction(
    market: Market, failed: bool, price: int | None, now: Instant, just: tuple[bool, ...] = ()
) -> Decision:
    """The halt that the end of an auction leads to, if any: by how many failed, or by its price.

    `just` says of the market's auctions that end by the same decision, before this one, which failed.
    """
    if market.halted:
        return ()
    if failed:
        return _after_failures(market, now, just)
    return () if price is None else at_price(market, price, now)


def _after_failures(market: Market, now: Instant, just: tuple[bool, ...]) -> Decision:
    halt = market.terms.halt
    if halt is None:
        return ()
    before = () if market.watch is None else market.watch.failed
    last = (*before, *just, True)[-halt.of :]
    failures = sum(last)
    if len(last) < halt.of or failures <= share_of(halt.of, halt.failures):
        return ()
    until = Instant(min(now + halt.pause, MAX_INSTANT))
    return (events.MarketHalted(market.id, FAILURES, until, halt.failures, failed=failures, of=halt.of),)
