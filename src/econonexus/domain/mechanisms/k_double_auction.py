"""k-double auction (call market): everyone trades at one price inside the clearing interval."""

from fractions import Fraction

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.crossing import Crossing, Terms, clearing_interval, trade
from econonexus.domain.mechanisms.outcome import Interval, Outcome

HALF = Fraction(1, 2)


def clear(auction: Auction, k: Fraction = HALF) -> Outcome:
    """Trade all that crosses at (1 - k) x low + k x high of the clearing interval, rounded down.

    `k` is in [0, 1]: 0 favours buyers, 1 sellers. Rounding down stays within the interval, whose ends are
    whole.

    Source: Rustichini, Satterthwaite and Williams, Convergence to Efficiency in a Simple Market with
    Incomplete Information, Econometrica 62 (1994).
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance with nothing left over, no envy. Not truthful,
    though lies gain little in a large market.
    """

    def settle(crossing: Crossing) -> Terms:
        price = price_within(clearing_interval(crossing), k)
        return Terms(crossing.units, price, price)

    return trade("k_double_auction", auction, settle)


def price_within(interval: Interval, k: Fraction) -> int:
    """The price `k` of the way up an interval, rounded down; its only end where it has one, else 0."""
    low = interval.high if interval.low is None else interval.low
    high = interval.low if interval.high is None else interval.high
    if low is None or high is None:
        return 0
    return low + int(k * (high - low))
