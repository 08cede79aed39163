"""Logarithms, exponentials and the logarithm of the Gamma function, in whole numbers.

A number x is written as the integer x × 2^72, so that every machine finds the same digits: what decides over
money must not depend on how somebody's C library rounds.

Source: DLMF 4.6.4 (ln by artanh), 4.2.19 (exp), 5.11.1 (Stirling's series).
Complexity: O(1), some microseconds.
Promises: the error of `log` and `exp` is below 2^-60 (of the result, for `exp`), that of `log_gamma` of
    arguments below 2^40 below 2^-24.
"""

BITS = 72
ONE = 1 << BITS
_TABLE_BITS = 8
_TABLE = 1 << _TABLE_BITS
_STEP = BITS - _TABLE_BITS
_SHIFTED_TO = 12 * ONE
"""From here on Stirling's series is good enough."""


def log(x: int) -> int:
    """ln x, for x > 0."""
    twos = x.bit_length() - BITS - 1
    scaled = x >> twos if twos >= 0 else x << -twos  # From 1 to 2.
    place = (scaled >> _STEP) - _TABLE
    near = _TABLE + place << _STEP
    return twos * _LN2 + _LOGS[place] + _twice_artanh(scaled - near, scaled + near)


def exp(x: int) -> int:
    """e^x."""
    twos, rest = divmod(x, _LN2)
    place, rest = rest >> _STEP, rest & (1 << _STEP) - 1
    total = term = ONE
    for k in range(1, 10):
        term = (term * rest >> BITS) // k
        total += term
    found = total * _EXPONENTIALS[place] >> BITS
    return found << twos if twos >= 0 else found >> -twos


def log_gamma(x: int) -> int:
    """ln Γ(x), for x >= 1: far enough out by Stirling's series, before that by Γ(x + 1) = x Γ(x)."""
    product = ONE
    while x < _SHIFTED_TO:
        product = product * x >> BITS
        x += ONE
    inverse = ONE * ONE // x
    square = inverse * inverse >> BITS
    tail = 0
    for numerator, denominator in _STIRLING:
        tail = (tail * square >> BITS) + ONE * numerator // denominator
    raised = (x - ONE // 2) * log(x) // ONE - x + _HALF_LOG_TAU + (tail * inverse >> BITS)
    return raised - log(product)


def _twice_artanh(difference: int, total: int) -> int:
    """2 artanh(difference / total), which is ln of their sum by their difference; for small ones."""
    z = (difference << BITS) // total
    square = z * z >> BITS
    found, power, k = 0, z, 1
    while power:
        found += power // k
        power = power * square >> BITS
        k += 2
    return 2 * found


_STIRLING = ((-691, 360_360), (1, 1_188), (-1, 1_680), (1, 1_260), (-1, 360), (1, 12))
"""Of 1/x^11, 1/x^9, … 1/x."""
_LN2 = _twice_artanh(1, 3)
_LOGS = tuple(_twice_artanh(place, 2 * _TABLE + place) for place in range(_TABLE))
"""ln(1 + place / 256)."""
_HALF_LOG_TAU = 4_339_564_529_023_141_098_645
"""ln √(2π)."""


def _exponential(x: int) -> int:
    total, term, k = 0, ONE, 1
    while term:
        total += term
        term = term * x // (k << BITS)
        k += 1
    return total


_EXPONENTIALS = tuple(_exponential(place << _STEP) for place in range(_LN2 // (1 << _STEP) + 1))
"""e^(place / 256)."""
