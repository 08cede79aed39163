"""How posted prices and reserves move, and what is shared out fairly first, as bodies and answers say it."""

from typing import Annotated, Literal

from msgspec import Meta

from econonexus.domain.flows.stand_terms import MOST_PRICES
from econonexus.domain.kinds import PriceRule
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.terms import ComputedReserve, Pricing, ReservedShare
from econonexus.interfaces.http.forms import MAX, Body, UcrOrNone

Score = Annotated[float, Meta(ge=0, le=1)]


class PricingRules(Body, frozen=True, kw_only=True):
    """The first price of a unit, and how it goes on; shares are of the capacity of a period."""

    rule: Annotated[
        Literal["base_fee", "thresholds", "fixed"],
        Meta(
            description="Whether the price follows demand around a target, moves at two thresholds, or stays."
        ),
    ] = "base_fee"
    price_ucr: Annotated[
        UcrOrNone,
        Meta(description="The first price, in µcr; a base fee never falls below it, a fixed one stays."),
    ] = 1
    floor_ucr: Annotated[UcrOrNone, Meta(description="How far thresholds let it fall, in µcr.")] = 0
    ceiling_ucr: Annotated[UcrOrNone, Meta(description="How far it may rise, in µcr.")] = MAX
    target: Annotated[
        Score, Meta(description="The share of the capacity at whose demand a base fee stays as it is.")
    ] = 0.5
    high: Annotated[
        Score, Meta(description="The share beyond which demand raises a price that moves at thresholds.")
    ] = 0.8
    low: Annotated[
        Score, Meta(description="The share below which demand lowers a price that moves at thresholds.")
    ] = 0.2
    step: Annotated[Score, Meta(description="By which part of it thresholds move the price.")] = 0.1


class ComputedReserveRules(Body, frozen=True, kw_only=True):
    """The reserve of an auction: a share of the median of the last prices, once there are as many."""

    share: Annotated[Score, Meta(description="Which part of the median it is, from 0 to 1.")] = 0.5
    last: Annotated[
        int, Meta(ge=1, le=MOST_PRICES, description="Of how many prices the median is taken.")
    ] = 10


def pricing_of(rules: PricingRules) -> Pricing:
    """What the economy knows of them."""
    return Pricing(
        PriceRule(rules.rule),
        Amount(rules.price_ucr),
        Amount(rules.floor_ucr),
        Amount(rules.ceiling_ucr),
        _ppm(rules.target),
        _ppm(rules.high),
        _ppm(rules.low),
        _ppm(rules.step),
    )


def pricing_rules(pricing: Pricing) -> PricingRules:
    """What is said of them."""
    return PricingRules(
        rule=pricing.rule.value,
        price_ucr=pricing.price,
        floor_ucr=pricing.floor,
        ceiling_ucr=pricing.ceiling,
        target=pricing.target / PPM_ONE,
        high=pricing.high / PPM_ONE,
        low=pricing.low / PPM_ONE,
        step=pricing.step / PPM_ONE,
    )


def reserved_share_of(said: bool | float) -> ReservedShare | None:
    """The share that a rule asks to be reserved: a fifth where it only says so, or none."""
    if said is True:
        return ReservedShare()
    return ReservedShare(_ppm(said)) if said else None


def computed_reserve_of(rules: ComputedReserveRules) -> ComputedReserve:
    """What the economy knows of them."""
    return ComputedReserve(_ppm(rules.share), rules.last)


def computed_reserve_rules(rule: ComputedReserve) -> ComputedReserveRules:
    """What is said of them."""
    return ComputedReserveRules(share=rule.share / PPM_ONE, last=rule.last)


def _ppm(share: float) -> Ppm:
    return Ppm(round(share * PPM_ONE))
