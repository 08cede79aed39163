"""Bids weighed by records: worked by hand, and truthful against every lie."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms import weighted
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.promises.effects import bid_weight
from econonexus.domain.mechanisms.rules import RULES, Parameters

ONE = 1_000_000


def auction(units: int, reserve: int, *bids: tuple[str, int, int]) -> Auction:
    """Bids of owners for so many units of a thing, at so much each."""
    offers = [
        Bid(f"b{n}", owner, owner, "gpu", wanted, price) for n, (owner, wanted, price) in enumerate(bids)
    ]
    return Auction(offers, {"gpu": units}, {"gpu": reserve})


def won(rule: str, sold: Auction, weights: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What each bid won, and for how much."""
    outcome = weighted.clear(rule, sold, weights)
    return {award.bid: (award.items["gpu"], award.amount) for award in outcome.allocation}


def test_a_weight_is_one_less_what_records_count_and_that_again_times_the_record() -> None:
    assert bid_weight(50_000, 0) == ONE
    assert bid_weight(ONE, 300_000) == ONE
    assert bid_weight(50_000, 400_000) == 600_000 + 20_000
    assert bid_weight(800_000, ONE) == 800_000
    assert bid_weight(0, ONE) == 1  # So that there is something to divide by.


def test_the_better_record_wins_with_the_lower_bid_and_pays_what_would_still_have_won() -> None:
    # 100 x 0.5 = 50 against 80 x 0.9 = 72; 50 / 0.9 = 55.6, so 56 would still have won.
    sold = auction(1, 0, ("new", 1, 100), ("old", 1, 80))
    assert won("second_price", sold, {"new": 500_000, "old": 900_000}) == {"b1": (1, 56)}
    # Whoever is less known must offer as much more: 80 x 0.9 / 0.5 = 144.
    dearer = auction(1, 0, ("new", 1, 150), ("old", 1, 80))
    assert won("second_price", dearer, {"new": 500_000, "old": 900_000}) == {"b0": (1, 144)}


def test_nobody_pays_less_than_the_reserve_and_who_is_below_it_neither_wins_nor_sets_a_price() -> None:
    sold = auction(1, 60, ("new", 1, 100), ("old", 1, 80), ("low", 1, 59))
    assert won("second_price", sold, {"new": 500_000, "old": 900_000, "low": ONE}) == {"b1": (1, 60)}


def test_who_pays_its_bid_pays_it_whatever_it_weighs() -> None:
    sold = auction(3, 0, ("new", 2, 100), ("old", 2, 80))
    weights = {"new": 500_000, "old": 900_000}
    assert won("discriminatory", sold, weights) == {"b1": (2, 160), "b0": (1, 100)}
    single = auction(1, 0, ("new", 1, 100), ("old", 1, 80))
    assert won("first_price", single, weights) == {"b1": (1, 80)}


def test_in_vickrey_auctions_each_unit_costs_what_the_unit_kept_out_asks() -> None:
    # Scores: 90 and 90 of old, 60 of new, 50 of mid. Old's two units keep out 60 and 50: at a weight of
    # 0.9 that is 66.7 and 55.6, rounded up 67 + 56; the third goes to nobody else.
    sold = auction(2, 0, ("old", 2, 100), ("new", 1, 120), ("mid", 1, 50))
    weights = {"old": 900_000, "new": 500_000, "mid": ONE}
    assert won("multi_unit_vickrey", sold, weights) == {"b0": (2, 67 + 56)}


SINGLE = ("first_price", "second_price")
"""Where every bid is for one unit."""
PRICES = st.integers(1, 12)
BIDS = st.lists(st.tuples(st.sampled_from("xyz"), st.just(1), PRICES), min_size=1, max_size=5)
WEIGHTS = st.fixed_dictionaries({owner: st.integers(1, 9) for owner in "xyz"})
SEVERAL = st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 3), PRICES), min_size=1, max_size=5)


@given(bids=SEVERAL, units=st.integers(1, 4), reserve=st.integers(0, 6), weights=WEIGHTS)
@pytest.mark.parametrize("rule", sorted(weighted.WEIGHED))
def test_nobody_pays_more_than_it_bid_or_less_than_the_reserve(
    rule: str, bids: list[tuple[str, int, int]], units: int, reserve: int, weights: dict[str, int]
) -> None:
    sold = auction(units, reserve, *_as_sold(rule, bids))
    outcome = weighted.clear(rule, sold, weights)
    prices = {bid.id: bid.unit_price for bid in sold.bids}
    for award in outcome.allocation:
        got = award.items["gpu"]
        assert got * reserve <= award.amount <= got * prices[award.bid]
    assert outcome.welfare <= (outcome.bound or 0)


@given(bids=SEVERAL, units=st.integers(1, 4), reserve=st.integers(0, 6), weight=st.integers(1, ONE))
@pytest.mark.parametrize("rule", sorted(weighted.WEIGHED))
def test_equal_weights_change_nothing(
    rule: str, bids: list[tuple[str, int, int]], units: int, reserve: int, weight: int
) -> None:
    sold = auction(units, reserve, *_as_sold(rule, bids))
    plain = RULES[rule].clear(sold, Parameters())
    assert weighted.clear(rule, sold, dict.fromkeys("xyz", weight)) == plain


def _as_sold(rule: str, bids: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return [(owner, 1 if rule in SINGLE else wanted, price) for owner, wanted, price in bids]


def utility(rule: str, sold: Auction, weights: dict[str, int], values: list[int]) -> int:
    """What owner `me` gains: its units are worth so much each, the first the most."""
    outcome = weighted.clear(rule, sold, weights)
    mine = [award for award in outcome.allocation if award.owner == "me"]
    units = sum(award.items["gpu"] for award in mine)
    return sum(values[:units]) - sum(award.amount for award in mine)


@given(
    bids=BIDS,
    value=PRICES,
    place=st.integers(0, 5),
    reserve=st.integers(0, 6),
    weights=WEIGHTS,
    mine=st.integers(1, 9),
)
def test_with_second_prices_no_lie_gains(
    bids: list[tuple[str, int, int]], value: int, place: int, reserve: int, weights: dict[str, int], mine: int
) -> None:
    def gain(said: int) -> int:
        offered = [*bids[:place], ("me", 1, said), *bids[place:]]
        return utility("second_price", auction(1, reserve, *offered), {**weights, "me": mine}, [value])

    honest = gain(value)
    assert honest >= 0
    assert all(gain(lie) <= honest for lie in range(1, 25))


@given(
    bids=BIDS,
    values=st.tuples(PRICES, PRICES),
    units=st.integers(1, 3),
    reserve=st.integers(0, 6),
    weights=WEIGHTS,
    mine=st.integers(1, 9),
)
def test_with_vickrey_prices_no_lie_about_two_units_gains(
    bids: list[tuple[str, int, int]],
    values: tuple[int, int],
    units: int,
    reserve: int,
    weights: dict[str, int],
    mine: int,
) -> None:
    worth = sorted(values, reverse=True)

    def gain(first: int, second: int) -> int:
        offered = [("me", 1, first), ("me", 1, second), *bids]
        sold = auction(units, reserve, *offered)
        return utility("multi_unit_vickrey", sold, {**weights, "me": mine}, worth)

    honest = gain(*worth)
    assert honest >= 0
    assert all(gain(*lie) <= honest for lie in product(range(1, 14, 2), repeat=2))
