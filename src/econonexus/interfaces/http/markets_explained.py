"""How a market stands: what runs in it, what its book or its posted price is, until when it is halted."""

from econonexus.domain.flows.asking import price_of, resource_of
from econonexus.domain.ids import Instant, MarketId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.interfaces.http.forms import rfc3339

Facts = dict[str, int | str | bool | None]
MOST = 100
"""So many auctions are named."""


def of_market(state: State, name: MarketId, now: Instant) -> tuple[str, Facts] | None:
    """Whether it is open, its rules that decide most, and how trade in it stands."""
    market = state.markets.by_id.get(name)
    if market is None:
        return None
    facts: Facts = {
        "sells": ", ".join(market.resources),
        "mechanism": market.mechanism.value,
        "proceeds": market.terms.proceeds.value,
        "reserve_ucr": market.terms.reserve,
    }
    if market.mechanism is Mechanism.ORDER_BOOK:
        facts |= _book(state, market.id)
    elif market.id in state.stands.by_market:
        facts |= _stand(state, market, now)
    else:
        running = [auction.id for auction in state.auctions.by_id.values() if auction.market == market.id]
        facts["auctions_running"] = ", ".join(running[:MOST])
    if market.terms.computed_reserve is not None:
        facts["reserve_of_the_next_auction_ucr"] = market.terms_now.reserve
    if market.halted_at is not None:
        facts |= {"halted_at": rfc3339(market.halted_at), "reason": market.reason}
        facts["resumes_at"] = None if market.resumes_at is None else rfc3339(market.resumes_at)
    course = state.schedules.by_market.get(market.id)
    if course is not None and course.next_at is not None:
        facts["announces_again_at"] = rfc3339(course.next_at)
        facts["next_window_at"] = None if course.window_at is None else rfc3339(course.window_at)
    return "halted" if market.halted else "open", facts


def _book(state: State, name: MarketId) -> Facts:
    """How a market's order book stands, as everybody may see it."""
    book, tape = state.orders.book(name), state.orders.tapes.get(name)
    return {
        "best_to_buy_ucr": book.best("buy"),
        "best_to_sell_ucr": book.best("sell"),
        "trades": 0 if tape is None else tape.trades,
        "last_price_ucr": None if tape is None else tape.price,
    }


def _stand(state: State, market: Market, now: Instant) -> Facts:
    """What a unit costs in a market that takes requests, and how many are free and wanted."""
    resource, stand = resource_of(state, market), state.stands.by_market[market.id]
    return {
        "price_now_ucr": price_of(state, market),
        "free": max(0, resource.free(now, Instant(now + resource.period))),
        "demand": stand.demand,
        "waiting": len(stand.waiting),
        "period_ends_at": rfc3339(stand.ends_after(now)),
    }
