"""What is known of a success rate from weighted evidence: the mean of a Beta posterior and its lower bound.

The prior is uniform, Beta(1, 1). Evidence comes in millionths of one plain contract. The lower bound is
exact: for whole parameters the distribution function of Beta(a, b) is a tail of the binomial distribution,
I_x(a, b) = P[Bin(a + b − 1, x) >= a], a sum of integers if x is a fraction; parameters between are taken to
the side that is worse for whoever is judged.

Source: Jøsang and Ismail, The Beta Reputation System, Bled eConference 2002; DLMF 8.17.5 for the sum.
Complexity: O(n log 10^6) multiplications of integers of 20 n bits for n = a + b; remembered.
Promises: the bound is the greatest x, in parts per million, with I_x(a, b) <= level; more successes never
    lower it, more failures never raise it.
"""

from functools import lru_cache

from econonexus.domain.money import PPM_ONE, Ppm

LEVEL = Ppm(50_000)
"""The true rate is below the bound with this probability."""


def mean(good: int, bad: int) -> Ppm:
    """The expected success rate after `good` and `bad` millionths of a contract; half without any."""
    return Ppm((PPM_ONE + good) * PPM_ONE // (2 * PPM_ONE + good + bad))


def lower_bound(good: int, bad: int, level: Ppm = LEVEL) -> Ppm:
    """What the success rate is at least, but for a chance of `level`."""
    successes = 1 + good // PPM_ONE
    failures = 1 - (-bad // PPM_ONE)
    return _quantile(successes, failures, level)


@lru_cache(65_536)
def _quantile(a: int, b: int, level: Ppm) -> Ppm:
    low, high = 0, PPM_ONE - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _is_at_most(a, b, middle, level):
            low = middle
        else:
            high = middle - 1
    return Ppm(low)


def _is_at_most(a: int, b: int, x: int, level: int) -> bool:
    """Whether I_x(a, b) <= level, both in parts per million."""
    n, miss = a + b - 1, PPM_ONE - x
    whole: int = PPM_ONE**n
    # Of the two tails the shorter one is added up.
    if b <= a:
        return _tail(n, a, x, miss) * PPM_ONE <= level * whole
    return (whole - _tail(n, b, miss, x)) * PPM_ONE <= level * whole


def _tail(n: int, least: int, x: int, miss: int) -> int:
    """P[Bin(n, x) >= least] times (10^6)^n: C(n, k) x^k miss^(n − k) summed from k = n down to `least`."""
    total, choose, hit, missed = 0, 1, x**n, 1
    for k in range(n, least - 1, -1):
        total += choose * hit * missed
        choose = choose * k // (n - k + 1)
        missed *= miss
        hit = hit // x if x else int(k == 1)
    return total
