"""Uniform price for one huge lot, without sorting its bids."""

from typing import NamedTuple

import numpy as np

from econonexus.domain.mechanisms.selection import Int64s, Schedule, crossing_price, fill_above
from econonexus.domain.mechanisms.uniform_price import Uniform


class Sale(NamedTuple):
    """Units for each bid, in file order, and the price of every one of them; None if none is sold."""

    units: Int64s
    price: int | None


def clear_huge(
    prices: Int64s, units: Int64s, supply: int, reserve: int = 0, uniform: Uniform = "highest_losing"
) -> Sale:
    """Sell `supply` units to bids for `units` at `prices` a unit, as `uniform_price` would.

    Both arrays are in file order, every number in [0, 2**63). The inputs are left as they are.

    Source: as `uniform_price`.
    Complexity: O(n); see `selection.crossing_price`.
    Promises: those of `uniform_price`, whose results these are, bit by bit.
    """
    demand = Schedule(prices, units)
    able = (units <= supply) & (prices >= reserve)
    if not able.all():
        demand = demand.only(able)
    # The supply, offered for nothing, meets the demand at the highest price at which units lose.
    losing = crossing_price(demand, Schedule(np.zeros(1, np.int64), np.array([supply], np.int64)))
    filled = fill_above(demand, losing, supply)
    if not filled.any():
        return Sale(filled, None)
    if uniform == "lowest_winning":
        return Sale(filled, int(prices[filled > 0].min()))
    return Sale(filled, max(reserve, losing))
