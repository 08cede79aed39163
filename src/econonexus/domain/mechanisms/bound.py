"""A welfare that no allocation can exceed, proved by a price instead of by looking at allocations."""

from collections.abc import Sequence
from fractions import Fraction

Step = tuple[Fraction | int, int]
"""What a unit is worth to a buyer, or costs a seller; and how many such units."""


def welfare_bound(demand: Sequence[Step], supply: Sequence[Step]) -> Fraction | int:
    """The greatest welfare of one item, as the least that any unit price proves.

    At a price p no allocation is worth more than what all gain if each buys and sells at p whatever it likes.
    The least such sum is the greatest welfare itself. It lies at the lowest p that is somebody's value or
    cost and at which no more is wanted than offered, because the sum is convex in p.

    Source: Shapley and Shubik, The Assignment Game I, International Journal of Game Theory 1 (1971):
    the dual of the assignment problem.
    Complexity: O(n log n).
    """
    prices = sorted({value for value, _ in demand} | {cost for cost, _ in supply})
    if not prices:
        return 0
    low, high = 0, len(prices) - 1
    while low < high:
        middle = (low + high) // 2
        if _excess_supply(prices[middle], demand, supply) >= 0:
            high = middle
        else:
            low = middle + 1
    return _gains(prices[low], demand, supply)


def _excess_supply(price: Fraction | int, demand: Sequence[Step], supply: Sequence[Step]) -> int:
    offered = sum(units for cost, units in supply if cost <= price)
    return offered - sum(units for value, units in demand if value > price)


def _gains(price: Fraction | int, demand: Sequence[Step], supply: Sequence[Step]) -> Fraction | int:
    bought = sum(units * (value - price) for value, units in demand if value > price)
    return bought + sum(units * (price - cost) for cost, units in supply if cost < price)
