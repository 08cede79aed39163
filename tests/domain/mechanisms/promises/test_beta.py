"""The lower bound of a Beta posterior, against closed forms and another library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from econonexus.domain.mechanisms.promises.beta import lower_bound, mean

ONE = 1_000_000


def test_a_newcomer_is_shown_as_half_and_counts_as_a_twentieth() -> None:
    assert mean(0, 0) == 500_000
    assert lower_bound(0, 0) == 50_000  # I_x(1, 1) = x.


@pytest.mark.parametrize("successes", [1, 5, 19, 60])
def test_without_a_failure_the_bound_is_a_root(successes: int) -> None:
    # I_x(a, 1) = x^a.
    assert lower_bound(successes * ONE, 0) == int(0.05 ** (1 / (1 + successes)) * ONE)


def test_parts_of_a_contract_count_against_whoever_is_judged() -> None:
    assert lower_bound(5 * ONE + 999_999, 0) == lower_bound(5 * ONE, 0)
    assert lower_bound(5 * ONE, 1) == lower_bound(5 * ONE, ONE)


@given(good=st.integers(0, 300), bad=st.integers(0, 300))
def test_it_is_the_quantile_that_another_library_finds(good: int, bad: int) -> None:
    assert lower_bound(good * ONE, bad * ONE) == pytest.approx(
        beta.ppf(0.05, 1 + good, 1 + bad) * ONE, abs=1.5
    )


@given(good=st.integers(0, 10**8), bad=st.integers(0, 10**8), more=st.integers(0, 10**7))
def test_more_of_the_good_never_lowers_it_and_more_of_the_bad_never_raises_it(
    good: int, bad: int, more: int
) -> None:
    assert lower_bound(good + more, bad) >= lower_bound(good, bad) >= lower_bound(good, bad + more)
    assert mean(good + more, bad) >= mean(good, bad) >= mean(good, bad + more)
