"""Multi-unit Vickrey (VCG): each owner pays what its units would have been worth to the others."""

from collections.abc import Iterator, Sequence

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Fill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first


def clear(auction: Auction) -> Outcome:
    """Fill the highest unit prices; an owner who wins m units pays the m best losing units of the others.

    The seller keeps, at the reserve, units that nobody else would take, so those cost the reserve. An owner's
    total is told apart by bid: its best bid takes the cheapest units, as if the units were clinched one by
    one. There is no one price a unit.

    Source: Krishna, Auction Theory (2nd ed., 2010), section 12.1.3; clinching: Ausubel, An Efficient
    Ascending-Bid Auction for Multiple Objects, American Economic Review 94 (2004), the illustrative example.
    Complexity: O(n log n) plus, for each owner, its own losing bids and the bids that it displaces.
    Promises: welfare, individual rationality, budget balance; truthfulness, as long as no single bid asks
    for more than there is.
    """
    return sell("multi_unit_vickrey", auction, highest_first, _charge)


def _charge(lot: Lot, ranking: Ranking) -> Bill:
    by_owner: dict[str, list[int]] = {}
    for place, fill in enumerate(ranking.won):
        by_owner.setdefault(fill.bid.owner, []).append(place)
    amounts = [0] * len(ranking.won)
    for owner, places in by_owner.items():
        units = sum(ranking.won[place].units for place in places)
        # Cheapest last, so that taking from the end gives the best bid the cheapest units.
        displaced = list(_displaced(owner, units, ranking.lost, lot.reserve))
        for place in places:
            amounts[place] = _take(displaced, ranking.won[place].units)
    return Bill(amounts, price=None)


def _displaced(owner: str, units: int, lost: Sequence[Fill], reserve: int) -> Iterator[tuple[int, int]]:
    """The best `units` that others lost as (unit price, units), best first; the rest at the reserve."""
    left = units
    for fill in lost:
        if left and fill.bid.owner != owner:
            yield fill.bid.unit_price, min(left, fill.units)
            left -= min(left, fill.units)
        if not left:
            return
    yield reserve, left


def _take(runs: list[tuple[int, int]], units: int) -> int:
    """Remove `units` from the end of `runs`; returns what they cost."""
    cost = 0
    while units:
        price, there = runs.pop()
        taken = min(units, there)
        cost += price * taken
        units -= taken
        if taken < there:
            runs.append((price, there - taken))
    return cost
