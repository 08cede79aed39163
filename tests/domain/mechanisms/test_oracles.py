"""Every rule against a second, dumb implementation, on thousands of small random auctions."""

from fractions import Fraction

import oracles
import pytest
from instances import ITEMS, multi_unit, seeds, single_unit, tender, two_sided

from econonexus.domain.mechanisms import (
    discriminatory,
    dutch,
    english,
    first_price,
    k_double_auction,
    mcafee,
    multi_unit_vickrey,
    procurement,
    second_price,
    trade_reduction,
    uniform_price,
    walrasian,
)
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.outcome import Interval, Outcome, Spread
from econonexus.domain.mechanisms.uniform_price import Uniform

MANY = 2_000


def paid(outcome: Outcome) -> dict[str, tuple[int, int]]:
    """Bid id to (units, amount)."""
    return {award.bid: (sum(award.items.values()), award.amount) for award in outcome.allocation}


@pytest.mark.parametrize("units", [1, 2, 3])
def test_single_unit_rules(units: int) -> None:
    for seed in seeds(MANY):
        auction = single_unit(seed, dict.fromkeys(ITEMS, units))
        # With several units a bid for two of them would be a multi-unit bid, which the file format refuses.
        bids = [bid for bid in auction.bids if bid.units < 2 or units == 1]
        auction = Auction(bids, auction.supply, auction.reserve)
        assert paid(first_price.clear(auction)) == oracles.payments("first_price", auction)
        assert paid(second_price.clear(auction)) == oracles.payments("second_price", auction)
        for increment in (0, 1, 3):
            got = english.clear(auction, increment)
            assert paid(got) == oracles.payments("english", auction, increment=increment)
        assert first_price.clear(auction).welfare == oracles.greatest_welfare(auction)


@pytest.mark.parametrize(
    ("start", "step", "floor"), [(8, 1, 0), (10, 3, 0), (7, 2, 2), (5, 4, 5), (9, 100, 1)]
)
def test_dutch(start: int, step: int, floor: int) -> None:
    for seed in seeds(MANY // 2):
        for units in (1, 2):
            auction = single_unit(seed, dict.fromkeys(ITEMS, units))
            auction = Auction([b for b in auction.bids if b.units < 2], auction.supply, auction.reserve)
            got = dutch.clear(auction, start, step, floor)
            assert paid(got) == oracles.dutch(auction, start, step, floor), seed
            assert got.bound == oracles.greatest_welfare(dutch.with_floor(auction, floor))


@pytest.mark.parametrize("uniform", ["highest_losing", "lowest_winning"])
def test_uniform_price(uniform: Uniform) -> None:
    for seed in seeds(MANY):
        auction = multi_unit(seed)
        assert paid(uniform_price.clear(auction, uniform)) == oracles.payments(uniform, auction), seed


def test_discriminatory() -> None:
    for seed in seeds(MANY):
        auction = multi_unit(seed)
        got = discriminatory.clear(auction)
        assert paid(got) == oracles.payments("discriminatory", auction), seed
        assert got.welfare == got.bound == oracles.greatest_welfare(auction)


def test_multi_unit_vickrey() -> None:
    for seed in seeds(MANY):
        auction = multi_unit(seed)
        got = multi_unit_vickrey.clear(auction)
        by_owner: dict[str, int] = {}
        for award in got.allocation:
            by_owner[award.owner] = by_owner.get(award.owner, 0) + award.amount
        assert by_owner == oracles.vickrey(auction), seed


def test_walrasian_prices_and_units() -> None:
    for seed in seeds(MANY):
        auction = two_sided(seed)
        got = walrasian.clear(auction)
        assert got.welfare == oracles.greatest_gain(auction) == got.bound, seed
        for item in got.prices:
            interval = got.prices[item]
            assert isinstance(interval, Interval)
            assert (interval.low, interval.high) == oracles.clearing_prices(auction, item), seed
            assert got.traded is not None
            assert got.traded[item] == oracles.pairs(auction, item)[2]
            assert got.excess_demand is not None
            assert got.excess_demand[item] == 0


@pytest.mark.parametrize("k", [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
def test_k_double_auction(k: Fraction) -> None:
    for seed in seeds(MANY // 2):
        auction = two_sided(seed)
        got = k_double_auction.clear(auction, k)
        assert got.welfare == oracles.greatest_gain(auction)
        for item in {bid.item for bid in auction.bids}:
            crossing = oracles.pairs(auction, item)[2]
            low, high = oracles.clearing_prices(auction, item)
            if crossing:
                assert low is not None
                assert high is not None
                assert got.prices[item] == ((1 - k) * low + k * high).__floor__()
            else:
                assert item not in got.prices


def test_trade_reduction_and_mcafee() -> None:
    for seed in seeds(MANY):
        auction = two_sided(seed)
        reduction, mc = trade_reduction.clear(auction), mcafee.clear(auction)
        for item in {bid.item for bid in auction.bids}:
            buys, sells, k = oracles.pairs(auction, item)
            reduced = (max(0, k - 1), buys[k - 1], sells[k - 1]) if k else (0, 0, 0)
            assert_trades(reduction, auction, item, *reduced)
            if 0 < k < min(len(buys), len(sells)):
                middle = (buys[k] + sells[k]) // 2
                if sells[k - 1] <= Fraction(buys[k] + sells[k], 2) <= buys[k - 1]:
                    assert_trades(mc, auction, item, k, middle, middle)
                    continue
            assert_trades(mc, auction, item, *reduced)


def assert_trades(outcome: Outcome, auction: Auction, item: str, units: int, buy: int, sell: int) -> None:
    """So many units of the item change hands, the best bids and asks each filled at the price of its side."""
    got = {
        award.bid: (award.items[item], award.amount) for award in outcome.allocation if item in award.items
    }
    assert got == {
        **oracles.filled(auction, item, "buy", units, buy),
        **oracles.filled(auction, item, "sell", units, sell),
    }
    if units:
        assert outcome.prices[item] == (buy if buy == sell else Spread(buy, sell))
    else:
        assert item not in outcome.prices


@pytest.mark.parametrize("ceiling", [None, 0, 6, 20])
@pytest.mark.parametrize("weight", [Fraction(0), Fraction(3), Fraction(25, 2)])
def test_procurement(ceiling: int | None, weight: Fraction) -> None:
    for seed in seeds(MANY // 4):
        auction = tender(seed)
        got = procurement.clear(auction, ceiling, weight)
        received = {award.bid: award.amount for award in got.allocation}
        assert received == oracles.procurement(auction, ceiling, weight), seed
