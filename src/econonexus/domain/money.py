"""Exact money: whole amounts, rational prices that round up once, shares that add up.

Every amount is an integer number of an asset's smallest unit; for `credit` that is the micro-credit,
1 credit = 1,000,000 µcr. There is no float on any path that money takes.
"""

from collections.abc import Sequence
from typing import NewType

import msgspec

Amount = NewType("Amount", int)
"""A whole number of an asset's smallest unit (µcr for `credit`), in [0, 2**63 - 1]."""

Ppm = NewType("Ppm", int)
"""A rate, score or share in parts per million: 1,000,000 is one."""

MAX_AMOUNT = Amount(2**63 - 1)
"""The largest amount any command, event, balance or limit may carry."""

MICROS_PER_CREDIT = 1_000_000
PPM_ONE = Ppm(1_000_000)


class Price(msgspec.Struct, frozen=True):
    """A rational price: `amount` for every `per_units` units, as in "250,000 µcr per 1,000,000 tokens".

    `amount` is in [0, 2**63 - 1] of the asset's smallest unit, `per_units` in [1, 2**63 - 1].
    """

    amount: Amount
    per_units: int = 1

    def charge(self, units: int) -> Amount:
        """What `units` (>= 0) cost, rounded up once; the seller never loses a fraction.

        The result may exceed `MAX_AMOUNT`; whoever puts it into a command is refused there.
        """
        return Amount(-(-self.amount * units // self.per_units))

    def worth(self, units: int) -> Amount:
        """What `units` (>= 0) bring when sold at this price, rounded down once."""
        return Amount(self.amount * units // self.per_units)


def share_of(amount: int, share: Ppm) -> Amount:
    """`share` of `amount`, rounded down; both >= 0."""
    return Amount(amount * share // PPM_ONE)


def split(amount: int, weights: Sequence[int]) -> list[Amount]:
    """Divide `amount` in proportion to `weights` so that the parts add up to it exactly.

    The largest remainders get the odd units, the earlier part first where remainders are equal.
    `weights` are >= 0 with a positive sum. O(n log n).

    Raises: ValueError if no weight is positive or one is negative.
    Source: Hamilton's method of largest remainders; Balinski and Young, Fair Representation (1982), ch. 3.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be >= 0 and at least one of them > 0")
    parts = [amount * weight // total for weight in weights]
    odd = amount - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[:odd]:
        parts[i] += 1
    return [Amount(part) for part in parts]
