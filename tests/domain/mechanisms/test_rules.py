"""The rules by name: which there are, and what each promises of which auction."""

import pytest

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.rules import RULES, Parameters, Rule

ONE, TWO = Auction([], {"gpu": 1, "cpu": 0}), Auction([], {"gpu": 2})


def test_every_mechanism_of_the_file_format_is_there() -> None:
    assert set(RULES) == {
        "first_price",
        "second_price",
        "english",
        "dutch",
        "uniform_price",
        "discriminatory",
        "multi_unit_vickrey",
        "procurement",
        "k_double_auction",
        "mcafee",
        "trade_reduction",
        "walrasian",
    }
    assert all(name == rule.name for name, rule in RULES.items())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_promises_the_least(rule: Rule) -> None:
    for auction in (ONE, TWO, Auction([])):
        promised = rule.promised(auction)
        assert promised >= {"feasible", "consistent", "individually_rational", "budget_balanced"}


@pytest.mark.parametrize("name", ["first_price", "second_price", "english"])
def test_no_envy_is_promised_with_one_unit(name: str) -> None:
    assert "envy_free" in RULES[name].promised(ONE)
    assert "envy_free" not in RULES[name].promised(TWO)


def test_the_floor_of_a_clock_is_a_reserve() -> None:
    """What the clock does not call is not on offer, so that not to sell it is no loss."""
    dutch, given = RULES["dutch"], Parameters(start=9, step=1, floor=5)
    auction = Auction([Bid("b1", "ann", "ann", "gpu", 1, 3)], {"gpu": 1, "cpu": 1}, {"cpu": 7})
    outcome = dutch.clear(auction, given)
    assert dutch.terms(auction, given).reserve == {"gpu": 5, "cpu": 7}
    assert (outcome.status, outcome.bound) == ("no_sale", 0)
    assert dutch.certify(auction, outcome, given).sound
    assert RULES["english"].terms(auction, given) is auction


@pytest.mark.parametrize("name", ["dutch", "mcafee", "trade_reduction"])
def test_who_gives_up_welfare_does_not_promise_it(name: str) -> None:
    assert "efficient" not in RULES[name].promised(ONE)
