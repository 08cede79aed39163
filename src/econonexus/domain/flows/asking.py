"""Requests for units: met at once, told that there is nothing to be had, or queued for the period's end."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.bidding import not_admitted
from econonexus.domain.flows.granting import granted
from econonexus.domain.flows.pledging import after_payments, cannot_pledge, destination_of, paying
from econonexus.domain.flows.selling import halted, known_market
from econonexus.domain.flows.spending import (
    Decision,
    can_afford,
    frozen,
    has_room,
    levels_counted,
    within_budgets,
)
from econonexus.domain.ids import AccountId, GrantId, Instant, MarketId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.resources import Resource
from econonexus.domain.subjects.stands import STANDS, Request, Stand

MAX_ID = 112
"""Grants are named after the request they follow from, and need the rest of a name."""
AT_ONCE = frozenset({Mechanism.POSTED_PRICE, Mechanism.FIRST_COME})
"""The mechanisms that answer a request at once."""

Reserved = tuple[Pledge, tuple[events.BudgetOverrun, ...]]
"""What is put aside, and the soft limits that it overruns."""


def request(state: State, command: commands.RequestUnits, now: Instant) -> Decision | Refusal:
    """Ask for units."""
    refusal = _odd(command)
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    destination = destination_of(market.terms)
    refusal = earliest(cannot_pledge(state, agent, destination), _taken(state, command))
    if refusal:
        return refusal
    if market.mechanism not in STANDS:
        return Refusal(RefusalCode.TAKES_NO_REQUESTS, "market", market.id)
    refusal = _not_now(state, market, command, now) or not_admitted(state, market.terms, agent, now)
    if refusal:
        return refusal
    price = price_of(state, market)
    reserved = _reserve(state, agent, destination, price * command.units, now)
    if isinstance(reserved, Refusal):
        return reserved
    if market.mechanism in AT_ONCE:
        return _sell(state, market, command, price, reserved, now)
    return _queue(market, command, reserved)


def withdraw(state: State, command: commands.WithdrawRequest, _: Instant) -> Decision | Refusal:
    """Take a request back that waits."""
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    stand = state.stands.by_market.get(market.id)
    waiting = None if stand is None else stand.waiting.get(command.request)
    if waiting is None or waiting.agent != command.agent:
        return Refusal(RefusalCode.UNKNOWN_REQUEST, "request", command.request)
    return (ended(market.id, waiting, "withdrawn"),)


def ended(market: MarketId, waiting: Request, reason: str) -> events.RequestEnded:
    """A request waits no more."""
    pledge = waiting.pledge
    return events.RequestEnded(
        waiting.id, market, waiting.agent, reason, pledge.source, Amount(pledge.amount), pledge.budgets
    )


def resource_of(state: State, market: Market) -> Resource:
    """The one resource that a market of requests gives."""
    return state.resources.by_id[market.resources[0]]


def stand_of(state: State, market: Market) -> Stand:
    """Where a market takes requests."""
    return state.stands.by_market[market.id]


def price_of(state: State, market: Market) -> Amount:
    """What a unit costs now: the posted price, or the reserve where none is posted. Nobody pays less."""
    return Amount(max(stand_of(state, market).price, market.terms.reserve))


def _odd(command: commands.RequestUnits) -> Refusal | None:
    """What is out of range, whatever the market."""
    refusal = forms.name("request", command.request)
    if refusal:
        return refusal
    if len(command.request) > MAX_ID:
        return Refusal(RefusalCode.INVALID_ID, "request", requested=len(command.request), available=MAX_ID)
    refusal = None if command.expires_at is None else forms.instant("expires_at", command.expires_at)
    if refusal:
        return refusal
    for field, value, least in (("units", command.units, 1), ("limit", command.limit, 0)):
        if value is not None and not (value.__class__ is int and least <= value <= MAX_AMOUNT):
            return Refusal(RefusalCode.INVALID_REQUEST, field)
    return None


def _taken(state: State, command: commands.RequestUnits) -> Refusal | None:
    """Whether a request of this name waits or was met, or a grant has the name that its own would have."""
    stands, grant = state.stands, GrantId(f"{command.request}:1")
    if command.request in stands.waits or stands.is_over(command.request) or grant in state.grants.by_id:
        return Refusal(RefusalCode.REQUEST_EXISTS, "request", command.request)
    return None


def _not_now(state: State, market: Market, command: commands.RequestUnits, now: Instant) -> Refusal | None:
    """Whether the market cannot meet such a request, or not at this moment."""
    capacity, stand = resource_of(state, market).capacity, stand_of(state, market)
    if command.units > capacity:
        return Refusal(RefusalCode.OVER_CAPACITY, "units", market.resources[0], command.units, capacity)
    if command.expires_at is not None and command.expires_at <= now:
        return Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", "", command.expires_at, now)
    refusal = halted(market)
    if refusal:
        return refusal
    most = market.terms.most_waiting
    if len(stand.waiting) >= most:
        return Refusal(RefusalCode.TOO_MANY_WAITING, "market", market.id, len(stand.waiting) + 1, most)
    price = price_of(state, market)
    if command.limit is not None and command.limit < price:
        return Refusal(RefusalCode.PRICE_OVER_LIMIT, "limit", market.id, command.limit, price)
    return None


def _reserve(
    state: State, agent: Agent, destination: AccountId, amount: int, now: Instant
) -> Reserved | Refusal:
    """What is put aside for so much, and the soft limits that it overruns; nothing is needed for nothing.

    A price that is posted is no secret: a refusal tells its numbers.
    """
    source, member = paying(state, agent)
    if not amount:
        return frozen(state, source, member) or (Pledge(source.id, destination, 0), ())
    receiver = state.ledger.accounts[destination]
    levels = levels_counted(state, source, receiver, None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    refusal = has_room(receiver, amount) or can_afford(state, source, amount, member)
    overruns = refusal or within_budgets(state, levels, amount, now)
    if isinstance(overruns, Refusal):
        return overruns
    return Pledge(source.id, destination, amount, levels), overruns


def _sell(
    state: State,
    market: Market,
    command: commands.RequestUnits,
    price: Amount,
    reserved: Reserved,
    now: Instant,
) -> Decision:
    """Give what was asked for, for a period from now on, or say that there is not so much."""
    resource = resource_of(state, market)
    free = max(0, resource.free(now, Instant(now + resource.period)))
    if command.units > free:
        declined = events.RequestDeclined(
            command.request, market.id, command.agent, command.units, free, price
        )
        return (declined,)
    pledge, overruns = reserved
    sold = events.RequestServed(
        command.request,
        market.id,
        command.agent,
        command.units,
        price,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        budgets=pledge.budgets,
    )
    right = (command.agent, resource.id, command.units, sold.paid)
    grants = granted(state, command.request, market.id, [right], now)
    return (*overruns, sold, *grants, *after_payments(state, [(pledge, pledge.amount)], now))


def _queue(market: Market, command: commands.RequestUnits, reserved: Reserved) -> Decision:
    pledge, overruns = reserved
    queued = events.RequestQueued(
        command.request,
        market.id,
        command.agent,
        command.units,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        pledge.budgets,
        command.expires_at,
    )
    return (*overruns, queued)


def market_of(state: State, name: MarketId) -> Market | Refusal:
    """The market of a name, if it takes requests."""
    market = known_market(state, name)
    if isinstance(market, Refusal):
        return market
    if market.mechanism not in STANDS:
        return Refusal(RefusalCode.TAKES_NO_REQUESTS, "market", name)
    return market
