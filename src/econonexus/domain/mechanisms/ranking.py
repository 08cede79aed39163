"""Who gets the units of a lot: the bids in some order, filled until nothing is left.

Filling the highest bids first gives the greatest welfare, because every unit goes to where it is worth the
most.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from econonexus.domain.mechanisms.bids import Bid
from econonexus.domain.mechanisms.lots import Fill, Lot, Ranking

_unit_price = attrgetter("unit_price")


def highest_first(lot: Lot) -> Ranking:
    """The highest unit prices win, the earlier bid at a tie, the last one perhaps in part. O(n log n)."""
    return fill_in_order(lot.units, from_highest(lot.bids))


def from_highest(bids: Iterable[Bid]) -> Sequence[Bid]:
    """The bids by unit price from the top, the earlier one first at a tie. O(n log n)."""
    # Sorting in reverse keeps the file's order among equals.
    return sorted(bids, key=_unit_price, reverse=True)


def from_lowest(bids: Iterable[Bid]) -> Sequence[Bid]:
    """The bids by unit price from the bottom, the earlier one first at a tie. O(n log n)."""
    return sorted(bids, key=_unit_price)


def fill_in_order(units: int, bids: Iterable[Bid]) -> Ranking:
    """Give each bid in turn the units it asks for, at least one each, until `units` are given. O(n)."""
    left = units
    won: list[Fill] = []
    lost: list[Fill] = []
    for bid in bids:
        wanted = bid.units
        if wanted <= left:
            won.append(Fill(bid, wanted))
            left -= wanted
        elif left:
            won.append(Fill(bid, left))
            lost.append(Fill(bid, wanted - left))
            left = 0
        else:
            lost.append(Fill(bid, wanted))
    return Ranking(won, lost)
