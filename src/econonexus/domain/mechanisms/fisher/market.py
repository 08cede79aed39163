"""The Fisher market: every buyer spends a budget, and prices are such that supply meets demand.

With equal budgets it is the competitive equilibrium from equal incomes, the fairest division known of goods
that can be cut: nobody would rather have another's share, and no other division is better for all.

Source: Brainard and Scarf, How to compute equilibrium prices in 1891 (2000); Vazirani, Combinatorial
    algorithms for market equilibria, in Algorithmic Game Theory (2007), sections 5.1 and 5.2; Codenotti and
    Varadarajan, Efficient computation of equilibrium prices for markets with Leontief utilities (2004).
Complexity: O(n m² + m³) for each of some 10 to 40 steps, n buyers and m goods.
Promises: no good oversold; at the prices given no buyer could do noticeably better with its budget (the
    relative duality gap is at most the tolerance, or `converged` is false); hence no envy among equal
    budgets, and no division that is better for all.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import fsum

import msgspec

from econonexus.domain.mechanisms.fisher.approximate import Division, approximate
from econonexus.domain.mechanisms.fisher.buyers import Buyer, Real, check, is_unserved
from econonexus.domain.mechanisms.fisher.certificate import relative_gap
from econonexus.domain.mechanisms.fisher.exact import clear_exactly

TOLERANCE = 1e-6
"""The default relative duality gap."""

EXACT_UP_TO = 256
"""Linear markets of at most this many buyers × items are solved in fractions, then rounded to floats."""


class Equilibrium(msgspec.Struct, frozen=True):
    """Prices and shares, and how good they are.

    `shares` maps each agent to the items it has, in units. `excess_demand` is what the buyers would take with
    their whole budgets at these prices, less the supply; a linear buyer divides its money as in its share.
    `gap` is the relative duality gap of exactly these numbers: how much more utility, in logs and weighted by
    money, the budgets could buy at these prices. `unserved` names the agents with money for whom there is
    nothing to have, because the supply of what they need is zero; they keep their money.
    """

    prices: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    excess_demand: Mapping[str, float]
    gap: float
    converged: bool
    unserved: tuple[str, ...] = ()


def clear(buyers: Sequence[Buyer], supply: Mapping[str, Real], tolerance: float = TOLERANCE) -> Equilibrium:
    """The equilibrium of `buyers` over `supply`, item to units >= 0.

    A good that nobody wants costs 0. A good of which there is none costs what would make the buyers who are
    served indifferent to it.

    Raises: ValueError where an agent comes twice, an item is not in the supply, or a number is negative, too
        large or not a number.
    """
    check(buyers, supply)
    division = _divide(buyers, supply, tolerance)
    gap = relative_gap(buyers, supply, division.prices, division.shares)
    return Equilibrium(
        prices=division.prices,
        shares=division.shares,
        excess_demand=_excess(buyers, supply, division),
        gap=gap,
        converged=gap <= tolerance,
        unserved=tuple(buyer.agent for buyer in buyers if is_unserved(buyer, supply)),
    )


def _divide(buyers: Sequence[Buyer], supply: Mapping[str, Real], tolerance: float) -> Division:
    linear = all(buyer.kind == "linear" for buyer in buyers)
    if linear and len(buyers) * len(supply) <= EXACT_UP_TO:
        exact = clear_exactly(buyers, supply)
        if exact is not None:
            return Division(_floats(exact.prices), {a: _floats(share) for a, share in exact.shares.items()})
    return approximate(buyers, supply, tolerance)


def _floats(numbers: Mapping[str, Fraction]) -> dict[str, float]:
    return {item: float(number) for item, number in numbers.items()}


def _excess(buyers: Sequence[Buyer], supply: Mapping[str, Real], division: Division) -> dict[str, float]:
    taken: dict[str, list[float]] = {item: [-float(units)] for item, units in supply.items()}
    for buyer in buyers:
        share = division.shares[buyer.agent]
        spent = fsum(division.prices[item] * units for item, units in share.items())
        for item, units in share.items():
            taken[item].append(units * float(buyer.budget) / spent if spent else units)
    return {item: fsum(units) for item, units in taken.items()}
