"""How evidence fades."""

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.promises.decay import faded


def test_half_is_gone_after_a_half_life() -> None:
    assert [faded(1_000, days) for days in (0, 30, 60, 90)] == [1_000, 500, 250, 125]
    # 2^(-1/2) = 0.70710678…
    assert faded(1_000_000, 15) == 707_106
    assert faded(1_000_000, 45) == 353_553


def test_nothing_is_left_in_the_end() -> None:
    assert faded(2**62, 64 * 30) == 0
    assert faded(10**12, 10**9) == 0


@given(weight=st.integers(0, 10**12), first=st.integers(0, 400), then=st.integers(0, 400))
def test_two_steps_are_as_good_as_one(weight: int, first: int, then: int) -> None:
    assert 0 <= faded(weight, first + then) <= weight
    # The daily factor is rounded to a billionth, so that 400 days differ by 4e-7 of the weight at most.
    assert abs(faded(faded(weight, first), then) - faded(weight, first + then)) <= 2 + weight // 1_000_000
