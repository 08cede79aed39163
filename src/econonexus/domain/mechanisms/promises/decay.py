"""Evidence fades: half of its weight is gone after every half-life.

Source: exponential forgetting as in Jøsang and Ismail, The Beta Reputation System (2002), section 3.4, with
    the forgetting factor written as a half-life; ours is by the day, so that it is exact in integers.
Complexity: O(days) bits, and nothing is left after `NOTHING_LEFT_AFTER` half-lives.
Promises: whole numbers, rounded down; fading in two steps is never more than one unit a step below fading in
    one.
"""

from functools import lru_cache

HALF_LIFE_DAYS = 30
NOTHING_LEFT_AFTER = 64
_ROOTS = 1_000_000_000


def faded(weight: int, days: int, half_life: int = HALF_LIFE_DAYS) -> int:
    """What is left of a weight (>= 0) after whole `days` (>= 0)."""
    share, whole = left_after(days, half_life)
    return weight * share // whole


@lru_cache(4_096)
def left_after(days: int, half_life: int) -> tuple[int, int]:
    """What part of any weight is left after whole `days` (>= 0): so much, of so much."""
    halvings, rest = divmod(days, half_life)
    if halvings >= NOTHING_LEFT_AFTER:
        return 0, 1
    return _of_a_day(half_life) ** rest, _ROOTS**rest << halvings


@lru_cache(64)
def _of_a_day(half_life: int) -> int:
    """2^(−1/half_life) in billionths, rounded to nearest: the root of 1/2 found by bisection."""
    low, high = 0, _ROOTS
    while low < high:
        middle = (low + high) // 2
        if 2 * middle**half_life < _ROOTS**half_life:
            low = middle + 1
        else:
            high = middle
    below = 2 * (2 * low - 1) ** half_life
    return low - 1 if below > (2 * _ROOTS) ** half_life else low
