"""Whether the terms of a market make sense: posted prices, sharing, what is reserved, computed reserves."""

from econonexus.domain.ids import ResourceId
from econonexus.domain.kinds import Mechanism, PriceRule, Sharing
from econonexus.domain.mechanisms.posted_price.base_fee import FEWEST_UNITS, is_applicable
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.terms import Pricing, Terms

RESERVES = frozenset(
    {
        Mechanism.PRIORITY,
        Mechanism.WEIGHTED_FAIR,
        Mechanism.UNIFORM_PRICE,
        Mechanism.DISCRIMINATORY,
        Mechanism.MULTI_UNIT_VICKREY,
    }
)
"""The mechanisms that meet all that is wanted at once, unit by unit, so that a share can be reserved."""
ONE_PRICE = frozenset(
    {
        Mechanism.FIRST_PRICE,
        Mechanism.SECOND_PRICE,
        Mechanism.ENGLISH,
        Mechanism.UNIFORM_PRICE,
        Mechanism.DISCRIMINATORY,
    }
)
"""The auctions that come to one price per unit, from which a reserve can be computed. A Dutch clock is not
among them: where it starts was chosen for one floor."""
MOST_PRICES = 1_000


def odd_stand_terms(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """What is out of range in the terms that only markets of requests have, or is not for this mechanism."""
    if (terms.pricing is not None) != (mechanism is Mechanism.POSTED_PRICE):
        return _odd("pricing")
    if terms.sharing is not Sharing.COUNTER and mechanism is not Mechanism.WEIGHTED_FAIR:
        return _odd("sharing")
    if not 1 <= terms.most_waiting <= MAX_AMOUNT:
        return _odd("most_waiting")
    refusal = _odd_reserved_share(mechanism, terms) or _odd_computed_reserve(mechanism, terms)
    return refusal or (None if terms.pricing is None else _odd_pricing(terms.pricing))


def too_few_units(
    state: State, resource: ResourceId, terms: Terms, capacity: int | None = None
) -> Refusal | None:
    """Whether a base fee is asked for where a period has too few units: they are better auctioned."""
    if terms.pricing is None or terms.pricing.rule is not PriceRule.BASE_FEE:
        return None
    units = state.resources.by_id[resource].capacity if capacity is None else capacity
    if is_applicable(units):
        return None
    return Refusal(RefusalCode.TOO_FEW_UNITS, "resources", resource, units, FEWEST_UNITS)


def _odd_reserved_share(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """Linked bids are won in full or not at all, of which half a share makes nothing."""
    reserved = terms.reserved_share
    if reserved is None:
        return None
    if mechanism not in RESERVES or terms.together:
        return _odd("reserved_share")
    return None if 0 < reserved.share <= PPM_ONE else _odd("reserved_share.share")


def _odd_computed_reserve(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    rule = terms.computed_reserve
    if rule is None:
        return None
    if mechanism not in ONE_PRICE:
        return _odd("computed_reserve")
    if rule.share.__class__ is not int or not 0 < rule.share <= PPM_ONE:
        return _odd("computed_reserve.share")
    if rule.last.__class__ is not int or not 1 <= rule.last <= MOST_PRICES:
        return _odd("computed_reserve.last")
    return None


def _odd_pricing(pricing: Pricing) -> Refusal | None:
    for field in ("price", "floor", "ceiling"):
        if not 0 <= getattr(pricing, field) <= MAX_AMOUNT:
            return _odd(f"pricing.{field}")
    for field in ("target", "high", "low", "step"):
        if not 0 <= getattr(pricing, field) <= PPM_ONE:
            return _odd(f"pricing.{field}")
    if pricing.target < 1:
        return _odd("pricing.target")
    if pricing.low > pricing.high:
        return _odd("pricing.low")
    if pricing.rule is PriceRule.BASE_FEE and pricing.price < 1:
        return _odd("pricing.price")
    return None if pricing.floor <= pricing.price <= pricing.ceiling else _odd("pricing.price")


def _odd(field: str) -> Refusal:
    return Refusal(RefusalCode.INVALID_TERMS, field)
