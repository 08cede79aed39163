"""A period's end: the price moves, or what waits is shared out by the market's rule."""

from collections.abc import Sequence

from econonexus.domain import commands, events
from econonexus.domain.flows.asking import ended, market_of, resource_of, stand_of
from econonexus.domain.flows.granting import granted
from econonexus.domain.flows.pledging import after_payments
from econonexus.domain.flows.selling import halted
from econonexus.domain.flows.spending import Decision, has_room
from econonexus.domain.ids import AgentId, Instant
from econonexus.domain.kinds import Mechanism, Sharing
from econonexus.domain.mechanisms.fair_share import whole_requests
from econonexus.domain.mechanisms.fair_share.whole_requests import Asked, Shared
from econonexus.domain.mechanisms.posted_price import quotes
from econonexus.domain.mechanisms.posted_price.quotes import Quote
from econonexus.domain.money import Amount, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.stands import Request, Stand


def advance(state: State, command: commands.AdvanceMarket, now: Instant) -> Decision | Refusal:
    """End a market's period."""
    market = market_of(state, command.market)
    if isinstance(market, Refusal):
        return market
    refusal = halted(market)
    if refusal:
        return refusal
    stand = stand_of(state, market)
    if stand.due is None or stand.due > now:
        return Refusal(RefusalCode.MARKET_NOT_DUE, "market", market.id)
    return _reprice(state, market, stand) if market.terms.pricing else _share_out(state, market, stand, now)


def _reprice(state: State, market: Market, stand: Stand) -> Decision:
    pricing, capacity = market.terms.pricing, resource_of(state, market).capacity
    assert pricing is not None, "only markets that post a price come here"
    quote = quotes.following(pricing, Quote(stand.price, stand.excess), stand.demand, capacity)
    updated = events.PriceUpdated(
        market.id, quote.price, stand.price, stand.demand, stand.given, capacity, quote.excess
    )
    return (updated,)


def _share_out(state: State, market: Market, stand: Stand, now: Instant) -> Decision:
    """Meet what can be met until the next period ends, and let go of what does not wait on."""
    resource = resource_of(state, market)
    until = Instant(stand.ends_after(now))
    free = max(0, resource.free(now, until))
    waiting = list(stand.waiting.values())
    expired = [each for each in waiting if each.expires_at is not None and each.expires_at <= now]
    waiting = [each for each in waiting if each.expires_at is None or each.expires_at > now]
    fair, shared = _by_rule(state, market, stand, waiting, free)
    met = [*fair, *(waiting[place] for place in shared.met)]
    if _overflows(state, met):
        fair, met, shared = [], [], Shared([], {}, stand.floor)
    over = events.PeriodShared(
        market.id,
        stand.demand,
        free,
        stand.given + sum(each.units for each in met),
        resource.capacity,
        {AgentId(agent): place for agent, place in shared.standing.items()},
        shared.floor,
    )
    paid = [(each.pledge, each.pledge.amount) for each in met if each.pledge.amount]
    return (
        *_served(state, market, fair, met, now, until),
        *_ended(market, expired, _without(waiting, met)),
        over,
        *after_payments(state, paid, now),
    )


def _by_rule(
    state: State, market: Market, stand: Stand, waiting: Sequence[Request], free: int
) -> tuple[list[Request], Shared]:
    """Who is met out of the reserved share, and the places of those that the market's rule then meets."""
    asked = [_asked(state, each) for each in waiting]
    capacity, reserved = resource_of(state, market).capacity, market.terms.reserved_share
    if reserved is None:
        return [], _shared(market, stand, asked, free, capacity)
    fair = whole_requests.fairly(min(free, share_of(capacity, reserved.share)), asked)
    free -= sum(asked[place].units for place in fair)
    out_of_reserve = set(fair)
    rest = [place for place in range(len(asked)) if place not in out_of_reserve]
    shared = _shared(market, stand, [asked[place] for place in rest], free, capacity)
    met = [rest[place] for place in shared.met]
    return [waiting[place] for place in fair], Shared(met, shared.standing, shared.floor)


def _shared(market: Market, stand: Stand, asked: Sequence[Asked], free: int, capacity: int) -> Shared:
    """What the market's own rule makes of requests."""
    if market.mechanism is not Mechanism.WEIGHTED_FAIR:
        return whole_requests.by_priority(free, asked)
    standing = {str(agent): place for agent, place in stand.standing.items()}
    if market.terms.sharing is Sharing.KARMA:
        return whole_requests.by_karma(free, capacity, asked, standing)
    return whole_requests.by_counter(free, asked, standing, stand.floor)


def _asked(state: State, request: Request) -> Asked:
    agent = state.agents.by_id[request.agent]
    return Asked(agent.id, request.units, agent.weight, agent.priority)


def _served(
    state: State,
    market: Market,
    fair: Sequence[Request],
    met: Sequence[Request],
    now: Instant,
    until: Instant,
) -> Decision:
    """Who is met, and right after each its right, from now until the next period ends."""
    happened: list[events.Event] = []
    fences: dict[str, int] = {}
    for place, each in enumerate(met):
        paid = Amount(each.pledge.amount)
        right: tuple[AgentId, str, int, Amount] = (each.agent, market.resources[0], each.units, paid)
        happened.append(_met(market, each, place < len(fair)))
        happened += granted(state, each.id, market.id, [right], now, now, until, fences)
    return tuple(happened)


def _met(market: Market, request: Request, fair: bool) -> events.RequestServed:
    pledge, amount = request.pledge, Amount(request.pledge.amount)
    return events.RequestServed(
        request.id,
        market.id,
        request.agent,
        request.units,
        Amount(amount // request.units),
        pledge.source,
        pledge.destination,
        amount,
        amount,
        pledge.budgets,
        fair,
    )


def _ended(
    market: Market, expired: Sequence[Request], left: Sequence[Request]
) -> tuple[events.RequestEnded, ...]:
    """Those whose time is over, and those that were for this allocation alone."""
    over = [(each, "expired") for each in expired]
    over += [(each, "no_capacity") for each in left if each.expires_at is None]
    return tuple(ended(market.id, each, reason) for each, reason in over)


def _without(waiting: Sequence[Request], met: Sequence[Request]) -> list[Request]:
    """Those that were not met. By name: to compare requests themselves is slow where many wait."""
    names = {each.id for each in met}
    return [each for each in waiting if each.id not in names]


def _overflows(state: State, met: Sequence[Request]) -> bool:
    """Whether the account that all pay to has no room for it; then nobody is met this time."""
    total = sum(each.pledge.amount for each in met)
    return bool(total) and has_room(state.ledger.accounts[met[0].pledge.destination], total) is not None
