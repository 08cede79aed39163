"""Dutch as it runs: the clock calls a price at every tick, and bids take it as they come, or wait for it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.lots import Bill, Fill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first

T = TypeVar("T", bound=str)


class Calls(msgspec.Struct, frozen=True, gc=False):
    """What a clock calls: `start`, then less by `step` at every tick, and `floor` last, even off the grid."""

    start: int
    step: int
    floor: int

    @property
    def last(self) -> int:
        """The number of the last call, counted from 0: that of the floor."""
        return -((self.floor - self.start) // self.step)

    def price(self, number: int) -> int:
        """What call `number` asks for a unit."""
        return max(self.floor, self.start - number * self.step)

    def first_at_most(self, limit: int) -> int | None:
        """The number of the first call that is not above `limit`; None if there is none."""
        if limit < self.floor:
            return None
        return min(self.last, max(0, -((limit - self.start) // self.step)))


class Take(msgspec.Struct, frozen=True, gc=False):
    """Units that a bid took from the clock, and the call at which it did."""

    units: int
    price: int


def close(auction: Auction, takes: Mapping[T, Take]) -> Outcome:
    """What a clock came to: who took how many units, in the order of taking, and what each pays.

    `takes` are by the ids of bids. Whoever bid while the clock ran took at the call of that moment, so this
    is what `dutch` says of bids that were never above it.

    Source: as `dutch`.
    Complexity: O(n log n).
    Promises: individual rationality, budget balance.
    """
    bids: dict[str, Bid] = {bid.id: bid for bid in auction.bids}
    by_bid: dict[str, Take] = dict(takes.items())

    def rank(_: Lot) -> Ranking:
        return Ranking([Fill(bids[bid], take.units) for bid, take in by_bid.items()], [])

    def charge(_: Lot, ranking: Ranking) -> Bill:
        calls: Sequence[int] = [by_bid[fill.bid.id].price for fill in ranking.won]
        amounts = [fill.units * call for fill, call in zip(ranking.won, calls, strict=True)]
        return Bill(amounts, price=calls[-1])

    return sell("dutch", auction, rank, charge, best=highest_first)
