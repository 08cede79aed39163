"""Payments against all coalitions, on thousands of small auctions."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import ceil, inf

import pytest

from econonexus.solver.packing import pack
from econonexus.solver.payments.blocking import worst_coalition
from econonexus.solver.payments.core import Core
from econonexus.solver.payments.deals import deals_of
from econonexus.solver.payments.integers import whole_payments
from econonexus.solver.payments.paying import REFERENCES, Rule, pay
from econonexus.solver.payments.staying import Staying
from econonexus.solver.problem import Packing, Problem
from tests.solver.auctions import small
from tests.solver.payments.auctions import crowded
from tests.solver.payments.oracles import (
    Game,
    blocked_by,
    core_constraints,
    game_of,
    is_nearest_of_least_total,
    vickrey,
)

BATCHES, BATCH = 20, 50
KINDS = pytest.mark.parametrize("make", [small, crowded])
SEEDS = pytest.mark.parametrize("batch", range(BATCHES))


@cache
def games(make: Callable[[int], Problem], batch: int) -> list[tuple[Game, Packing]]:
    problems = [make(seed) for seed in range(batch * BATCH, (batch + 1) * BATCH)]
    return [(game_of(problem), pack(problem, inf)) for problem in problems]


def totals(problem: Problem, packing: Packing, rule: Rule) -> dict[int, int]:
    """What each owner pays; every bid pays its price at most, and its floor at least."""
    payments = pay(problem, packing, rule, inf, pack)
    assert payments.status == "exact"
    assert payments.low == payments.high
    paid: Counter[int] = Counter()
    for position, amount in zip(packing.winners, payments.low, strict=True):
        assert problem.floors[position] <= amount <= problem.prices[position]
        paid[problem.owners[position]] += amount
    return {problem.owners[position]: paid[problem.owners[position]] for position in packing.winners}


@KINDS
@SEEDS
def test_vcg(make: Callable[[int], Problem], batch: int) -> None:
    for game, packing in games(make, batch):
        assert packing.winners == game.winners
        assert totals(game.problem, packing, "vcg") == vickrey(game)


@KINDS
@SEEDS
def test_core_points_have_the_least_total_and_are_the_nearest(
    make: Callable[[int], Problem], batch: int
) -> None:
    for game, packing in games(make, batch):
        deals = deals_of(game.problem, packing.winners)
        core = Core(game.problem, deals, Staying(game.problem, deals, pack))
        low = [vickrey(game)[deal.owner] for deal in deals]
        for reference in REFERENCES.values():
            target = [reference(deal, least) for deal, least in zip(deals, low, strict=True)]
            found = core.nearest(low, target, inf)
            point = {deal.owner: exact for deal, exact in zip(deals, found.point, strict=True)}
            assert found.open == 0
            assert not blocked_by(game, point)
            wanted = {deal.owner: value for deal, value in zip(deals, target, strict=True)}
            assert is_nearest_of_least_total(game, point, wanted)
            check_rounding(game, point, whole_payments(core, found.point, found.rows, inf))


def check_rounding(game: Game, point: dict[int, Fraction], whole: list[int] | None) -> None:
    """In the core, next to the point, and nothing is left to take back."""
    assert whole is not None
    payments = dict(zip(point, whole, strict=True))
    assert not blocked_by(game, payments)
    fractions = [owner for owner, exact in point.items() if exact.denominator > 1]
    assert sum(whole) <= ceil(sum(point.values())) + max(0, len(fractions) - 1)
    for owner, exact in point.items():
        assert abs(payments[owner] - exact) < 1
        if payments[owner] > exact:
            assert blocked_by(game, {**payments, owner: payments[owner] - 1})


@KINDS
@SEEDS
def test_nobody_can_block_what_the_core_asks(make: Callable[[int], Problem], batch: int) -> None:
    for game, packing in games(make, batch):
        payments = pay(game.problem, packing, "core", inf, pack)
        found = worst_coalition(game.problem, packing.winners, payments.low, inf, pack)
        assert (found.gain, found.most) == (0, 0)
        assert not blocked_by(game, totals(game.problem, packing, "core"))


@KINDS
@SEEDS
def test_the_worst_coalition_is_that_of_the_worst_constraint(
    make: Callable[[int], Problem], batch: int
) -> None:
    """At VCG payments, which many coalitions can block."""
    for game, packing in games(make, batch):
        paid = totals(game.problem, packing, "vcg")
        gains = [least - sum(paid[owner] for owner in members) for members, least in core_constraints(game)]
        payments = pay(game.problem, packing, "vcg", inf, pack)
        found = worst_coalition(game.problem, packing.winners, payments.low, inf, pack)
        assert (found.gain, found.most) == (max(gains), max(gains))
