"""What a reputation is good for, by the numbers of REP-2 to REP-5 and CON-1."""

from econonexus.domain.mechanisms.promises.effects import (
    bidding_power,
    bond,
    premium,
    reward_multiplier,
    tier,
)
from econonexus.domain.money import Ppm

BOND = (Ppm(1_500_000), Ppm(500_000))
LOADING = Ppm(100_000)


def test_tiers_begin_at_their_score() -> None:
    scores = (1_000_000, 950_000, 949_999, 850_000, 849_999, 650_000, 649_999, 0)
    assert [tier(Ppm(score)) for score in scores] == [
        "platinum", "platinum", "gold", "gold", "silver", "silver", "bronze", "bronze",
    ]  # fmt: skip


def test_the_reward_multiplier_adds_above_and_takes_below() -> None:
    scores = (950_000, 900_001, 900_000, 500_000, 499_999, 300_000, 0)
    assert [reward_multiplier(Ppm(score)) for score in scores] == [
        1_150_000, 1_100_001, 900_000, 500_000, 199_999, 100_000, 100_000,
    ]  # fmt: skip
    assert reward_multiplier(Ppm(600_000), Ppm(50_000)) == 650_000


def test_bidding_power_by_score() -> None:
    scores = (950_001, 950_000, 900_001, 900_000, 800_001, 800_000, 600_001, 600_000, 0)
    assert [bidding_power(Ppm(score)) for score in scores] == [
        3_000_000, 2_000_000, 2_000_000, 1_500_000, 1_500_000, 1_000_000, 1_000_000, 800_000, 800_000,
    ]  # fmt: skip


def test_a_bond_is_one_and_a_half_times_the_price_less_what_a_record_relieves_of() -> None:
    assert bond(100, Ppm(50_000), *BOND) == 150  # A newcomer's bound is 0.05: no relief.
    assert bond(101, Ppm(0), *BOND) == 152  # 151.5, rounded up.
    assert bond(100, Ppm(1_000_000), *BOND) == 75  # Half of it at most.
    assert bond(100, Ppm(750_000), *BOND) == 113  # Half of the half: 150 - 37.


def test_a_premium_is_the_chance_of_failure_that_a_record_leaves_open_and_the_loading() -> None:
    # (1 - 0.5 + 0.1) of 1,000, (1 - 0.9 + 0.1) of it, and for a perfect record the loading alone.
    assert premium(1_000, Ppm(500_000), LOADING) == 600
    assert premium(1_000, Ppm(900_000), LOADING) == 200
    assert premium(1_000, Ppm(1_000_000), LOADING) == 100
    assert premium(1, Ppm(1_000_000), LOADING) == 1  # Rounded up.
    # A newcomer's bound is 0.05, and nothing costs more than it can pay: min(1, 1.05).
    assert premium(1_000, Ppm(50_000), LOADING) == 1_000
    assert premium(1_000, Ppm(0), LOADING) == 1_000
    assert premium(1_000, Ppm(400_000), Ppm(0)) == 600
