"""Exact money: prices round once, shares add up."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.money import PPM_ONE, Price, share_of, split

amounts = st.integers(0, 2**63 - 1)


def test_a_price_per_million_tokens_rounds_up_once() -> None:
    # 250,000 µcr per 1,000,000 tokens: 3 tokens cost 0.75 µcr, 4 cost 1, 5 cost 1.25.
    price = Price(250_000, 1_000_000)
    assert [price.charge(tokens) for tokens in (0, 3, 4, 5)] == [0, 1, 1, 2]


def test_what_is_sold_rounds_down_once() -> None:
    assert [Price(3, 2).worth(units) for units in (0, 1, 2, 3)] == [0, 1, 3, 4]


@given(amount=amounts, per_units=st.integers(1, 2**63 - 1), units=amounts)
def test_a_charge_is_the_exact_price_rounded_up(amount: int, per_units: int, units: int) -> None:
    exact = Fraction(amount * units, per_units)
    assert Price(amount, per_units).charge(units) == ceil(exact)
    assert Price(amount, per_units).worth(units) == floor(exact)


@given(amount=amounts, per_units=st.integers(1, 10**9), calls=st.lists(st.integers(0, 10**9), max_size=20))
def test_many_small_calls_cost_less_than_one_unit_each_above_one_large_call(
    amount: int, per_units: int, calls: list[int]
) -> None:
    price = Price(amount, per_units)
    apart, together = sum(map(price.charge, calls)), price.charge(sum(calls))
    assert together <= apart <= together + len(calls)


def test_a_share_rounds_down() -> None:
    # 7 % of 99 is 6.93; a half of 1 is 0.5.
    assert share_of(99, 70_000) == 6
    assert share_of(1, PPM_ONE // 2) == 0
    assert share_of(99, PPM_ONE) == 99


def test_largest_remainders_get_the_odd_seats() -> None:
    """The five states of Balinski and Young's running example: 26 seats for 26,000 people.

    Quotas 9.061, 7.179, 5.259, 3.319, 1.182 have the whole parts 9, 7, 5, 3, 1; the odd seat goes to the
    largest remainder, .319. Source: Balinski and Young, Fair Representation (1982), ch. 3 and appendix A.
    """
    assert split(26, [9061, 7179, 5259, 3319, 1182]) == [9, 7, 5, 4, 1]


def test_the_alabama_paradox_is_accepted() -> None:
    """With one seat more a part may get less: the known price of staying within quota (ch. 5 there).

    10 seats: quotas 4.286, 4.286, 1.429 and the odd seat to the third; 11: 4.714, 4.714, 1.571 and both
    odd seats to the others.
    """
    assert split(10, [6, 6, 2]) == [4, 4, 2]
    assert split(11, [6, 6, 2]) == [5, 5, 1]


def test_equal_remainders_go_to_the_earlier_part() -> None:
    assert split(5, [1, 1, 1]) == [2, 2, 1]
    assert split(2, [1, 1, 1, 1]) == [1, 1, 0, 0]


def test_nothing_goes_where_there_is_no_weight() -> None:
    assert split(7, [0, 1, 0]) == [0, 7, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1]])
def test_weights_must_weigh_something(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(1, weights)


weighted = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)


@given(amount=amounts, weights=weighted)
def test_parts_add_up(amount: int, weights: list[int]) -> None:
    assert sum(split(amount, weights)) == amount


@given(amount=amounts, weights=weighted)
def test_parts_stay_within_quota(amount: int, weights: list[int]) -> None:
    for part, weight in zip(split(amount, weights), weights, strict=True):
        assert floor(Fraction(amount * weight, sum(weights))) <= part
        assert part <= ceil(Fraction(amount * weight, sum(weights)))
