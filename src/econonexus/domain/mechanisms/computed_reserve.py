"""A reserve price that follows what a market's auctions came to."""

from collections.abc import Sequence

from econonexus.domain.money import Amount, Ppm, share_of


def reserve_of(prices: Sequence[Amount], last: int, share: Ppm, given: Amount) -> Amount:
    """`share` of the median of the `last` prices, the lower of two middle ones; never less than `given`.

    Before there are so many prices it is `given`. An auction that found no price counts as one at `given`, or
    a reserve that nobody meets would stay for ever.

    Source: that the reserve is set from past bids, and less than the theory of optimal auctions asks for,
        Ostrovsky and Schwarz, Reserve Prices in Internet Advertising Auctions: A Field Experiment (2009). The
        default of a half: where values are spread evenly from 0, the best reserve is half of the highest
        value, however many bid (Myerson, Optimal Auction Design, Mathematics of Operations Research 6, 1981);
        no price is above that value, so half of a price is never above the best reserve.
    Complexity: O(k log k) for k prices.
    """
    if len(prices) < last:
        return given
    median = sorted(prices[-last:])[(last - 1) // 2]
    return max(given, share_of(median, share))
