"""Dutch: a clock calls falling prices, and whoever takes one first has the item."""

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.lots import Bill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import fill_in_order, highest_first


def clear(auction: Auction, start: int, step: int, floor: int = 0) -> Outcome:
    """Run the clock from `start` down by `step` (>= 1) to `floor`; a bid takes the first price it can bear.

    The floor is called last, even off the grid; a reserve above the floor is the floor. An item whose floor
    is above `start` is never called, and not sold. Bids that take the same call are served in file order.
    Each winner pays the price at which it took the clock.

    Source: Krishna, Auction Theory (2nd ed., 2010), section 1.1; the discrete clock as in Li and Kuo,
    Revenue- maximizing Dutch auctions with discrete bid levels, European Journal of Operational Research 215
    (2011).
    Complexity: O(n log n), whatever the number of calls.
    Promises: individual rationality, budget balance; welfare within one step a unit, as long as no bid
    is above `start`. Not truthful.
    """

    def rank(lot: Lot) -> Ranking:
        takers = lot.bids if lot.reserve <= start else []
        return fill_in_order(lot.units, sorted(takers, key=lambda bid: -called(bid, lot)))

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        calls = [called(fill.bid, lot) for fill in ranking.won]
        return Bill(
            [fill.units * call for fill, call in zip(ranking.won, calls, strict=True)], price=calls[-1]
        )

    def called(bid: Bid, lot: Lot) -> int:
        return first_call_at_most(bid.unit_price, start, step, lot.reserve)

    return sell("dutch", with_floor(auction, floor), rank, charge, best=highest_first)


def with_floor(auction: Auction, floor: int) -> Auction:
    """The same auction with no reserve below the floor: nobody can take what is not called."""
    reserve = {item: max(floor, auction.reserve.get(item, 0)) for item in auction.supply}
    return msgspec.structs.replace(auction, reserve=reserve)


def first_call_at_most(limit: int, start: int, step: int, floor: int) -> int:
    """The first price of the clock that is not above `limit`, which is >= `floor`. O(1)."""
    steps = max(0, -(-(start - limit) // step))
    return max(floor, start - steps * step)
