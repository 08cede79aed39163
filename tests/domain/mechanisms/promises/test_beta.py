"""The lower bound of a Beta posterior, against closed forms, binomial sums and another library."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import betaincinv

from econonexus.domain.mechanisms.promises.beta import MOST, lower_bound, mean

ONE = 1_000_000
evidence = st.integers(0, 10**6) | st.integers(0, 10**9) | st.integers(0, 10**14)


def test_a_newcomer_is_shown_as_half_and_counts_as_a_twentieth() -> None:
    assert mean(0, 0) == 500_000
    assert lower_bound(0, 0) == 50_000  # I_x(1, 1) = x.


def test_the_mean_is_that_of_the_paper() -> None:
    # Jøsang and Ismail (2002), section 2.1: seven of eight observed give (7 + 1) / (7 + 1 + 2) = 0.8.
    assert mean(7 * ONE, 1 * ONE) == 800_000


@pytest.mark.parametrize(("successes", "bound"), [(1, 223_606), (3, 472_870), (9, 741_134), (58, 950_492)])
def test_without_a_failure_the_bound_is_a_root(successes: int, bound: int) -> None:
    # I_x(a, 1) = x^a: the square root of 0.05 is 0.2236068, the fourth 0.4728708, the tenth 0.7411344.
    assert lower_bound(successes * ONE, 0) == bound


@pytest.mark.parametrize(("failures", "bound"), [(1, 25_320), (3, 12_741), (9, 5_116)])
def test_without_a_success_it_is_what_a_root_leaves(failures: int, bound: int) -> None:
    # I_x(1, b) = 1 − (1 − x)^b: 1 − √0.95 = 0.0253206, 1 − 0.95^(1/4) = 0.0127415.
    assert lower_bound(0, failures * ONE) == bound


def test_parts_of_a_contract_count_in_part() -> None:
    # x^1.5 = 0.05 where x = 0.05^(2/3) = 0.1357209.
    assert lower_bound(500_000, 0) == 135_720
    assert lower_bound(5 * ONE, 0) > lower_bound(5 * ONE, 1) - 2 > lower_bound(5 * ONE, ONE)


@given(good=st.integers(0, 40), bad=st.integers(0, 40))
def test_of_whole_contracts_it_is_where_a_sum_of_binomials_reaches_the_level(good: int, bad: int) -> None:
    # DLMF 8.17.5: I_x(a, b) = P[Bin(a + b − 1, x) >= a].
    found, n, a = lower_bound(good * ONE, bad * ONE), good + bad + 1, good + 1

    def reached(x: Fraction) -> Fraction:
        return sum((comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1)), Fraction(0))

    assert reached(Fraction(found, ONE)) <= Fraction(1, 20) < reached(Fraction(found + 1, ONE))


@given(good=evidence, bad=evidence)
@example(1, 1)
@example(10**12, 1)
@example(1, 10**12)
@example(10**18, 10**18)
@example(999_999, 10**12)
def test_it_is_the_quantile_that_another_library_finds(good: int, bad: int) -> None:
    counted = min(1, MOST / max(1, good + bad))
    expected = betaincinv(1 + good * counted / ONE, 1 + bad * counted / ONE, 0.05) * ONE
    assert expected - 1.01 <= lower_bound(good, bad) <= expected + 0.01


@given(good=evidence, bad=evidence, more=st.integers(0, 10**3) | st.integers(0, 10**12))
def test_more_of_the_good_never_lowers_it_and_more_of_the_bad_never_raises_it(
    good: int, bad: int, more: int
) -> None:
    assert lower_bound(good + more, bad) >= lower_bound(good, bad) >= lower_bound(good, bad + more)
    assert mean(good + more, bad) >= mean(good, bad) >= mean(good, bad + more)


@given(good=evidence, bad=evidence)
def test_it_is_below_the_mean(good: int, bad: int) -> None:
    assert lower_bound(good, bad) <= mean(good, bad)
