"""What bidders of regions and arbitrary relationships offer (EC 2000, section 4.2, bid generation)."""

from collections.abc import Sequence
from itertools import islice

import pytest

from econonexus.benchmark.bundles import growing
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, complementarity
from tests.benchmark.bundles.laws import assert_follows, geometric

ITEMS = 60


def next_free(bundle: list[int], appeal: Sequence[int]) -> int:
    """A world without chance: the item after the last, around the circle."""
    return next(item for step in range(1, ITEMS) if (item := (bundle[-1] + step) % ITEMS) not in bundle)


def bidders(count: int, seed: str = "growing") -> list[list[Offer]]:
    return list(islice(growing.bidders(Dice(seed), ITEMS, next_free), count))


def test_one_more_item_comes_with_probability_09(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every value is above 0, so that no bundle is thrown away, which would change the law.
    monkeypatch.setattr(growing, "DEVIATION_PERCENT", 1)
    sizes = [len(offers[0].items) for offers in bidders(2_000)]
    assert_follows(sizes, geometric(0.9, ITEMS))


def test_substitutes_are_as_large_and_grown_from_one_of_the_first_bundles_items() -> None:
    some = 0
    for first, *others in filter(None, bidders(500)):
        some += len(others)
        assert len(others) <= 5
        for other in others:
            assert len(set(other.items)) == len(first.items)
            assert set(other.items) & set(first.items)
    assert some > 1_000


def test_substitutes_cost_no_more_than_the_budget_and_the_dearest_five_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all(
        other.price <= first.price * 3 / 2
        for first, *others in filter(None, bidders(500))
        for other in others
    )
    five = bidders(200)
    monkeypatch.setattr(growing, "MAX_SUBSTITUTABLE_BIDS", 1_000)
    for few, every in zip(five, bidders(200), strict=True):
        prices = [other.price for other in every[1:]]
        assert prices == sorted(prices, reverse=True)
        assert few[1:] == every[1:6]


def test_a_bundle_is_worth_its_items_and_what_its_size_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every item worth 1 to all, and up to 0.01 more or less to the bidder: n + n^1.2."""
    monkeypatch.setattr(growing, "MAX_ITEM_VALUE", 1)
    monkeypatch.setattr(growing, "DEVIATION_PERCENT", 1)
    for offers in bidders(200):
        for offer in offers:
            size = len(offer.items)
            assert abs(offer.price - size * MICRO - complementarity(size)) <= size * MICRO / 100


def test_what_would_not_fetch_half_of_the_first_bundles_worth_is_not_bid_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The more a substitute must fetch, the fewer there are; one that must fetch too much is none."""
    usual = sum(len(offers) for offers in bidders(500))
    monkeypatch.setattr(growing, "RESALE_PERCENT", 100)
    strict = bidders(500)
    assert sum(len(offers) for offers in strict) < usual
    monkeypatch.setattr(growing, "RESALE_PERCENT", 10_000)
    assert all(len(offers) <= 1 for offers in bidders(500))


def test_whoever_finds_its_first_bundle_worthless_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "DEVIATION_PERCENT", 100_000)
    silent = [offers for offers in bidders(500) if not offers]
    assert 100 < len(silent) < 400
    assert all(offer.price > 0 for offers in bidders(500) for offer in offers)
