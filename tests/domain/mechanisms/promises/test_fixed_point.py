"""Logarithms in whole numbers, against decimal arithmetic and the C library."""

from decimal import Decimal, localcontext
from math import lgamma

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.promises.fixed_point import ONE, exp, log, log_gamma

TINY = Decimal(2) ** -60


@given(st.integers(1, ONE) | st.integers(1, ONE << 64))
@example(ONE)
@example(ONE - 1)
@example(2 * ONE)
@example(1)
def test_the_logarithm(x: int) -> None:
    with localcontext(prec=60):
        assert abs(Decimal(log(x)) / ONE - (Decimal(x) / ONE).ln()) < TINY


@given(st.integers(-60 * ONE, 60 * ONE))
@example(0)
@example(-1)
def test_the_exponential(x: int) -> None:
    with localcontext(prec=60):
        expected = (Decimal(x) / ONE).exp()
        assert abs(Decimal(exp(x)) / ONE - expected) < TINY * max(1, expected)


def test_gamma_of_whole_numbers_is_a_factorial() -> None:
    with localcontext(prec=60):
        for n, factorial in ((1, 1), (2, 1), (5, 24), (11, 3_628_800), (21, 2_432_902_008_176_640_000)):
            assert abs(Decimal(log_gamma(n * ONE)) / ONE - Decimal(factorial).ln()) < Decimal(2) ** -48


@given(st.floats(1, 1e9))
def test_gamma_between(x: float) -> None:
    assert log_gamma(int(x * ONE)) / ONE == pytest.approx(lgamma(x), rel=1e-13, abs=1e-13)
