"""The steps of winner determination one by one, on programs small enough to be worked by hand."""

import random
import time

import numpy as np
import pytest

from econonexus.solver.program import Program, program_of
from econonexus.solver.winner_determination.branching import narrowed
from econonexus.solver.winner_determination.clique_cuts import violated_cliques
from econonexus.solver.winner_determination.conflicts import conflicts_of
from econonexus.solver.winner_determination.greedy import filled
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.local_search import LocalSearch
from econonexus.solver.winner_determination.reduction import components, restricted, undominated
from econonexus.solver.winner_determination.relaxation import Relaxation
from econonexus.solver.winner_determination.tableau import Tableau
from tests.solver.auctions import best_packing, every_packing, small

TRIANGLE = Program((10, 10, 10), (((0, 1), (1, 1)), ((1, 1), (2, 1)), ((2, 1), (0, 1))), (1, 1, 1))
"""Three bids for two of three items each: any two conflict, and the relaxation takes half of each, worth
15."""

KNAPSACK = Program((60, 50, 40, 10), (((0, 6),), ((0, 5),), ((0, 5),), ((0, 1),)), (10,))
"""Ten units: 5 and 5 are worth 90."""


def flags(width: int, *columns: int) -> np.ndarray:
    found = np.zeros(width, dtype=np.bool_)
    found[list(columns)] = True
    return found


def test_the_relaxation_and_what_its_prices_prove() -> None:
    tableau = Tableau(TRIANGLE)
    relaxed = Relaxation(tableau).solve(time.monotonic() + 60)
    assert relaxed is not None
    assert relaxed.optimal
    assert relaxed.shares.tolist() == pytest.approx([0.5] * 3)
    assert relaxed.duals.tolist() == pytest.approx([5.0] * 3)
    pricing = tableau.priced(relaxed.duals)
    assert pricing is not None
    assert pricing.bound() == 15


def test_a_clique_cut_closes_the_triangle() -> None:
    tableau = Tableau(TRIANGLE)
    relaxation = Relaxation(tableau)
    cliques = violated_cliques(conflicts_of(tableau), np.full(3, 0.5))
    assert [clique.tolist() for clique in cliques] == [[0, 1, 2]]
    tableau.add_cliques(cliques)
    relaxation.add_cliques(cliques)
    relaxed = relaxation.solve(time.monotonic() + 60)
    assert relaxed is not None
    pricing = tableau.priced(relaxed.duals)
    assert pricing is not None
    assert pricing.bound() == 10


def test_where_nothing_is_fractional_no_clique_is_violated() -> None:
    assert violated_cliques(conflicts_of(Tableau(TRIANGLE)), np.array([1.0, 0.0, 0.0])) == []


@pytest.mark.parametrize("seed", range(200))
def test_any_row_prices_prove_a_bound_that_holds(seed: int) -> None:
    problem = small(seed)
    tableau = Tableau(program_of(problem))
    dice = random.Random(seed)
    # Together the rows cost no more than all that is bid, and a few of them less than nothing.
    share = sum(problem.prices) / max(1, tableau.height)
    duals = np.array([dice.uniform(-0.5, 0.9) * share / max(1, capacity) for capacity in tableau.capacity])
    pricing = tableau.priced(duals)
    assert pricing is not None
    assert pricing.bound() >= best_packing(problem)[1]


@pytest.mark.parametrize("seed", range(200))
def test_what_prices_decide_holds_in_every_packing_as_good(seed: int) -> None:
    problem = small(seed)
    tableau = Tableau(program_of(problem))
    width = tableau.width
    pricing = tableau.priced(tableau.crude_duals())
    assert pricing is not None
    best = best_packing(problem)[1]
    fixed, barred = pricing.decided(best, flags(width), flags(width))
    for winners in every_packing(problem):
        if sum(problem.prices[position] for position in winners) == best:
            assert set(np.flatnonzero(fixed)) <= set(winners)
            assert not set(np.flatnonzero(barred)) & set(winners)


