"""The rules of one shot by name: which file clears, what it asks for, what it promises."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from econonexus.domain.mechanisms import (
    discriminatory,
    dutch,
    english,
    first_price,
    k_double_auction,
    mcafee,
    multi_unit_vickrey,
    procurement,
    second_price,
    trade_reduction,
    uniform_price,
    walrasian,
)
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.certificate import Certificate, Property, certify
from econonexus.domain.mechanisms.consistency import Pricing
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.uniform_price import Uniform

Family = Literal["single_unit", "multi_unit", "procurement", "two_sided"]


_FAIR: frozenset[Property] = frozenset({"feasible", "consistent", "individually_rational", "budget_balanced"})
_NO_ENVY: frozenset[Property] = frozenset({"envy_free"})
_EQUILIBRIUM: frozenset[Property] = _FAIR | {"nothing_left_over", "efficient", "envy_free"}


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """Every parameter of every rule; each rule reads its own and leaves the rest alone."""

    increment: int = 1
    start: int = 0
    step: int = 1
    floor: int = 0
    uniform: Uniform = "highest_losing"
    ceiling: int | None = None
    quality_weight: Fraction = Fraction(0)
    k: Fraction = Fraction(1, 2)


def _as_stated(auction: Auction, _: Parameters) -> Auction:
    return auction


class Rule(msgspec.Struct, frozen=True):
    """A rule as the callers see it: `parameters` are those that it reads, `pricing` is how it charges.

    `terms` adds to an auction what the parameters say of it: the floor of a clock is a reserve. `promises`
    hold of every outcome, `with_one_unit` too where there is no more than one unit of anything.
    """

    name: str
    family: Family
    pricing: Pricing
    clear: Callable[[Auction, Parameters], Outcome]
    terms: Callable[[Auction, Parameters], Auction] = _as_stated
    parameters: tuple[str, ...] = ()
    promises: frozenset[Property] = _FAIR | {"efficient"}
    with_one_unit: frozenset[Property] = frozenset()

    def promised(self, auction: Auction) -> frozenset[Property]:
        """What the rule promises of this auction."""
        single = bool(auction.supply) and max(auction.supply.values()) <= 1
        return self.promises | self.with_one_unit if single else self.promises

    def certify(self, auction: Auction, outcome: Outcome, given: Parameters) -> Certificate:
        """Check an outcome of this rule against what it promises of this auction."""
        judged, promised = self.terms(auction, given), self.promised(auction)
        if self.family != "procurement":
            return certify(judged, outcome, promised, pricing=self.pricing)
        return certify(
            judged,
            outcome,
            promised,
            pricing=self.pricing,
            ceiling=given.ceiling,
            quality_weight=given.quality_weight,
        )


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "first_price",
            "single_unit",
            "pay_as_bid",
            lambda auction, _: first_price.clear(auction),
            with_one_unit=_NO_ENVY,
        ),
        Rule(
            "second_price",
            "single_unit",
            "highest",
            lambda auction, _: second_price.clear(auction),
            with_one_unit=_NO_ENVY,
        ),
        Rule(
            "english",
            "single_unit",
            "highest",
            lambda auction, given: english.clear(auction, given.increment),
            parameters=("increment",),
            with_one_unit=_NO_ENVY,
        ),
        Rule(
            "dutch",
            "single_unit",
            "lowest",
            lambda auction, given: dutch.clear(auction, given.start, given.step, given.floor),
            terms=lambda auction, given: dutch.with_floor(auction, given.floor),
            parameters=("start", "step", "floor"),
            promises=_FAIR,
        ),
        Rule(
            "uniform_price",
            "multi_unit",
            "one_price",
            lambda auction, given: uniform_price.clear(auction, given.uniform),
            parameters=("uniform",),
            promises=_FAIR | {"efficient", "envy_free"},
        ),
        Rule("discriminatory", "multi_unit", "pay_as_bid", lambda auction, _: discriminatory.clear(auction)),
        Rule(
            "multi_unit_vickrey",
            "multi_unit",
            "no_price",
            lambda auction, _: multi_unit_vickrey.clear(auction),
        ),
        Rule(
            "procurement",
            "procurement",
            "lowest",
            lambda auction, given: procurement.clear(auction, given.ceiling, given.quality_weight),
            parameters=("ceiling", "quality_weight"),
        ),
        Rule(
            "k_double_auction",
            "two_sided",
            "one_price",
            lambda auction, given: k_double_auction.clear(auction, given.k),
            parameters=("k",),
            promises=_EQUILIBRIUM,
        ),
        Rule("mcafee", "two_sided", "one_price", lambda auction, _: mcafee.clear(auction), promises=_FAIR),
        Rule(
            "trade_reduction",
            "two_sided",
            "one_price",
            lambda auction, _: trade_reduction.clear(auction),
            promises=_FAIR,
        ),
        Rule(
            "walrasian",
            "two_sided",
            "equilibrium",
            lambda auction, _: walrasian.clear(auction),
            promises=_EQUILIBRIUM,
        ),
    )
}
