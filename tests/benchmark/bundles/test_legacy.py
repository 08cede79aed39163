"""L2 and L4: how large bundles are and what they are worth, as Sandholm 1999 says."""

from collections.abc import Callable
from itertools import islice
from statistics import fmean

import pytest
from scipy.stats import kstest

from econonexus.benchmark.bundles import decay, weighted_random
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene
from tests.benchmark.bundles.laws import REJECTED, assert_follows, geometric

ITEMS, BIDS = 50, 20_000


def drawn(draw: Callable[[Dice, int], Scene], seed: str) -> list[Offer]:
    """Before dominated bids are removed, which changes the law."""
    return [offer for [offer] in islice(draw(Dice(seed), ITEMS).bidders, BIDS)]


def test_l2_bundles_of_every_size_come_equally_often() -> None:
    sizes = [len(offer.items) for offer in drawn(weighted_random.draw, "L2")]
    assert_follows(sizes, dict.fromkeys(range(1, ITEMS + 1), 1 / ITEMS))
    # By hand: mean (50 + 1) / 2 = 25.5, variance (50² − 1) / 12 = 208.25, so 5 standard errors are 0.51.
    assert abs(fmean(sizes) - 25.5) < 0.51


def test_l4_one_more_item_comes_with_probability_055() -> None:
    sizes = [len(offer.items) for offer in drawn(decay.draw, "L4")]
    assert_follows(sizes, geometric(0.55, ITEMS))
    # By hand: mean 1 / 0.45 = 2.2222, variance 0.55 / 0.45² = 2.716, so 5 standard errors are 0.058.
    assert abs(fmean(sizes) - 1 / 0.45) < 0.058


def test_l4_has_at_most_all_items() -> None:
    sizes = {len(offer.items) for [offer] in islice(decay.draw(Dice("few"), 2).bidders, 100)}
    assert sizes == {1, 2}


@pytest.mark.parametrize("draw", [weighted_random.draw, decay.draw])
def test_prices_are_uniform_between_nothing_and_one_an_item(draw: Callable[[Dice, int], Scene]) -> None:
    shares = [offer.price / (len(offer.items) * MICRO) for offer in drawn(draw, "prices")]
    assert kstest(shares, "uniform").pvalue > REJECTED


@pytest.mark.parametrize("draw", [weighted_random.draw, decay.draw])
def test_every_item_is_wanted_equally_often_and_once_a_bundle(draw: Callable[[Dice, int], Scene]) -> None:
    offers = drawn(draw, "items")
    assert all(len(set(offer.items)) == len(offer.items) for offer in offers)
    # One item of each bundle, so that what is counted is independent.
    picks = [
        offer.items[place % len(offer.items)] for place, offer in enumerate(offers) if len(offer.items) == 1
    ]
    assert_follows(picks, dict.fromkeys(range(ITEMS), 1 / ITEMS))
