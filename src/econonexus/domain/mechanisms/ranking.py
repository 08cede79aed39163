"""Who gets the units of a lot: the bids in some order, filled until nothing is left.

Filling the highest bids first gives the greatest welfare, because every unit goes to where it is worth the
most.
"""

from collections.abc import Iterable
from operator import attrgetter

from econonexus.domain.mechanisms.bids import Bid
from econonexus.domain.mechanisms.lots import Fill, Lot, Ranking

_unit_price = attrgetter("unit_price")


def highest_first(lot: Lot) -> Ranking:
    """The highest unit prices win, the earlier bid at a tie, the last one perhaps in part. O(n log n)."""
    # Sorting in reverse keeps the file's order among equals.
    return fill_in_order(lot, sorted(lot.bids, key=_unit_price, reverse=True))


def fill_in_order(lot: Lot, bids: Iterable[Bid]) -> Ranking:
    """Give each bid in turn the units it asks for, at least one each, as long as there are some. O(n)."""
    left = lot.units
    won: list[Fill] = []
    lost: list[Fill] = []
    for bid in bids:
        units = bid.units
        if units <= left:
            won.append(Fill(bid, units))
            left -= units
        elif left:
            won.append(Fill(bid, left))
            lost.append(Fill(bid, units - left))
            left = 0
        else:
            lost.append(Fill(bid, units))
    return Ranking(won, lost)
