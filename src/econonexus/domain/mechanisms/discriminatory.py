"""Discriminatory (pay as bid): the highest bids win, and each unit costs what was bid for it."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.first_price import pay_as_bid
from econonexus.domain.mechanisms.lots import sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first


def clear(auction: Auction) -> Outcome:
    """Fill the highest unit prices, the last perhaps in part; each pays its own unit price.

    The unit price reported is the least that won (the stop-out price).

    Source: Krishna, Auction Theory (2nd ed., 2010), section 12.1.1.
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance. Not truthful, and winners may envy each other.
    """
    return sell("discriminatory", auction, highest_first, pay_as_bid)
