"""Trade reduction: the least valuable trade is given up, and its bid and ask price all the others."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.crossing import Crossing, Terms, trade
from econonexus.domain.mechanisms.outcome import Outcome


def clear(auction: Auction) -> Outcome:
    """Trade all pairs that cross but the last: buyers pay its bid, sellers receive its ask.

    Source: McAfee, A Dominant Strategy Double Auction, Journal of Economic Theory 56 (1992); named
    so in Babaioff and Nisan, Concurrent Auctions Across the Supply Chain, JAIR 21 (2004).
    Complexity: O(n log n).
    Promises: individual rationality; the auctioneer never pays in; truthfulness for owners who want, or
    offer, one unit; only the least valuable trade is lost. An owner with several may be priced by its own.
    """
    return trade("trade_reduction", auction, reduced)


def reduced(crossing: Crossing) -> Terms:
    """The terms of all trades but the last one."""
    return Terms(
        crossing.units - 1,
        buy=crossing.bought[-1].bid.unit_price,
        sell=crossing.sold[-1].bid.unit_price,
    )
