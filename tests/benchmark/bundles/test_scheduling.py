"""Scheduling: blocks of slots in a row, and deadlines (EC 2000, section 4.5)."""

from itertools import islice

import pytest

from econonexus.benchmark.bundles import scheduling
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import Offer, complementarity, fifth_root
from tests.benchmark.bundles.laws import assert_follows

SLOTS = 40


def bidders(count: int = 3_000) -> list[list[Offer]]:
    return [list(offers) for offers in islice(scheduling.draw(Dice("scheduling"), SLOTS).bidders, count)]


def test_every_bundle_is_slots_in_a_row() -> None:
    for offers in bidders(300):
        for offer in offers:
            assert offer.items == tuple(range(offer.items[0], offer.items[-1] + 1))
            assert 0 <= offer.items[0] <= offer.items[-1] < SLOTS


def test_a_job_has_one_length_and_bids_on_every_block_up_to_its_last_deadline() -> None:
    for offers in bidders(300):
        [length] = {len(offer.items) for offer in offers}
        ends = [offer.items[-1] + 1 for offer in offers]
        assert ends == list(range(length, ends[-1] + 1))


def test_lengths_from_one_to_ten_come_equally_often() -> None:
    assert_follows([len(offers[0].items) for offers in bidders()], dict.fromkeys(range(1, 11), 1 / 10))


def test_a_job_is_never_longer_than_there_are_slots() -> None:
    scene = scheduling.draw(Dice("short"), 3)
    assert {len(offers[0].items) for offers in islice(scene.bidders, 200)} == {1, 2, 3}


def test_after_a_deadline_a_job_is_worth_the_first_deadlines_share_of_it() -> None:
    seen = 0
    for offers in bidders(300):
        # Where the price falls, the block before it ended at a deadline.
        deadlines = [
            offer.items[-1] + 1
            for offer, after in zip(offers, [*offers[1:], None], strict=True)
            if after is None or after.price < offer.price
        ]
        worth, first = offers[0].price, deadlines[0]
        prices = sorted({offer.price for offer in offers}, reverse=True)
        seen += len(deadlines) > 1
        assert prices == [worth * first // deadline for deadline in deadlines]
    assert seen > 100


def test_worth_is_within_half_of_length_to_the_power_of_one_point_two() -> None:
    shares = [offers[0].price / complementarity(len(offers[0].items)) for offers in bidders()]
    assert 0.5 <= min(shares) < 0.51
    assert 1.49 < max(shares) <= 1.5


@pytest.mark.parametrize(
    ("size", "millionths"),
    # By hand: 32^1.2 = 2^6, 243^1.2 = 3^6; 10^1.2 from a table of logarithms.
    [(1, 1_000_000), (32, 64_000_000), (243, 729_000_000), (10, 15_848_931)],
)
def test_what_size_adds(size: int, millionths: int) -> None:
    assert complementarity(size) == millionths


@pytest.mark.parametrize("root", [0, 1, 2, 3, 10**6, 2**61 - 1])
def test_a_fifth_root_is_exact_and_rounds_down(root: int) -> None:
    assert fifth_root(root**5) == root
    assert fifth_root((root + 1) ** 5 - 1) == root
