"""A call market of many bids and asks, without sorting either side."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from econonexus.domain.mechanisms.outcome import Interval
from econonexus.domain.mechanisms.selection import Int64s, Schedule, crossing_price, fill_above
from econonexus.domain.money import MAX_AMOUNT


class Trades(NamedTuple):
    """Units for each bid and each ask, in file order, and every price that clears the market."""

    bought: Int64s
    sold: Int64s
    interval: Interval


def cross_huge(bids: Schedule, asks: Schedule) -> Trades:
    """Match the highest bids with the lowest asks, as `crossing` would. Every number is in [0, 2**63).

    Source: as `crossing.clearing_interval`.
    Complexity: O(n); see `selection.crossing_price`.
    """
    price = crossing_price(bids, asks)
    units = min(bids.only(bids.prices >= price).total(), asks.only(asks.prices <= price).total())
    bought = fill_above(bids, price, units)
    # Seen from the top of the range, the lowest ask is the highest bid.
    mirrored = Schedule(MAX_AMOUNT - asks.prices, asks.units)
    sold = fill_above(mirrored, MAX_AMOUNT - price, units)
    return Trades(bought, sold, _interval(bids, asks, bought, sold))


def _interval(bids: Schedule, asks: Schedule, bought: Int64s, sold: Int64s) -> Interval:
    """Between what sells and is left wanting, and what buys and is left over."""
    lows = (*_edge(np.max, asks.prices, sold), *_edge(np.max, bids.prices, bids.units - bought))
    highs = (*_edge(np.min, bids.prices, bought), *_edge(np.min, asks.prices, asks.units - sold))
    return Interval(low=max(lows, default=None), high=min(highs, default=None))


def _edge(pick: Callable[[Int64s], np.int64], prices: Int64s, units: Int64s) -> tuple[int, ...]:
    """The greatest or least price of the bids with units left, if there is one."""
    among = np.compress(units > 0, prices)
    return (int(pick(among)),) if len(among) else ()
