"""The numpy kernels give, bit by bit, what the rule gives one auction at a time."""

import random

import numpy as np
import pytest

from econonexus.domain.mechanisms import (
    batch_call_market,
    batch_second_price,
    batch_uniform_price,
    crossing,
    second_price,
    uniform_price,
)
from econonexus.domain.mechanisms.bids import Auction, Bid, Side
from econonexus.domain.mechanisms.selection import Schedule
from econonexus.domain.mechanisms.uniform_price import Uniform

MOST = 2**63 - 1


def bids_of(
    prices: list[int], units: list[int], owners: list[int] | None = None, side: Side = "buy"
) -> list[Bid]:
    who = owners if owners is not None else list(range(len(prices)))
    return [
        Bid(f"{side}{place}", f"a{place}", f"o{owner}", "gpu", unit, price, side)
        for place, (price, unit, owner) in enumerate(zip(prices, units, who, strict=True))
    ]


def ints(values: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, np.int64)


@pytest.mark.parametrize("highest", [3, 1000, MOST])
@pytest.mark.parametrize("with_owners", [False, True])
def test_second_price(highest: int, with_owners: bool) -> None:
    dice = random.Random(highest)
    rows, columns = 1_100, 6
    prices = [[dice.choice([-1, dice.randint(0, highest)]) for _ in range(columns)] for _ in range(rows)]
    owners = [[dice.randrange(3) for _ in range(columns)] for _ in range(rows)]
    reserve = [dice.choice([0, dice.randint(0, highest)]) for _ in range(rows)]
    given = np.array(prices, np.int64)
    sales = batch_second_price.clear_many(
        given, ints(reserve), np.array(owners, np.int64) if with_owners else None
    )
    for row in range(rows):
        there = [column for column in range(columns) if prices[row][column] >= 0]
        bids = bids_of(
            [prices[row][column] for column in there],
            [1] * len(there),
            [owners[row][column] for column in there] if with_owners else None,
        )
        one = second_price.clear(Auction(bids, {"gpu": 1}, {"gpu": reserve[row]}))
        if one.allocation:
            assert sales.winners[row] == there[int(one.allocation[0].bid[3:])]
            assert sales.payments[row] == one.allocation[0].amount
        else:
            assert (sales.winners[row], sales.payments[row]) == (batch_second_price.NOBODY, 0)
    assert given.tolist() == prices


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_second_price_of_nothing(shape: tuple[int, int]) -> None:
    sales = batch_second_price.clear_many(np.zeros(shape, np.int64))
    assert sales.winners.tolist() == [batch_second_price.NOBODY] * shape[0]
    assert sales.payments.tolist() == [0] * shape[0]


@pytest.mark.parametrize("uniform", ["highest_losing", "lowest_winning"])
@pytest.mark.parametrize(
    ("highest", "most_units"), [(5, 3), (10**6, 100), (MOST, 5), (5, MOST), (MOST, MOST), (2**40, 2**50)]
)
def test_uniform_price(highest: int, most_units: int, uniform: Uniform) -> None:
    for seed in range(150):
        dice = random.Random(seed)
        size = dice.randrange(40)
        prices = [dice.choice([highest, dice.randint(0, highest)]) for _ in range(size)]
        units = [dice.choice([0, most_units, dice.randint(0, most_units)]) for _ in range(size)]
        supply = dice.choice([0, MOST, min(MOST, dice.randint(0, most_units * 20))])
        reserve = dice.choice([0, dice.randint(0, highest)])
        huge = batch_uniform_price.clear_huge(ints(prices), ints(units), supply, reserve, uniform)
        one = uniform_price.clear(Auction(bids_of(prices, units), {"gpu": supply}, {"gpu": reserve}), uniform)
        assert filled(one.allocation, "buy", size) == huge.units.tolist(), seed
        assert one.prices.get("gpu") == huge.price, seed


@pytest.mark.parametrize(
    ("highest", "most_units"), [(5, 3), (10**6, 100), (MOST, 5), (5, MOST), (MOST, MOST), (2**40, 2**50)]
)
def test_call_market(highest: int, most_units: int) -> None:
    for seed in range(200):
        dice = random.Random(seed)
        bid_prices, bid_units = schedule(dice, highest, most_units)
        ask_prices, ask_units = schedule(dice, highest, most_units)
        huge = batch_call_market.cross_huge(
            Schedule(ints(bid_prices), ints(bid_units)), Schedule(ints(ask_prices), ints(ask_units))
        )
        one = crossing.cross(
            "gpu",
            [bid for bid in bids_of(bid_prices, bid_units) if bid.units],
            [bid for bid in bids_of(ask_prices, ask_units, side="sell") if bid.units],
        )
        assert units_of(one.bought, len(bid_prices)) == huge.bought.tolist(), seed
        assert units_of(one.sold, len(ask_prices)) == huge.sold.tolist(), seed
        assert crossing.clearing_interval(one) == huge.interval, seed


def schedule(dice: random.Random, highest: int, most_units: int) -> tuple[list[int], list[int]]:
    size = dice.randrange(25)
    prices = [dice.choice([highest, dice.randint(0, highest)]) for _ in range(size)]
    return prices, [dice.choice([0, most_units, dice.randint(0, most_units)]) for _ in range(size)]


def filled(allocation: object, side: str, size: int) -> list[int]:
    assert isinstance(allocation, tuple)
    units = [0] * size
    for award in allocation:
        units[int(award.bid.removeprefix(side))] = award.items["gpu"]
    return units


def units_of(fills: object, size: int) -> list[int]:
    units = [0] * size
    for fill in fills:  # type: ignore[attr-defined]
        units[int(fill.bid.id.removeprefix(fill.bid.side))] = fill.units
    return units


def test_more_bids_than_one_block() -> None:
    dice = random.Random(7)
    size = 20_000
    prices = [dice.randint(0, 5_000_000) for _ in range(size)]
    units = [dice.randint(0, 9) for _ in range(size)]
    supply = sum(units) // 3
    huge = batch_uniform_price.clear_huge(ints(prices), ints(units), supply)
    one = uniform_price.clear(Auction(bids_of(prices, units), {"gpu": supply}))
    assert filled(one.allocation, "buy", size) == huge.units.tolist()
    assert one.prices["gpu"] == huge.price