def test_prices_too_large_to_count_with_prove_nothing() -> None:
    assert Tableau(TRIANGLE).priced(np.full(3, 1e30)) is None


def test_huge_prices_are_counted_in_whole_numbers() -> None:
    most = 2**63 - 1
    tableau = Tableau(Program((most, most - 1), (((0, 1),), ((0, 1),)), (1,)))
    pricing = tableau.priced(np.array([float(most)]))
    assert pricing is not None
    # The double nearest to the price is one more than it: the bound is off by that, and holds.
    assert pricing.bound() == most + 1


def test_what_does_not_fit_beside_the_fixed_is_barred() -> None:
    tableau = Tableau(KNAPSACK)
    beside = narrowed(tableau, flags(4, 0), flags(4))
    assert beside is not None
    assert beside.tolist() == [False, True, True, False]
    assert narrowed(tableau, flags(4, 0, 1), flags(4)) is None
    assert narrowed(tableau, flags(4, 0), flags(4, 0)) is None


def test_a_bid_for_more_at_a_lower_price_is_dominated() -> None:
    # The second wants more than the first for less; the third as much for the same, later; the fourth is
    # worth it.
    columns = (((0, 1),), ((0, 1), (1, 1)), ((0, 1),), ((0, 1), (1, 1)))
    assert undominated(Program((5, 4, 5, 6), columns, (1, 1))) == [0, 3]


def test_a_bid_that_can_win_beside_the_better_one_is_not_dominated() -> None:
    assert undominated(Program((5, 4, 3), (((0, 1),), ((0, 1),), ((0, 1),)), (2,))) == [0, 1, 2]


def test_what_can_never_fit_is_left_out() -> None:
    assert undominated(Program((5, 9), (((0, 1),), ((0, 3),)), (2,))) == [0]


def test_components_share_no_row_and_the_smallest_comes_first() -> None:
    columns = (((0, 1),), ((0, 1), (1, 1)), ((2, 1),), (), ((2, 1),), ((1, 1),))
    program = Program((1,) * 6, columns, (1, 1, 1))
    assert list(components(program, range(6))) == [[3], [2, 4], [0, 1, 5]]
    assert restricted(program, [2, 4]) == Program((1, 1), (((0, 1),), ((0, 1),)), (1,))


def test_greedy_takes_what_still_fits() -> None:
    assert filled(KNAPSACK, [0, 1, 2, 3]) == [0, 3]
    assert filled(KNAPSACK, [3, 2, 1, 0]) == [2, 3]


def test_conflicts_between_two_columns() -> None:
    assert conflicts_of(Tableau(KNAPSACK)).tolist() == [
        [False, True, True, False],
        [True, False, False, False],
        [True, False, False, False],
        [False, False, False, False],
    ]


def test_local_search_leaves_a_poor_start() -> None:
    tableau = Tableau(KNAPSACK)
    search = LocalSearch(tableau, conflicts_of(tableau), np.array([10.0]), [0])
    deadline = time.monotonic() + 60
    while search.record < 90 and time.monotonic() < deadline:
        search.run(time.monotonic() + 1e-3)
    assert np.flatnonzero(search.best).tolist() == [1, 2]


def test_of_equally_good_packings_the_incumbent_is_the_first() -> None:
    told: list[int] = []
    incumbent = Incumbent(Program((4, 2, 2, 0), ((), (), (), ()), ()), lambda: told.append(1))
    for winners in ([1, 2], [0], [1, 2], [0, 3]):
        incumbent.offer(winners)
    # Worth as much, but first by its first bid; then by one more bid, for nothing.
    assert (incumbent.winners, len(told)) == ([0, 3], 3)
    assert not incumbent.follows(flags(4, 1, 2, 3))
    assert incumbent.follows(flags(4, 0, 1, 3))
