"""Posted prices: thresholds at their edges, the base fee against published vectors and real exponentials."""

import random
from decimal import Decimal, getcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.posted_price.base_fee import (
    BaseFee,
    fake_exponential,
    is_applicable,
    next_excess,
    price_at,
)
from econonexus.domain.mechanisms.posted_price.thresholds import Thresholds, next_price
from econonexus.domain.money import MAX_AMOUNT, Amount, Ppm

getcontext().prec = 60
EIGHTH = Decimal(9) / 8


# Thresholds.


@pytest.mark.parametrize(
    ("demand", "expected"),
    [(0, 900), (19, 900), (20, 1_000), (50, 1_000), (80, 1_000), (81, 1_100), (100, 1_100), (5_000, 1_100)],
)
def test_over_four_fifths_up_under_one_fifth_down(demand: int, expected: int) -> None:
    assert next_price(Thresholds(), Amount(1_000), demand, 100) == expected


def test_small_prices_move_by_one_and_stay_within_bounds() -> None:
    rule = Thresholds(floor=Amount(2), ceiling=Amount(4))
    prices = [Amount(2)]
    for demand in (10, 10, 10, 0, 0, 0):
        prices.append(next_price(rule, prices[-1], demand, 10))
    assert prices == [2, 3, 4, 4, 3, 2, 2]


def test_of_nothing_any_demand_is_too_much() -> None:
    assert next_price(Thresholds(), Amount(10), 1, 0) == 11
    assert next_price(Thresholds(), Amount(10), 0, 0) == 10


def test_the_largest_price_stays_an_amount() -> None:
    assert next_price(Thresholds(), MAX_AMOUNT, 10, 10) == MAX_AMOUNT


