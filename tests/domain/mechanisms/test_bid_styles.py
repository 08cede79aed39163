"""Bid styles: every formula by hand, and what must hold of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.kinds import BidStyle
from econonexus.domain.mechanisms.bid_styles import bid_for

TRUTHFUL, STRATEGIC = BidStyle.TRUTHFUL, BidStyle.STRATEGIC
CONSERVATIVE, AGGRESSIVE = BidStyle.CONSERVATIVE, BidStyle.AGGRESSIVE


@pytest.mark.parametrize(("style", "bidders", "reserve", "price"), [
    (TRUTHFUL, 5, 0, 1_000),
    # (n − 1)/n of the valuation.
    (STRATEGIC, 2, 0, 500),
    (STRATEGIC, 5, 0, 800),
    (STRATEGIC, 3, 0, 666),
    # One rival, however many there are.
    (CONSERVATIVE, 5, 0, 500),
    # As with 2n − 1 bidders: 8/9 of 1000.
    (AGGRESSIVE, 5, 0, 888),
    (AGGRESSIVE, 2, 0, 666),
    # With a reserve of 500 and 2 bidders: (1000² + 500²) ÷ 2000.
    (STRATEGIC, 2, 500, 625),
    (CONSERVATIVE, 9, 500, 625),
    # And with 3: (2 × 1000³ + 500³) ÷ (3 × 1000²) = 708.33.
    (STRATEGIC, 3, 500, 708),
    (AGGRESSIVE, 2, 500, 708),
    # Nobody counts on fewer than 2 bidders, nor on more than 100.
    (STRATEGIC, 0, 0, 500),
    (STRATEGIC, 100, 0, 990),
    (STRATEGIC, 1_000, 0, 990),
])  # fmt: skip
def test_a_style_for_a_valuation_of_1000_where_winners_pay_their_bid(
    style: BidStyle, bidders: int, reserve: int, price: int
) -> None:
    assert bid_for(1_000, style, pays_own_bid=True, bidders=bidders, reserve=reserve) == price


@pytest.mark.parametrize("style", list(BidStyle))
def test_where_truth_is_best_every_style_tells_it(style: BidStyle) -> None:
    assert bid_for(1_000, style, pays_own_bid=False, bidders=5) == 1_000


@pytest.mark.parametrize("style", list(BidStyle))
def test_a_valuation_below_the_reserve_is_bid_as_it_is(style: BidStyle) -> None:
    assert bid_for(100, style, pays_own_bid=True, bidders=5, reserve=101) == 100


@pytest.mark.parametrize("style", list(BidStyle))
def test_nobody_bids_nothing(style: BidStyle) -> None:
    assert bid_for(1, style, pays_own_bid=True, bidders=5) == 1


@given(st.integers(1, 2**63 - 1), st.integers(0, 2**63 - 1), st.integers(0, 200))
def test_the_styles_are_in_order_between_reserve_and_valuation(
    valuation: int, reserve: int, bidders: int
) -> None:
    prices = [
        bid_for(valuation, style, pays_own_bid=True, bidders=bidders, reserve=reserve)
        for style in (CONSERVATIVE, STRATEGIC, AGGRESSIVE, TRUTHFUL)
    ]
    assert prices == sorted(prices)
    assert min(valuation, max(1, reserve)) <= prices[0]
    assert prices[-1] == valuation


@given(st.integers(2, 6), st.integers(1, 200))
def test_to_bid_strategically_is_best_against_others_who_do(bidders: int, worth: int) -> None:
    """Against n − 1 rivals of whom each values the unit evenly in [0, 1000) and bids (n − 1)/n of that."""
    valuation = worth * 5
    chosen = bid_for(valuation, STRATEGIC, pays_own_bid=True, bidders=bidders)

    def gain(price: int) -> float:
        # A rival bids below `price` with probability price × n ÷ (n − 1) ÷ 1000, at most 1.
        return (valuation - price) * min(1.0, price * bidders / (bidders - 1) / 1_000) ** (bidders - 1)

    assert gain(chosen) >= max(gain(price) for price in range(valuation + 1)) * 0.99 - 1
