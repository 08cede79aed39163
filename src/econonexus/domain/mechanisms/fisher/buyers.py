"""Who buys in a Fisher market, and what is a well-formed one."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

Kind = Literal["linear", "leontief"]
Real = int | float | Fraction

LARGEST = 1e100
"""The largest number in a market; not a number is no number either."""

SMALLEST = 1e-100
"""Whatever is less counts as nothing, so that ratios and squares of all others are still numbers."""


class Buyer(msgspec.Struct, frozen=True):
    """A buyer with a budget, >= 0, and what it wants: `utility` maps items to numbers >= 0.

    A `linear` buyer has the sum of amount × number; a `leontief` buyer needs the items in fixed proportion
    and has the least of amount ÷ number over the items whose number is positive.
    """

    agent: str
    budget: Real
    utility: Mapping[str, Real]
    kind: Kind = "linear"


def check(buyers: Sequence[Buyer], supply: Mapping[str, Real]) -> None:
    """Refuse what is no market.

    Raises: ValueError where an agent comes twice, an item is not in the supply, or a number is negative, too
        large or not a number.
    """
    if len({buyer.agent for buyer in buyers}) < len(buyers):
        raise ValueError("an agent comes twice")
    for buyer in buyers:
        _check_number(f"budget of {buyer.agent}", buyer.budget)
        for item, number in buyer.utility.items():
            _check_number(f"utility of {item} to {buyer.agent}", number)
            if item not in supply:
                raise ValueError(f"{item}, wanted by {buyer.agent}, is not in the supply")
    for item, units in supply.items():
        _check_number(f"supply of {item}", units)


def _check_number(what: str, number: Real) -> None:
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{what} must be in [0, {LARGEST:g}], not {number}")


def wants(buyer: Buyer) -> dict[str, Real]:
    """The items that are worth anything to the buyer."""
    return {item: number for item, number in buyer.utility.items() if number >= SMALLEST}


def is_there(item: str, supply: Mapping[str, Real]) -> bool:
    """Whether there is any of the item."""
    return supply[item] >= SMALLEST


def is_served(buyer: Buyer, supply: Mapping[str, Real]) -> bool:
    """Whether the buyer has money and there is something to have for it: of a recipe, everything."""
    there = [is_there(item, supply) for item in wants(buyer)]
    enough = all(there) if buyer.kind == "leontief" else any(there)
    return buyer.budget >= SMALLEST and bool(there) and enough


def is_unserved(buyer: Buyer, supply: Mapping[str, Real]) -> bool:
    """Whether the buyer has money and wants something, and there is nothing to have for it."""
    return buyer.budget >= SMALLEST and bool(wants(buyer)) and not is_served(buyer, supply)