@pytest.mark.parametrize(
    "make",
    [
        lambda: Thresholds(floor=Amount(5), ceiling=Amount(4)),
        lambda: Thresholds(low=Ppm(900_000)),
        lambda: Thresholds(step=Ppm(1_000_001)),
        lambda: Thresholds(ceiling=Amount(2**63)),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="must be"):
        make()


# The base fee.


@pytest.mark.parametrize(
    ("factor", "numerator", "denominator", "expected"),
    [
        (1, 0, 1, 1),
        (38493, 0, 1000, 38493),
        (0, 1234, 2345, 0),
        (1, 2, 1, 6),
        (1, 4, 2, 6),
        (1, 3, 1, 16),
        (1, 6, 2, 18),
        (1, 4, 1, 49),
        (1, 8, 2, 50),
        (10, 8, 2, 542),
        (11, 8, 2, 596),
        (1, 5, 1, 136),
        (1, 5, 2, 11),
        (2, 5, 2, 23),
        (1, 50000000, 2225652, 5709098764),
        (1, 380928, 3338477, 1),
    ],
)
def test_published_vectors(factor: int, numerator: int, denominator: int, expected: int) -> None:
    """The vectors with which clients of EIP-4844 test `fake_exponential` (go-ethereum's eip4844 package)."""
    assert fake_exponential(factor, numerator, denominator) == expected


def test_a_vector_by_hand() -> None:
    # 1 + 2 + 4/2 + ⌊4/3⌋ + ⌊2/4⌋: the series of e², each term rounded down.
    assert fake_exponential(1, 2, 1) == 1 + 2 + 2 + 1 + 0


@given(st.integers(1, 10**12), st.integers(0, 30 * 10**6), st.integers(10**6, 2 * 10**6))
def test_it_is_a_real_exponential_rounded_down_a_little_more(
    factor: int, numerator: int, denominator: int
) -> None:
    real = factor * (Decimal(numerator) / denominator).exp()
    ours = fake_exponential(factor, numerator, denominator)
    # Each of some hundred terms loses less than one denominator-th, magnified by the terms that follow it.
    assert real * (1 - Decimal(10) ** -3) - 2 <= ours <= real


def test_one_period_of_twice_the_target_is_an_eighth_and_an_idle_one_a_ninth() -> None:
    rule = BaseFee(capacity=2_000_000, target=1_000_000, floor=Amount(10**9))
    busy = next_excess(rule, 0, 2_000_000)
    assert Decimal(price_at(rule, busy)) / 10**9 == pytest.approx(EIGHTH, rel=Decimal("1e-6"))
    assert Decimal(price_at(rule, busy)) / 10**9 <= EIGHTH
    twice = next_excess(rule, busy, 2_000_000)
    back = next_excess(rule, twice, 0)
    assert back == busy


def test_demand_at_the_target_keeps_the_price_and_beyond_twice_counts_no_more() -> None:
    rule = BaseFee(capacity=1_000, target=500)
    assert next_excess(rule, 1_234, 500) == 1_234
    assert next_excess(rule, 1_234, 10**30) == next_excess(rule, 1_234, 1_000) == 1_734
    assert next_excess(rule, 100, 0) == 0


def test_at_the_ceiling_nothing_accumulates() -> None:
    rule = BaseFee(capacity=100, target=50, floor=Amount(100), ceiling=Amount(1_000))
    excess = 0
    for _ in range(10_000):
        excess = next_excess(rule, excess, 10**9)
    assert price_at(rule, excess) == 1_000
    assert price_at(rule, next_excess(rule, excess, 49)) < 1_000


def test_the_first_slack_period_after_a_rush_lowers_the_price() -> None:
    """The rush goes far beyond the ceiling in one step; one unit below the target is enough to come down."""
    rule = BaseFee(capacity=100, target=50, floor=Amount(1_000), ceiling=Amount(1_100))
    excess = next_excess(rule, 0, 100)
    assert price_at(rule, excess) == 1_100
    assert price_at(rule, next_excess(rule, excess, 49)) < 1_100


@given(st.integers(16, 10**9), st.integers(1, 10**12), st.integers(0, 10**12))
def test_what_accumulates_is_the_least_that_reaches_the_ceiling(target: int, floor: int, span: int) -> None:
    rule = BaseFee(target, target, Amount(floor), Amount(floor + span))
    excess = 0
    while (after := next_excess(rule, excess, 2 * target)) > excess:
        excess = after
    assert price_at(rule, excess) == rule.ceiling
    assert excess == 0 or price_at(rule, excess - 1) < rule.ceiling


def test_a_ceiling_that_is_lowered_holds_at_once() -> None:
    high = BaseFee(capacity=100, target=50, floor=Amount(1_000), ceiling=Amount(9_000))
    low = BaseFee(capacity=100, target=50, floor=Amount(1_000), ceiling=Amount(1_100))
    excess = 0
    for _ in range(50):
        excess = next_excess(high, excess, 100)
    excess = next_excess(low, excess, 50)
    assert price_at(low, next_excess(low, excess, 49)) < 1_100


def test_at_the_floor_the_sequence_matters() -> None:
    """What falls below the floor is forgotten."""
    rule = BaseFee(capacity=100, target=50, floor=Amount(1_000))
    busy_first = next_excess(rule, next_excess(rule, 0, 100), 0)
    slack_first = next_excess(rule, next_excess(rule, 0, 0), 100)
    assert (price_at(rule, busy_first), price_at(rule, slack_first)) == (1_000, 1_124)


@given(
    st.integers(16, 10**12),
    st.integers(1, 1_000_000),
    st.integers(1, 10**9),
    st.lists(st.integers(0, 3_000_000), max_size=60),
)
def test_a_price_never_moves_by_more_than_an_eighth(
    capacity: int, target_ppm: int, floor: int, demands: list[int]
) -> None:
    rule = BaseFee(capacity, max(1, capacity * target_ppm // 1_000_000), Amount(floor))
    excess, price = 0, price_at(rule, 0)
    assert price == floor
    for demand in demands:
        excess = next_excess(rule, excess, capacity * demand // 1_000_000)
        after = price_at(rule, excess)
        # Prices are rounded down, so what they stand for is less than one more.
        assert after <= (price + 1) * EIGHTH
        assert after + 1 >= price / EIGHTH
        assert after >= floor
        price = after


def test_away_from_floor_and_ceiling_the_sequence_of_demand_does_not_matter() -> None:
    rule = BaseFee(capacity=1_000, target=500, floor=Amount(1_000))
    demands = [500 + step for step in range(0, 400, 7)]
    ahead = behind = 0
    for demand in demands:
        ahead = next_excess(rule, ahead, demand)
    random.Random(1).shuffle(demands)
    for demand in demands:
        behind = next_excess(rule, behind, demand)
    assert ahead == behind


def test_the_constant_is_the_inverse_of_the_log_of_nine_eighths() -> None:
    rule = BaseFee(capacity=2_000_000, target=1_000_000)
    exact = Decimal(1_000_000) / EIGHTH.ln()
    assert 0 <= rule.update_fraction - exact < 1


def test_small_periods_want_an_auction() -> None:
    assert [is_applicable(units) for units in (0, 15, 16)] == [False, False, True]
    with pytest.raises(ValueError, match="auction"):
        BaseFee(capacity=15, target=7)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BaseFee(capacity=100, target=0),
        lambda: BaseFee(capacity=100, target=101),
        lambda: BaseFee(capacity=100, target=50, floor=Amount(0)),
        lambda: BaseFee(capacity=100, target=50, floor=Amount(9), ceiling=Amount(8)),
    ],
)
def test_base_fees_that_make_no_sense_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="must be"):
        make()


def test_the_largest_price_is_reached_and_kept() -> None:
    rule = BaseFee(capacity=16, target=1, floor=MAX_AMOUNT)
    assert price_at(rule, next_excess(rule, 0, 16)) == MAX_AMOUNT
    rule = BaseFee(capacity=16, target=1)
    excess = 0
    for _ in range(500):
        excess = next_excess(rule, excess, 16)
    assert price_at(rule, excess) == MAX_AMOUNT
