"""What is there to be sold, and the markets that sell it."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.bundle_terms import odd_bundles, unsold_reserves
from econonexus.domain.flows.clocks import clocks_go_on
from econonexus.domain.flows.reputation_terms import no_reputation, odd_reputation
from econonexus.domain.flows.schedule_terms import not_for_schedule, odd_schedule
from econonexus.domain.flows.spending import RECEIVES, Decision, unknown_account
from econonexus.domain.flows.stand_terms import odd_stand_terms, too_few_units
from econonexus.domain.flows.trading_terms import odd_book, odd_halt, orders_rest
from econonexus.domain.ids import CREDIT, AccountId, Duration, Instant, ResourceId
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Terms

MAX_UNIT = 64
MAX_ID = 112
"""Trades are named after their market, and need the rest of a name."""
MAX_RESOURCES = 256
UNIFORM = ("highest_losing", "lowest_winning")
PAYMENTS = ("core", "vcg", "pay_as_bid")
BIDDING = ("xor", "or")
SEALED = frozenset(
    {
        Mechanism.FIRST_PRICE,
        Mechanism.SECOND_PRICE,
        Mechanism.UNIFORM_PRICE,
        Mechanism.DISCRIMINATORY,
        Mechanism.MULTI_UNIT_VICKREY,
    }
)
"""The auctions in which nobody learns anything of the others before the close, and may commit to a bid."""


def declare_resource(state: State, command: commands.DeclareResource, _: Instant) -> Decision | Refusal:
    """Say that there is something to be shared."""
    refusal = (
        forms.name("resource", command.resource)
        or forms.text("unit", command.unit, MAX_UNIT)
        or _empty("unit", command.unit)
        or _in_range("capacity", command.capacity, RefusalCode.INVALID_RESOURCE)
        or _in_range("period", command.period, RefusalCode.INVALID_RESOURCE)
    )
    if refusal:
        return refusal
    if command.resource in state.resources.by_id:
        return Refusal(RefusalCode.RESOURCE_EXISTS, "resource", command.resource)
    return (
        events.ResourceDeclared(command.resource, command.unit, command.capacity, Duration(command.period)),
    )


def change_capacity(state: State, command: commands.ChangeCapacity, now: Instant) -> Decision | Refusal:
    """Have more of a resource, or less."""
    refusal = _in_range("capacity", command.capacity, RefusalCode.INVALID_RESOURCE)
    if refusal:
        return refusal
    resource = state.resources.by_id.get(command.resource)
    if resource is None:
        return unknown_resource("resource", command.resource)
    for market in state.markets.by_id.values():
        if resource.id in market.resources:
            refusal = too_few_units(state, resource.id, market.terms, command.capacity)
            if refusal:
                return refusal
    promised = resource.on_sale + resource.peak(now, Instant(MAX_AMOUNT))
    if command.capacity < promised:
        return Refusal(RefusalCode.CAPACITY_PROMISED, "capacity", resource.id, command.capacity, promised)
    return (events.CapacityChanged(resource.id, command.capacity),)


def create_market(state: State, command: commands.CreateMarket, _: Instant) -> Decision | Refusal:
    """Open a place where resources are sold."""
    refusal = (
        forms.name("market", command.market)
        or _too_long(command.market)
        or _odd_terms(command.terms)
        or _odd_mechanics(command.mechanism, command.terms)
        or _odd_resources(command.mechanism, command.resources)
        or unsold_reserves(command.resources, command.terms)
        or not_for_schedule(command.market, command.resources, command.terms)
        or no_reputation(command.mechanism, command.terms)
        or earliest(
            cannot_pay(state, command.terms.seller),
            _unknown(state, command.resources),
            _taken(state, command),
        )
        or too_few_units(state, command.resources[0], command.terms)
    )
    if refusal:
        return refusal
    return (events.MarketCreated(command.market, command.resources, command.mechanism, command.terms),)


def change_market(state: State, command: commands.ChangeMarket, _: Instant) -> Decision | Refusal:
    """Sell on other terms from now on."""
    market = known_market(state, command.market)
    odd = _odd_terms(command.terms)
    if isinstance(market, Refusal):
        return odd or earliest(cannot_pay(state, command.terms.seller), market) or market
    refusal = (
        odd
        or _odd_mechanics(market.mechanism, command.terms)
        or unsold_reserves(market.resources, command.terms)
        or not_for_schedule(market.id, market.resources, command.terms)
        or no_reputation(market.mechanism, command.terms)
        or cannot_pay(state, command.terms.seller)
        or too_few_units(state, market.resources[0], command.terms)
        or orders_rest(state, market, command.terms)
    )
    return refusal or (events.MarketChanged(market.id, command.terms),)


def freeze_market(state: State, command: commands.FreezeMarket, _: Instant) -> Decision | Refusal:
    """Halt a market."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    if market.halted and market.resumes_at is None:
        return Refusal(RefusalCode.MARKET_HALTED, "market", market.id)
    return (events.MarketHalted(market.id, command.reason),)


