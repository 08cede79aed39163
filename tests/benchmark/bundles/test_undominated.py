"""Which bids are pointless, and that none of them is kept."""

from collections.abc import Iterator, Sequence

import pytest

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import Offer, Unsuitable
from econonexus.benchmark.bundles.undominated import Kept, admit, gather

SMALL, LARGE = (0,), (0, 1)


def kept(*bidders: Sequence[Offer], wanted: int) -> list[tuple[int, Offer]]:
    return [(entry.bidder, entry.offer) for entry in gather(bidders, wanted)]


def test_of_one_bidder_a_larger_bundle_at_no_higher_price_is_pointless() -> None:
    small, same, dearer = Offer(SMALL, 5), Offer(LARGE, 5), Offer(LARGE, 6)
    assert kept([same, small, dearer], wanted=2) == [(0, small), (0, dearer)]


def test_of_two_equal_offers_of_one_bidder_the_first_stays() -> None:
    assert kept([Offer(SMALL, 5), Offer(SMALL, 5), Offer(LARGE, 6)], wanted=2) == [
        (0, Offer(SMALL, 5)),
        (0, Offer(LARGE, 6)),
    ]


def test_an_only_bid_makes_others_pointless_that_come_before_and_after() -> None:
    dear, only, cheap, other = Offer(LARGE, 4), Offer(SMALL, 5), Offer(SMALL, 5), Offer((2,), 1)
    assert kept([dear], [only], [cheap], [other], wanted=2) == [(1, only), (3, other)]


def test_a_bid_of_several_makes_no_other_bidders_bid_pointless() -> None:
    """The seller cannot always take it instead: its bidder may have won another bundle."""
    choice = [Offer(SMALL, 5), Offer((1,), 9)]
    assert kept(choice, [Offer(LARGE, 4)], wanted=3) == [
        *((0, offer) for offer in choice),
        (1, Offer(LARGE, 4)),
    ]


def test_the_last_bidders_offers_are_cut_to_the_number_wanted() -> None:
    assert kept([Offer((item,), 1) for item in range(5)], wanted=3) == [
        (0, Offer((item,), 1)) for item in range(3)
    ]


def test_when_there_are_no_more_it_says_how_many_there_are() -> None:
    def twice() -> Iterator[list[Offer]]:
        while True:
            yield [Offer(SMALL, 1)]

    with pytest.raises(Unsuitable, match=r"bids: only 1 .*; ask for fewer"):
        gather(twice(), 2)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_kept_is_pointless_and_nothing_dropped_was_not(seed: int) -> None:
    """By the definition alone, over all pairs of what single bidders offered."""
    dice = Dice(f"pairs {seed}")
    offers = [
        Offer(tuple(sorted(dice.sample(dice.between(1, 4), 4))), dice.between(1, 30)) for _ in range(60)
    ]
    standing: list[Kept] = []
    for bidder, offer in enumerate(offers):
        standing = admit(standing, bidder, [offer])
    everything = [entry.offer for entry in standing]
    for offer in offers:
        better = any(
            other != offer and set(other.items) <= set(offer.items) and other.price >= offer.price
            for other in offers
        )
        assert (offer in everything) == (not better)
    assert len(set(everything)) == len(everything)
