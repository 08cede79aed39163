"""The dice are SplitMix64 and are fair."""

from collections import Counter

import pytest

from econonexus.benchmark.bundles.dice import Dice
from tests.benchmark.bundles.laws import assert_follows

THROWS = 20_000


def test_the_stream_is_that_of_the_reference_implementation() -> None:
    """The vector that implementations of SplitMix64 are checked with: seed 1234567."""
    dice = Dice("any")
    dice._state = 1234567
    assert [dice.below(2**64) for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_the_stream_follows_from_the_name_alone() -> None:
    assert [Dice("a").below(1000) for _ in range(3)] == [Dice("a").below(1000)] * 3
    assert [Dice(name).below(2**32) for name in "abc"] != [Dice("a").below(2**32)] * 3


def test_every_number_in_the_range_comes_equally_often() -> None:
    dice = Dice("between")
    assert_follows([dice.between(-2, 4) for _ in range(THROWS)], dict.fromkeys(range(-2, 5), 1 / 7))


@pytest.mark.parametrize("ppm", [50_000, 550_000, 900_000])
def test_a_chance_is_as_large_as_it_says(ppm: int) -> None:
    dice = Dice("chance")
    drawn = [int(dice.chance(ppm)) for _ in range(THROWS)]
    assert_follows(drawn, {0: 1 - ppm / 1e6, 1: ppm / 1e6})


def test_no_chance_and_certainty() -> None:
    dice = Dice("sure")
    assert not any(dice.chance(0) for _ in range(1000))
    assert all(dice.chance(1_000_000) for _ in range(1000))


def test_a_weight_is_a_probability_and_nothing_of_weight_0_comes() -> None:
    dice = Dice("weighted")
    drawn = [dice.weighted([1, 0, 2, 5]) for _ in range(THROWS)]
    assert_follows(drawn, {0: 1 / 8, 2: 2 / 8, 3: 5 / 8})


def test_every_sample_is_equally_likely() -> None:
    dice = Dice("sample")
    drawn = [tuple(dice.sample(2, 4)) for _ in range(THROWS)]
    counts = Counter(drawn)
    assert set(counts) == {(a, b) for a in range(4) for b in range(4) if a != b}
    order = sorted(counts)
    assert_follows([order.index(pair) for pair in drawn], dict.fromkeys(range(12), 1 / 12))


def test_a_pair_is_a_sample_of_two() -> None:
    dice = Dice("pair")
    pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
    assert_follows([pairs.index(dice.pair(4)) for _ in range(THROWS)], dict.fromkeys(range(12), 1 / 12))
