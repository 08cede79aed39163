"""McAfee's double auction: truthful, and seldom gives up a trade for it."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.crossing import Crossing, Terms, trade
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.trade_reduction import reduced


def clear(auction: Auction) -> Outcome:
    """Trade all k pairs at the middle of the next pair, if both the k-th bid and ask bear it; else all but
    one.

    The middle is rounded down, which lies between the next bid and ask as the middle itself does, so no unit
    that trades sets it. Without a next pair the k-th trade is given up.

    Source: McAfee, A Dominant Strategy Double Auction, Journal of Economic Theory 56 (1992).
    Complexity: O(n log n).
    Promises: individual rationality; the auctioneer never pays in; truthfulness for owners who want, or
    offer, one unit; at most the least valuable trade is lost.
    """
    return trade("mcafee", auction, _settle)


def _settle(crossing: Crossing) -> Terms:
    if crossing.unbought and crossing.unsold:
        twice_the_middle = crossing.unbought[0].bid.unit_price + crossing.unsold[0].bid.unit_price
        last_ask, last_bid = crossing.sold[-1].bid.unit_price, crossing.bought[-1].bid.unit_price
        if 2 * last_ask <= twice_the_middle <= 2 * last_bid:
            return Terms(crossing.units, twice_the_middle // 2, twice_the_middle // 2)
    return reduced(crossing)
