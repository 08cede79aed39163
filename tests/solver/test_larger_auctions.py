"""Auctions too large to try everything, against another solver; and what holds at any deadline."""

import random
import time
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from econonexus.solver.packing import pack
from econonexus.solver.problem import Packing, Problem
from tests.solver.auctions import fits


def auction(seed: int, bids: int, items: int, supply: int, exclusive: bool) -> Problem:
    """Bids of three items and less, three an agent, with prices that doubles add up exactly."""
    dice = random.Random(seed)
    agents = tuple(place // 3 for place in range(bids))
    bundles = tuple(
        tuple((item, dice.randint(1, max(1, supply // 3))) for item in sorted(dice.sample(range(items), 3)))
        for _ in range(bids)
    )
    return Problem(
        prices=tuple(dice.randint(1, 10**6) for _ in range(bids)),
        bundles=bundles,
        supply=(supply,) * items,
        agents=agents,
        owners=agents,
        exclusive=exclusive,
        budgets=tuple(dice.choice((None, 10**6)) for _ in range(agents[-1] + 1)),
        floors=(0,) * bids,
    )


def best_welfare(problem: Problem) -> int:
    """By branch and cut in doubles, with a model written anew."""
    rows, limits = [], []
    for item, supply in enumerate(problem.supply):
        rows.append([dict(bundle).get(item, 0) for bundle in problem.bundles])
        limits.append(supply)
    for agent, budget in enumerate(problem.budgets):
        mine = [int(owner == agent) for owner in problem.agents]
        if problem.exclusive:
            rows.append(mine)
            limits.append(1)
        if budget is not None:
            rows.append([price * own for price, own in zip(problem.prices, mine, strict=True)])
            limits.append(budget)
    found = milp(
        -np.array(problem.prices, dtype=float),
        constraints=LinearConstraint(np.array(rows, dtype=float), ub=limits),
        integrality=np.ones(len(problem.prices)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return round(-found.fun)


CASES = [
    (bids, items, supply, exclusive)
    for bids, items, supply in ((40, 6, 1), (60, 20, 1), (90, 30, 1), (36, 5, 9), (45, 8, 30))
    for exclusive in (True, False)
]


@pytest.mark.parametrize(("bids", "items", "supply", "exclusive"), CASES)
def test_agrees_with_branch_and_cut(bids: int, items: int, supply: int, exclusive: bool) -> None:
    for seed in range(4):
        problem = auction(seed, bids, items, supply, exclusive)
        found = pack(problem, time.monotonic() + 600)
        assert found.welfare == found.bound == best_welfare(problem)
        assert fits(problem, found.winners)


@pytest.mark.parametrize("seed", range(3))
def test_prices_a_double_cannot_tell_apart(seed: int) -> None:
    """Near 2**63 the last digits decide: the same auction with small prices has the same winners."""
    problem = auction(seed, 45, 12, 1, True)
    near = Problem(
        prices=tuple(2**62 + price for price in problem.prices),
        bundles=problem.bundles,
        supply=problem.supply,
        agents=problem.agents,
        owners=problem.owners,
        exclusive=True,
        budgets=(None,) * len(problem.budgets),
        floors=problem.floors,
    )
    # As many bids as can be win; of those packings, the one with the best last digits.
    counted = Problem(
        prices=tuple(10**9 + price for price in problem.prices),
        bundles=near.bundles,
        supply=near.supply,
        agents=near.agents,
        owners=near.owners,
        exclusive=True,
        budgets=near.budgets,
        floors=near.floors,
    )
    found, expected = pack(near, time.monotonic() + 600), best_welfare(counted)
    winners = len(found.winners)
    assert found.optimal
    assert found.welfare - winners * 2**62 == expected - winners * 10**9


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_deadline_the_packing_fits_and_the_bound_holds(seed: int) -> None:
    problem = auction(seed, 90, 30, 1, True)
    best = pack(problem, time.monotonic() + 600).welfare
    for limit in (-1.0, 0.0, 1e-3, 1e-2):
        found = pack(problem, time.monotonic() + limit)
        assert fits(problem, found.winners)
        assert found.welfare == sum(problem.prices[position] for position in found.winners)
        assert found.welfare <= best <= found.bound


def test_whoever_is_told_sees_the_packing_grow_and_the_bound_fall() -> None:
    told: list[Packing] = []
    found = pack(auction(2, 90, 30, 1, True), time.monotonic() + 600, told.append)
    assert told[-1] == found
    for earlier, later in pairwise(told):
        assert earlier.welfare <= later.welfare <= later.bound <= earlier.bound
