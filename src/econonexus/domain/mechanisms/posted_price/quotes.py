"""The price that a market's terms lead to: at first, and after every period."""

from typing import NamedTuple, assert_never

from econonexus.domain.kinds import PriceRule
from econonexus.domain.mechanisms.posted_price import base_fee, thresholds
from econonexus.domain.mechanisms.posted_price.base_fee import BaseFee
from econonexus.domain.mechanisms.posted_price.thresholds import Thresholds
from econonexus.domain.money import Amount, share_of
from econonexus.domain.terms import Pricing


class Quote(NamedTuple):
    """A price per unit, and what a base fee has accumulated by then."""

    price: Amount
    excess: int = 0


def first(pricing: Pricing) -> Quote:
    """Where a price begins."""
    return Quote(pricing.price)


def following(pricing: Pricing, quote: Quote, demand: int, capacity: int) -> Quote:
    """The price after a period in which `demand` >= 0 of `capacity` units were asked for.

    A base fee stays while a period has too few units for one.
    """
    match pricing.rule:
        case PriceRule.FIXED:
            return first(pricing)
        case PriceRule.THRESHOLDS:
            return Quote(thresholds.next_price(_thresholds(pricing), quote.price, demand, capacity))
        case PriceRule.BASE_FEE:
            if not base_fee.is_applicable(capacity):
                return quote
            rule = base_fee_of(pricing, capacity)
            excess = base_fee.next_excess(rule, quote.excess, demand)
            return Quote(base_fee.price_at(rule, excess), excess)
        case _:
            assert_never(pricing.rule)


def rests(pricing: Pricing, quote: Quote, capacity: int) -> bool:
    """Whether a period without any demand would leave the price as it is."""
    return following(pricing, quote, 0, capacity) == quote


def base_fee_of(pricing: Pricing, capacity: int) -> BaseFee:
    """The base fee of a market with so many units a period, of which it has enough."""
    target = max(1, share_of(capacity, pricing.target))
    return BaseFee(capacity, target, pricing.price, pricing.ceiling)


def _thresholds(pricing: Pricing) -> Thresholds:
    return Thresholds(pricing.floor, pricing.ceiling, pricing.high, pricing.low, pricing.step)
