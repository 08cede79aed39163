"""The probe finds the lies that pay where some do, and none where none can."""

from fractions import Fraction

import pytest
from instances import multi_unit, seeds, single_unit

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.probe import Dice, Lie, Verdict, probe
from econonexus.domain.mechanisms.rules import RULES, Parameters

GIVEN = Parameters(start=12, step=2)


def probed(name: str, auction: Auction, tries: int = 300) -> Verdict:
    return probe(auction, lambda told: RULES[name].clear(told, GIVEN), tries=tries)


TWO = Auction([Bid("b1", "ann", "ann", "gpu", 1, 9), Bid("b2", "bob", "bob", "gpu", 1, 5)], {"gpu": 1})


def test_shading_pays_at_first_price() -> None:
    """Ann still wins at 5, where the tie goes to her earlier bid, and pays 4 less."""
    lie = probed("first_price", TWO).lie
    assert lie is not None
    assert (lie.owner, lie.gain, lie.bids[0].unit_price) == ("ann", 4, 5)


def test_waiting_pays_on_the_clock() -> None:
    """Truthful, ann takes the call of 8; she may wait for 4, which bob would take too, but after her."""
    lie = probed("dutch", TWO).lie
    assert lie is not None
    assert (lie.owner, lie.gain) == ("ann", 4)


def test_asking_for_less_pays_at_a_uniform_price() -> None:
    """Demand reduction: with one unit of two, ann pays bob's losing nothing instead of 5 for each of two."""
    auction = Auction(
        [Bid("b1", "ann", "ann", "gpu", 2, 9), Bid("b2", "bob", "bob", "gpu", 1, 5)], {"gpu": 2}
    )
    lie = probed("uniform_price", auction).lie
    assert lie is not None
    # Two units for 5 each leave her 8; one for nothing leaves her 9.
    assert (lie.owner, lie.gain, lie.bids[0].units) == ("ann", 1, 1)


def tender(*offers: tuple[str, str, int, int]) -> Auction:
    """(id, owner, price, quality) of one task."""
    bids = [Bid(i, owner, owner, "task", 1, price, "sell", Fraction(q)) for i, owner, price, q in offers]
    return Auction(bids, {"task": 1})


def probed_tender(auction: Auction, weight: int) -> Lie | None:
    given = Parameters(ceiling=8, quality_weight=Fraction(weight))
    return probe(auction, lambda told: RULES["procurement"].clear(told, given), tries=300).lie


def test_an_offer_costs_its_own_price() -> None:
    """Scores 4, 3, 3: honest, b1 receives 4 and costs 3; without it b2 receives 5 and costs 4."""
    assert probed_tender(tender(("c", "c", 5, 1), ("b1", "b", 3, 0), ("b2", "b", 4, 1)), weight=1) is None


def test_withholding_the_better_offer_pays_under_a_ceiling() -> None:
    """Scores 5, 3, -3: honest, b2 receives the ceiling, 8, costs 7; without it b1 receives 5, costs 3."""
    lie = probed_tender(tender(("c", "c", 5, 0), ("b1", "b", 3, 0), ("b2", "b", 7, 1)), weight=10)
    assert lie is not None
    assert (lie.owner, lie.gain) == ("b", 1)


@pytest.mark.parametrize("name", ["second_price", "multi_unit_vickrey"])
def test_none_pays_where_the_truth_is_best(name: str) -> None:
    for seed in seeds(40):
        auction = single_unit(seed) if name == "second_price" else multi_unit(seed)
        able = [bid for bid in auction.bids if bid.units <= auction.supply[bid.item]]
        assert probed(name, Auction(able, auction.supply, auction.reserve), tries=120).lie is None, seed


def test_nobody_to_probe() -> None:
    assert probed("second_price", Auction([], {"gpu": 1})) == Verdict(0, None)


def test_the_same_answer_every_time() -> None:
    assert probed("first_price", multi_unit(3)) == probed("first_price", multi_unit(3))


def test_the_number_of_tries_is_kept() -> None:
    assert probed("second_price", TWO, tries=7).tried == 7


def test_dice_stay_below_their_limit() -> None:
    dice = Dice(1)
    thrown = [dice.below(6) for _ in range(600)]
    assert set(thrown) == set(range(6))
