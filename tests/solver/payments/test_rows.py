"""Core constraints from packings."""

import random

import pytest

from econonexus.solver.payments.deals import deals_of
from econonexus.solver.payments.nearest import Row
from econonexus.solver.payments.rows import rows_of
from econonexus.solver.problem import Problem
from tests.solver.auctions import every_packing, small
from tests.solver.payments.auctions import auction, crowded
from tests.solver.payments.oracles import game_of


def test_two_exchanges_that_do_not_touch_are_two_constraints() -> None:
    """5 would take A from 1 and B from 2 for 7; 6 would take C from 3 for 4."""
    problem = auction(("1", "A", 5), ("2", "B", 5), ("3", "C", 5), ("5", "AB", 7), ("6", "C", 4))
    deals = deals_of(problem, (0, 1, 2))
    assert rows_of(problem, deals, (3, 4)) == [Row((0, 1), 7), Row((2,), 4)]


def test_who_fits_beside_the_packing_is_no_member() -> None:
    """5's A leaves B to 2, although the packing says nothing of 2."""
    problem = auction(("1", "A", 5), ("2", "B", 5), ("5", "A", 4))
    assert rows_of(problem, deals_of(problem, (0, 1)), (2,)) == [Row((0,), 4)]


def test_a_winner_that_would_get_something_else_gives_up_its_deal() -> None:
    """1 would rather take B from 2 for 8 and leave its A, worth 5 to it: 2 must pay 8 - 5 = 3."""
    problem = auction(("1", "A", 5), ("1", "B", 8), ("2", "B", 9))
    assert rows_of(problem, deals_of(problem, (0, 2)), (1,)) == [Row((1,), 3)]


@pytest.mark.parametrize("make", [small, crowded])
@pytest.mark.parametrize("seed", range(150))
def test_every_constraint_from_any_packing_is_one_of_the_core(make: type[Problem], seed: int) -> None:
    """It asks of its members no more than what the others could have without them, less what they have."""
    problem = make(seed)
    game = game_of(problem)
    deals = deals_of(problem, game.winners)
    packings = list(every_packing(problem))
    for packing in random.Random(seed).sample(packings, min(len(packings), 20)):
        rows = rows_of(problem, deals, packing)
        for row in rows:
            left_out = frozenset(deals[place].owner for place in row.members)
            without = game.worth[game.everybody - left_out]
            others = sum(value for owner, value in game.values.items() if owner not in left_out)
            assert 0 < row.least <= without - others
        # Together they are no weaker than what the whole packing says.
        bidders = {problem.owners[position] for position in packing}
        offered = sum(problem.prices[position] for position in packing)
        given_up = sum(value for owner, value in game.values.items() if owner in bidders)
        assert sum(row.least for row in rows) >= offered - given_up
