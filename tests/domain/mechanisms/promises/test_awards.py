"""Tasks by second score: worked by hand, and what the rule promises, against whatever anybody says."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.audit.awards import Opened, awarded
from econonexus.domain.mechanisms.promises.awards import Offer, award, realised
from econonexus.domain.money import PPM_ONE, Ppm

CEILING = 100
ANA, BEA, CY = "ana", "bea", "cy"


def offer(agent: str, price: int, quality: int = 0, owner: str | None = None) -> Offer:
    return Offer(agent, owner or agent, price, Ppm(quality))


prices, qualities = st.integers(1, CEILING), st.integers(0, PPM_ONE)
owners = st.sampled_from(["x", "y", "z"])
weights = st.sampled_from([0, 1, 7, 50, 1_000, 10**12])
made = st.lists(st.tuples(owners, prices, qualities), max_size=6).map(
    lambda each: [
        Offer(f"agent-{number}", owner, price, Ppm(quality))
        for number, (owner, price, quality) in enumerate(each)
    ]
)


@pytest.mark.parametrize(
    ("offers", "weight", "winner", "payment", "second"),
    [
        ([offer(ANA, 30), offer(BEA, 50), offer(CY, 40)], 0, ANA, 40, CY),
        ([offer(ANA, 30)], 0, ANA, CEILING, None),
        ([offer(ANA, 30, owner="o"), offer(BEA, 35, owner="o")], 0, ANA, CEILING, None),
        ([offer(ANA, 30), offer(BEA, 30)], 0, ANA, 30, BEA),
        # 60 − 45 = 15 against 40 − 5 = 35: paid 35 + 45.
        ([offer(ANA, 60, 900_000), offer(BEA, 40, 100_000)], 50, ANA, 80, BEA),
        # The same at a weight of 100: −30 against 30, paid 30 + 90, but no more than the ceiling.
        ([offer(ANA, 60, 900_000), offer(BEA, 40, 100_000)], 100, ANA, CEILING, BEA),
        # 10 − 1/3 of a µcr against 10: paid 10.33, rounded down.
        ([offer(ANA, 10, 333_333), offer(BEA, 10)], 1, ANA, 10, BEA),
    ],
)
def test_worked_by_hand(
    offers: Sequence[Offer], weight: int, winner: str, payment: int, second: str | None
) -> None:
    won = award(offers, CEILING, weight)
    assert won is not None
    assert (won.offer.agent, won.payment) == (winner, payment)
    assert (won.second.agent if won.second else None) == second


def test_nobody_offers() -> None:
    assert award([], CEILING, 5) is None


@given(made, weights)
def test_the_second_bookkeeper_awards_it_likewise(offers: list[Offer], weight: int) -> None:
    won = award(offers, CEILING, weight)
    read = [Opened(each.agent, each.owner, each.price, each.quality, "") for each in offers]
    found = awarded(read, {"ceiling": CEILING, "quality_weight": weight})
    said = None if won is None else (won.offer.agent, won.payment, won.second and won.second.agent)
    assert found == said


@given(made, weights)
def test_no_winner_is_paid_less_than_it_asked_nor_more_than_the_ceiling(
    offers: list[Offer], weight: int
) -> None:
    won = award(offers, CEILING, weight)
    assert won is None or won.offer.price <= won.payment <= CEILING


@given(made.filter(bool), weights)
def test_work_as_good_as_was_expected_is_paid_as_it_was_awarded(offers: list[Offer], weight: int) -> None:
    won = award(offers, CEILING, weight)
    assert won is not None
    assert realised(won.second, won.offer.quality, CEILING, weight) == won.payment


@given(made, weights, prices, prices, qualities)
def test_no_price_but_its_own_ever_gains_an_owner_with_one_offer_anything(
    others: list[Offer], weight: int, cost: int, lie: int, quality: int
) -> None:
    def gain(price: int) -> int:
        mine = offer("me", price, quality, owner="mine")
        won = award([*others, mine], CEILING, weight)
        return 0 if won is None or won.offer is not mine else won.payment - cost

    assert gain(lie) <= gain(cost)


@given(made, weights, qualities, qualities, prices)
def test_where_quality_is_paid_as_realised_to_seem_better_gains_nothing(
    others: list[Offer], weight: int, real: int, seems: int, cost: int
) -> None:
    """What it is expected to do decides whether it wins; what it does, what it is paid (Porter 2008)."""

    def gain(quality: int) -> int:
        mine = offer("me", cost, quality, owner="mine")
        won = award([*others, mine], CEILING, weight)
        if won is None or won.offer is not mine:
            return 0
        return realised(won.second, Ppm(real), CEILING, weight) - cost

    assert gain(seems) <= max(0, gain(real))


@given(made, weights, st.randoms(use_true_random=False))
def test_the_order_of_offers_decides_among_equals_alone(
    offers: list[Offer], weight: int, dice: object
) -> None:
    won = award(offers, CEILING, weight)
    shuffled = list(offers)
    dice.shuffle(shuffled)
    again = award(shuffled, CEILING, weight)
    if won is None or again is None:
        assert won is again
        return
    score = {each.agent: each.price * PPM_ONE - weight * each.quality for each in offers}
    assert score[won.offer.agent] == score[again.offer.agent]
