"""Parts of an auction that share nothing are priced apart."""

import random
from math import inf

import msgspec
import pytest

from econonexus.solver.packing import pack
from econonexus.solver.payments.components import components_of
from econonexus.solver.payments.paying import Rule, pay
from econonexus.solver.problem import Problem
from tests.solver.payments.auctions import auction, crowded


def test_bids_that_share_an_item_or_an_owner_are_together() -> None:
    problem = auction(("1", "A", 1), ("2", "B", 1), ("1", "C", 1), ("3", "CD", 1), ("4", "E", 1))
    assert components_of(problem) == [(0, 2, 3), (1,), (4,)]


def test_an_item_of_which_there_is_enough_joins_nobody() -> None:
    problem = msgspec.structs.replace(auction(("1", "A", 1), ("2", "A", 1), ("3", "B", 1)), supply=(2, 1))
    assert components_of(problem) == [(0,), (1,), (2,)]


def side_by_side(one: Problem, other: Problem) -> Problem:
    """Both auctions in one, the second one's names moved out of the way."""
    items, agents, owners = len(one.supply), len(one.budgets), 100
    return Problem(
        prices=one.prices + other.prices,
        bundles=one.bundles
        + tuple(tuple((item + items, units) for item, units in bundle) for bundle in other.bundles),
        supply=one.supply + other.supply,
        agents=one.agents + tuple(agent + agents for agent in other.agents),
        owners=one.owners + tuple(owner + owners for owner in other.owners),
        exclusive=one.exclusive,
        budgets=one.budgets + other.budgets,
        floors=one.floors + other.floors,
    )


@pytest.mark.parametrize("rule", ["vcg", "core", "core_zero_nearest", "core_bid_nearest"])
def test_two_auctions_in_one_are_paid_as_each_alone(rule: Rule) -> None:
    dice = random.Random(7)
    for _ in range(25):
        one, other = crowded(dice.randrange(10**6)), crowded(dice.randrange(10**6))
        other = msgspec.structs.replace(other, exclusive=one.exclusive)
        apart = [pay(each, pack(each, inf), rule, inf, pack).low for each in (one, other)]
        both = side_by_side(one, other)
        assert pay(both, pack(both, inf), rule, inf, pack).low == apart[0] + apart[1]
