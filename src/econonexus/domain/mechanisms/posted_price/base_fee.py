"""A price that is an exponential of the demand beyond a target, accumulated over all periods.

Demand at the target keeps the price, twice the target or more raises it by an eighth, none lowers it by a
ninth. The state is one integer, the excess; the price is a function of it, so nothing drifts by rounding.

Source: Buterin et al., EIP-4844: Shard Blob Transactions (2022), `fake_exponential` and
    `calc_excess_blob_gas`. There the target is half of the most that can be used, and what is used counts;
    here what was asked for counts, up to twice the target, because a price must rise also where capacity is
    short.
Complexity: O(log(price ÷ floor)) steps of integer arithmetic.
Promises: before rounding down to whole units the price never moves by more than an eighth a period; it is
    between floor and ceiling; at the ceiling nothing accumulates, so the first slack period lowers it. Away
    from floor and ceiling only the sum of demand counts, not its sequence.
"""

from functools import lru_cache

import msgspec

from econonexus.domain.money import MAX_AMOUNT, Amount

FEWEST_UNITS = 16
"""A period with fewer units than this is too lumpy for a rate; an auction is used instead."""

_PERIODS_PER_E_MILLIONTHS = 8_490_188
"""1 ÷ ln(9/8), rounded up to millionths: so many periods of twice the target multiply a price by e."""


class BaseFee(msgspec.Struct, frozen=True):
    """`capacity` units a period, of which `target` should be asked for; prices are per unit."""

    capacity: int
    target: int
    floor: Amount = Amount(1)
    ceiling: Amount = MAX_AMOUNT

    def __post_init__(self) -> None:
        """Raises: ValueError where the period is too small, or target, floor or ceiling make no sense."""
        if not is_applicable(self.capacity):
            raise ValueError(f"a base fee needs at least {FEWEST_UNITS} units a period; use an auction")
        if not 1 <= self.target <= self.capacity:
            raise ValueError(f"target must be in [1, {self.capacity}], not {self.target}")
        if not 1 <= self.floor <= self.ceiling <= MAX_AMOUNT:
            raise ValueError("floor and ceiling must be in [1, 2**63) and in this sequence")

    @property
    def update_fraction(self) -> int:
        """The excess that multiplies the price by e."""
        return -(-self.target * _PERIODS_PER_E_MILLIONTHS // 1_000_000)


def is_applicable(capacity: int) -> bool:
    """Whether a period of so many units is large enough for a base fee."""
    return capacity >= FEWEST_UNITS


def next_excess(rule: BaseFee, excess: int, demand: int) -> int:
    """The excess after a period in which `demand` >= 0 units were asked for; it starts at 0."""
    return max(0, min(excess + min(demand, 2 * rule.target) - rule.target, _most_excess(rule)))


@lru_cache
def _most_excess(rule: BaseFee) -> int:
    """The least excess at which the price is the ceiling; any more would only delay its fall."""
    low, high = 0, rule.target
    while price_at(rule, high) < rule.ceiling:
        low, high = high + 1, 2 * high
    while low < high:
        middle = (low + high) // 2
        if price_at(rule, middle) < rule.ceiling:
            low = middle + 1
        else:
            high = middle
    return low


def price_at(rule: BaseFee, excess: int) -> Amount:
    """The unit price while the excess is so high."""
    return Amount(min(rule.ceiling, fake_exponential(rule.floor, excess, rule.update_fraction)))


def fake_exponential(factor: int, numerator: int, denominator: int) -> int:
    """factor × e^(numerator ÷ denominator) by its Taylor series in integers, each term rounded down."""
    output, term, i = 0, factor * denominator, 1
    while term > 0:
        output += term
        term = term * numerator // (denominator * i)
        i += 1
    return output // denominator
