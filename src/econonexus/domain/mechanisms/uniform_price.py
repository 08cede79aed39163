"""Uniform price: the highest bids win, and every unit costs the same."""

from typing import Literal

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first

Uniform = Literal["highest_losing", "lowest_winning"]


def clear(auction: Auction, uniform: Uniform = "highest_losing") -> Outcome:
    """Fill the highest unit prices, the last perhaps in part; all pay one price a unit.

    That price is the highest losing unit price (the unfilled units of a bid at the margin lose; without a
    loser it is the reserve), or the lowest winning one.

    Source: Krishna, Auction Theory (2nd ed., 2010), section 12.1.2.
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance, no envy. Truthful at the highest losing price
    for owners who want one unit; who wants several can gain by asking for fewer.
    """

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        if uniform == "lowest_winning":
            price = ranking.won[-1].bid.unit_price
        else:
            price = ranking.lost[0].bid.unit_price if ranking.lost else lot.reserve
        return Bill([fill.units * price for fill in ranking.won], price)

    return sell("uniform_price", auction, highest_first, charge)
