"""What is known of a success rate from weighted evidence: the mean of a Beta posterior and its lower bound.

The prior is uniform, Beta(1, 1). Evidence comes in millionths of one plain contract and needs not be whole.
The lower bound is the quantile at one twentieth, in parts per million, rounded down: where the regularized
incomplete Beta function I_x(a, b) is 0.05. It is found by the series of the inverse function, from a
continued fraction, all of it in whole numbers, so that every machine finds the same.

Source: Jøsang and Ismail, The Beta Reputation System, Bled eConference 2002, for the posterior; DLMF 8.17.22
    for the fraction; Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.22, for where to begin.
Complexity: about √(a + b) steps of integers of some 150 bits where much is known, some ten where little is;
    remembered.
Promises: more of the good never lowers the bound, more of the bad never raises it.
"""

from functools import lru_cache
from math import isqrt

from econonexus.domain.mechanisms.promises.fixed_point import BITS, ONE, exp, log, log_gamma
from econonexus.domain.money import PPM_ONE, Ppm

REMEMBERED = 131_072
"""So many bounds are kept at hand."""
MOST = 1_000_000 * PPM_ONE
"""More evidence than that of a million contracts counts as so much."""
_LEVEL = ONE // 20
"""The true rate is below the bound with this probability."""
_LOG_LEVEL, _LOG_REST = log(_LEVEL), log(ONE - _LEVEL)
_ERROR = ONE >> 40
"""What a bound may be wrong by. One that is as near to the next millionth counts as that."""
_DEVIATE = 7_767_601_637_142_205_673_119
"""The normal deviate that one in twenty is below: 1.6448536…"""
_LAMBDA = (_DEVIATE * _DEVIATE // ONE - 3 * ONE) // 6
_CLOSE = 8
"""Below 2^-8 standard deviations a correction is small."""
_CONVERGED = 46
"""Two convergents that differ by less than 2^-46 of them are near enough."""
_LIFT = 32


def mean(good: int, bad: int) -> Ppm:
    """The expected success rate after `good` and `bad` millionths of a contract; half without any."""
    return Ppm((PPM_ONE + good) * PPM_ONE // (2 * PPM_ONE + good + bad))


@lru_cache(REMEMBERED)
def lower_bound(good: int, bad: int) -> Ppm:
    """What the success rate is at least, but for a chance of one in twenty."""
    if good + bad > MOST:  # In proportion, so that more of either never helps the other.
        good, bad = good * MOST // (good + bad), -(-bad * MOST // (good + bad))
    a, b = _as_fixed(PPM_ONE + good), _as_fixed(PPM_ONE + bad)
    if not bad:  # I_x(a, 1) = x^a.
        found = exp(_LOG_LEVEL * ONE // a)
    elif not good:  # I_x(1, b) = 1 − (1 − x)^b.
        found = ONE - exp(_LOG_REST * ONE // b)
    else:
        found = _quantile(a, b)
    return Ppm((found + _ERROR) * PPM_ONE >> BITS)


def _as_fixed(millionths: int) -> int:
    return (millionths << BITS) // PPM_ONE


def _quantile(a: int, b: int) -> int:
    """Where I_x(a, b) is the level: begins near it, and ends when a correction was small."""
    scale = log_gamma(a + b) - log_gamma(a) - log_gamma(b)
    known = a + b >> BITS
    x = _first_guess(a, b)
    while True:
        rest = ONE - x
        # x^a (1 − x)^b / B(a, b): the density times x (1 − x).
        density = exp(scale + (a * log(x) + b * log(rest) >> BITS))
        missed = (_LEVEL << BITS) // max(1, density) - (_fraction(a, b, x) << BITS) // a
        step = _correction((missed * x >> BITS) * rest >> BITS, a, b, x)
        # Whatever the correction, it stays between none and all.
        x = min(max(x + step, x >> 2), ONE - (rest >> 2))
        if abs(step) << _CLOSE < isqrt(x * rest // known):
            return x


def _correction(newton: int, a: int, b: int, x: int) -> int:
    """What takes x to the quantile, from Newton's step: four terms of the series of the inverse function.

    Its error is in the order of the fifth power of the step, in standard deviations.
    Source: DLMF 1.10.13 (Lagrange), with the derivatives of the density's logarithm.
    """
    lead, lag = ((a - ONE) << BITS) // x, ((b - ONE) << BITS) // (ONE - x)
    # The density's logarithm has these derivatives; each with its power of the step, in turn.
    first = (lead - lag) * newton >> BITS
    square = newton * newton >> BITS
    leads, lags = (lead << BITS) // x, (lag << BITS) // (ONE - x)
    second = -(leads + lags) * square >> BITS
    third = 2 * ((leads << BITS) // x - (lags << BITS) // (ONE - x)) * (square * newton >> BITS) >> BITS
    if abs(first) > ONE // 2:  # Too far for a series.
        return (newton << BITS) // max(ONE // 2, ONE + first // 2)
    twice = first * first >> BITS
    series = (
        ONE
        - first // 2
        + (2 * twice - second) // 6
        - (6 * (twice * first >> BITS) - 7 * (first * second >> BITS) + third) // 24
    )
    return newton * series >> BITS


def _first_guess(a: int, b: int) -> int:
    """Abramowitz and Stegun 26.5.22, which is right to a few hundredths of a standard deviation."""
    p, q = (ONE << BITS) // (2 * a - ONE), (ONE << BITS) // (2 * b - ONE)
    h = (2 * ONE << BITS) // (p + q)
    spread = (_DEVIATE * isqrt(h + _LAMBDA << BITS) // h) - (
        (q - p) * (_LAMBDA + 5 * ONE // 6 - (2 * ONE << BITS) // (3 * h)) >> BITS
    )
    odds = b * exp(2 * spread) >> BITS
    return min((a << BITS) // (a + odds), (a + ONE << BITS) // (a + b + 2 * ONE))


def _fraction(a: int, b: int, x: int) -> int:
    """What I_x(a, b) is, of x^a (1 − x)^b / (a B(a, b)): 1 / (1 + d1 / (1 + d2 / (1 + …)))."""
    # The convergents are h / k, of which only the ratio counts: both are kept from fading away.
    h0, h1, k0, k1 = 0, ONE, ONE, ONE
    # a + m, a + b + m, a + 2m and b − m, in millionths, so that the products are small.
    up, both, at, down = (each * PPM_ONE + ONE // 2 >> BITS for each in (a, a + b, a, b))
    m = 0
    while True:
        odd = up * both * x // (at * (at + PPM_ONE))
        h0, k0 = h1 - (odd * h0 >> BITS), k1 - (odd * k0 >> BITS)
        m += PPM_ONE
        up += PPM_ONE
        both += PPM_ONE
        down -= PPM_ONE
        at += 2 * PPM_ONE
        even = m * down * x // ((at - PPM_ONE) * at)
        h1, k1 = h0 + (even * h1 >> BITS), k0 + (even * k1 >> BITS)
        if abs(h1 * k0 - h0 * k1) << _CONVERGED < k0 * k1:
            return (h1 << BITS) // k1
        if k1 < ONE:
            h0, h1, k0, k1 = h0 << _LIFT, h1 << _LIFT, k0 << _LIFT, k1 << _LIFT
