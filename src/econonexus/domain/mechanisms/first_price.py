"""First price: the highest bid wins and pays what it bid."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first


def clear(auction: Auction) -> Outcome:
    """Sell each item to its highest bid, for that bid.

    With several units of an item the highest bids win one each. The unit price reported is the least that
    won.

    Source: Krishna, Auction Theory (2nd ed., 2010), section 2.3.
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance, no envy with one unit. Not truthful: it pays to
    bid less than the item is worth.
    """
    return sell("first_price", auction, highest_first, pay_as_bid)


def pay_as_bid(_: Lot, ranking: Ranking) -> Bill:
    """Every winner pays its own unit price for each unit; the price is the least that won."""
    amounts = [fill.units * fill.bid.unit_price for fill in ranking.won]
    return Bill(amounts, price=ranking.won[-1].bid.unit_price)
