"""Whoever may walk away from its debt bids too much (Zheng 2001, Board 2007); under our caps that costs it.

Pia's agent has 50 of its own and a record that lets it bid three times that. It bids 150 for what turns out
to be worth 240 or nothing, with even chances: 120 on average, so that paying 150 loses 30 on average. Played
through in both worlds, until all that is owed is repaid or called.
"""

import pytest

from econonexus.domain import commands as c
from econonexus.domain.promises import DAY, PromiseRules
from tests.domain.lending.market import Lending

WORTH, OWN, PRICE = 240, 50, 150


def gain(rules: PromiseRules, stake: int, worth: int, funds: int = 0) -> int:
    """By how much what the agent has, wallet and stake, has grown once everything is over."""
    world = Lending(rules=rules)
    world.known("0.95")
    if funds:
        world.do(c.Mint("treasury", funds))
    world.join("pia.2", own=OWN, stake=stake)
    world.open()
    world.bid("pia.2", PRICE)
    world.bid("ron", PRICE)
    assert world.close() == {"pia.2": PRICE}
    if worth:
        world.do(c.Transfer("ron", "pia.2", worth))
    world.wait(30 * DAY)
    world.check_history()
    left = world.balance("pia.2") + (world.balance("stake:pia.2") if stake else 0)
    return left - OWN - stake


def test_by_default_all_that_is_lent_is_the_bidders_own_to_lose_and_too_high_a_bid_loses() -> None:
    lucky, unlucky = gain(PromiseRules(), 100, WORTH), gain(PromiseRules(), 100, 0)
    assert (lucky, unlucky) == (WORTH - PRICE, -PRICE)
    assert (lucky + unlucky) / 2 == 120 - PRICE == -30


@pytest.mark.parametrize(
    ("rules", "funds"),
    [(PromiseRules(surplus_share=1_000_000), 0), (PromiseRules(lending=100), 100)],
    ids=["record", "pool"],
)
def test_where_others_bear_the_loss_the_same_bid_gains(rules: PromiseRules, funds: int) -> None:
    """So neither lends anything unless an operator says so, and says how much."""
    lucky, unlucky = gain(rules, 0, WORTH, funds), gain(rules, 0, 0, funds)
    assert (lucky, unlucky) == (WORTH - PRICE, -OWN)
    assert (lucky + unlucky) / 2 == 20


@pytest.mark.parametrize("pool", [0, 30, 60, 100])
def test_what_is_gained_by_walking_away_is_what_the_operator_put_up_and_no_more(pool: int) -> None:
    rules, stake = PromiseRules(lending=pool), 100 - pool
    unlucky = gain(rules, stake, 0, pool)
    assert unlucky == -PRICE + pool