def unfreeze_market(state: State, command: commands.UnfreezeMarket, now: Instant) -> Decision | Refusal:
    """Let a market go on."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    if not market.halted:
        return Refusal(RefusalCode.MARKET_NOT_HALTED, "market", market.id)
    return (events.MarketResumed(market.id, command.reason), *clocks_go_on(state, market, now))


def known_market(state: State, name: str) -> Market | Refusal:
    """The market of a name."""
    market = state.markets.by_id.get(name)  # type: ignore[call-overload]  # A name, whoever's.
    return Refusal(RefusalCode.UNKNOWN_MARKET, "market", name) if market is None else market


def halted(market: Market) -> Refusal | None:
    """Whether a market takes nothing now."""
    return None if market.halted_at is None else Refusal(RefusalCode.MARKET_HALTED, "market", market.id)


def unknown_resource(field: str, name: ResourceId) -> Refusal:
    """The resource that a field names is not there."""
    return Refusal(RefusalCode.UNKNOWN_RESOURCE, field, name)


def _too_long(name: str) -> Refusal | None:
    if len(name) <= MAX_ID:
        return None
    return Refusal(RefusalCode.INVALID_ID, "market", requested=len(name), available=MAX_ID)


def _empty(field: str, text: str) -> Refusal | None:
    return None if text.strip() else Refusal(RefusalCode.INVALID_RESOURCE, field)


def _in_range(field: str, value: int, code: RefusalCode, least: int = 1) -> Refusal | None:
    if value.__class__ is int and least <= value <= MAX_AMOUNT:
        return None
    return Refusal(code, field)


def _odd_resources(mechanism: Mechanism, resources: tuple[ResourceId, ...]) -> Refusal | None:
    """Whether a mechanism cannot sell so many resources in one market."""
    most = MAX_RESOURCES if mechanism is Mechanism.COMBINATORIAL else 1
    if 1 <= len(resources) <= most and len(set(resources)) == len(resources):
        return None
    return Refusal(RefusalCode.INVALID_TERMS, "resources", "", len(resources), most)


def _unknown(state: State, resources: tuple[ResourceId, ...]) -> Refusal | None:
    for resource in resources:
        if resource not in state.resources.by_id:
            return unknown_resource("resources", resource)
    return None


def _taken(state: State, command: commands.CreateMarket) -> Refusal | None:
    if command.market in state.markets.by_id:
        return Refusal(RefusalCode.MARKET_EXISTS, "market", command.market)
    return None


def _odd_terms(terms: Terms) -> Refusal | None:
    """What is out of range in a market's terms, whatever its mechanism."""
    odd = RefusalCode.INVALID_TERMS
    least = {"increment": 1, "bidding_window": 1}
    for field in ("reserve", "increment", "bidding_window", "soft_close", "stake"):
        refusal = _in_range(field, getattr(terms, field), odd, least.get(field, 0))
        if refusal:
            return refusal
    if _in_range("least_reputation", terms.least_reputation, odd, 0) or terms.least_reputation > PPM_ONE:
        return Refusal(odd, "least_reputation")
    for field, known in (("uniform", UNIFORM), ("payment", PAYMENTS), ("bidding", BIDDING)):
        if getattr(terms, field) not in known:
            return Refusal(odd, field)
    if terms.signed.__class__ is not bool or (terms.signed and terms.commitment is not None):
        return Refusal(odd, "signed")
    if (terms.seller is not None) != (terms.proceeds is Proceeds.SELLER):
        return Refusal(odd, "seller")
    return odd_halt(terms) or odd_reputation(terms)


def _odd_mechanics(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """What in a market's terms does not go with its mechanism."""
    return (
        _odd_clock(mechanism, terms)
        or _odd_commitment(mechanism, terms)
        or odd_bundles(mechanism, terms)
        or odd_schedule(mechanism, terms)
        or odd_stand_terms(mechanism, terms)
        or odd_book(mechanism, terms)
    )


def _odd_clock(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """Whether a market has a clock that its mechanism has no use for, or lacks one, or has an odd one."""
    clock = terms.clock
    if (clock is not None) != (mechanism is Mechanism.DUTCH):
        return Refusal(RefusalCode.INVALID_TERMS, "clock")
    if clock is None:
        return None
    for field in ("start", "step", "tick", "floor"):
        least = 0 if field == "floor" else 1
        if _in_range(field, getattr(clock, field), RefusalCode.INVALID_TERMS, least):
            return Refusal(RefusalCode.INVALID_TERMS, f"clock.{field}")
    for field, floor in (("clock.floor", clock.floor), ("reserve", terms.reserve)):
        if floor > clock.start:
            return Refusal(RefusalCode.INVALID_TERMS, field)
    return None


def _odd_commitment(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """Whether a market asks for commitments where bids must answer each other, or for odd ones."""
    rule = terms.commitment
    if rule is None:
        return None
    if mechanism not in SEALED:
        return Refusal(RefusalCode.INVALID_TERMS, "commitment")
    for field in ("bond", "reveal_window"):
        if _in_range(field, getattr(rule, field), RefusalCode.INVALID_TERMS):
            return Refusal(RefusalCode.INVALID_TERMS, f"commitment.{field}")
    return None


def cannot_pay(state: State, seller: AccountId | None) -> Refusal | None:
    """Whether the seller's account, where there is one, cannot take what is earned."""
    if seller is None:
        return None
    account = state.ledger.accounts.get(seller)
    if account is None:
        return unknown_account("seller", seller)
    if account.kind not in RECEIVES:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "seller", account.id)
    if account.asset != CREDIT:
        return Refusal(RefusalCode.ASSET_MISMATCH, "seller", account.id)
    return None
