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
    multi_unit_vickrey,
    second_price,
    uniform_price,
)
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.uniform_price import Uniform

Family = Literal["single_unit", "multi_unit", "procurement", "two_sided"]


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


class Rule(msgspec.Struct, frozen=True):
    """A rule as the callers see it."""

    name: str
    family: Family
    clear: Callable[[Auction, Parameters], Outcome]


def _by_name(*rules: Rule) -> Mapping[str, Rule]:
    return {rule.name: rule for rule in rules}


RULES: Mapping[str, Rule] = _by_name(
    Rule("first_price", "single_unit", lambda auction, _: first_price.clear(auction)),
    Rule("second_price", "single_unit", lambda auction, _: second_price.clear(auction)),
    Rule("english", "single_unit", lambda auction, given: english.clear(auction, given.increment)),
    Rule("dutch", "single_unit", lambda auction, given: dutch.clear(auction, given.start, given.step, given.floor)),
    Rule("uniform_price", "multi_unit", lambda auction, given: uniform_price.clear(auction, given.uniform)),
    Rule("discriminatory", "multi_unit", lambda auction, _: discriminatory.clear(auction)),
    Rule("multi_unit_vickrey", "multi_unit", lambda auction, _: multi_unit_vickrey.clear(auction)),
)
