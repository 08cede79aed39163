"""A price that rises when a resource is nearly full and falls when it is nearly idle.

Complexity: O(1).
Promises: no move between the two thresholds, both included; each move is `step` of the price, rounded down,
    and at least 1; never outside floor and ceiling.
"""

import msgspec

from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount, Ppm, share_of


class Thresholds(msgspec.Struct, frozen=True):
    """Use above `high` raises the price by `step`, use below `low` lowers it; all three in parts per
    million."""

    floor: Amount = Amount(0)
    ceiling: Amount = MAX_AMOUNT
    high: Ppm = Ppm(800_000)
    low: Ppm = Ppm(200_000)
    step: Ppm = Ppm(100_000)

    def __post_init__(self) -> None:
        """Raises: ValueError unless floor <= ceiling, low <= high, and nothing is negative."""
        if not 0 <= self.floor <= self.ceiling <= MAX_AMOUNT:
            raise ValueError("floor and ceiling must be in [0, 2**63) and in this sequence")
        if not 0 <= self.low <= self.high or not 0 <= self.step <= PPM_ONE:
            raise ValueError("thresholds and step must be shares, low at most high")


def next_price(rule: Thresholds, price: Amount, demand: int, capacity: int) -> Amount:
    """The price after a period in which `demand` of `capacity` units were asked for.

    Of nothing, any demand is too much.
    """
    move = max(1, share_of(price, rule.step))
    if demand * PPM_ONE > rule.high * capacity:
        price = Amount(price + move)
    elif demand * PPM_ONE < rule.low * capacity:
        price = Amount(price - move)
    return min(max(price, rule.floor), rule.ceiling)
