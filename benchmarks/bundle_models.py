"""Handing a bundle auction to HiGHS: raw arrays, as our relaxation does, against its modelling layer."""

import time
from collections.abc import Callable

from benchmarks.bundle_peers import rows_of
from benchmarks.bundle_runs import Case
from benchmarks.harness import Report, Row, interleave
from econonexus.benchmark.bundles.scene import MICRO
from econonexus.solver.problem import Problem
from econonexus.solver.program import program_of
from econonexus.solver.winner_determination.relaxation import Relaxation
from econonexus.solver.winner_determination.tableau import Tableau

GROUP = "Bundles: giving HiGHS the model"
CASE = Case("paths", 1_000, 256, 1)


def run(report: Report) -> None:
    """With the arrays there, as between two solves of one auction, and from the bids on."""
    problem = CASE.problem()
    tableau = Tableau(program_of(problem))
    for what, ours, goal in (
        ("arrays handed over", lambda: Relaxation(tableau), 100),
        ("the same from the bids on", lambda: Relaxation(Tableau(program_of(problem))), None),
    ):
        pair = interleave(lambda ours=ours: _rate(ours, 20), lambda: _rate(lambda: _by_layer(problem), 2))
        report.add(
            GROUP,
            Row(
                f"{what}, {CASE.family}, {CASE.bids:,} × {CASE.items}",
                f"{1e3 / pair.ours:.2f} ms",
                f"highspy's modelling layer: {1e3 / pair.peer:.1f} ms",
                pair.ratio,
                f"≥ {goal} ×" if goal else "",
                pair.ratio >= goal if goal else None,
            ),
        )


def _rate(work: Callable[[], object], jobs: int) -> float:
    started = time.perf_counter()
    for _ in range(jobs):
        work()
    return jobs / (time.perf_counter() - started)


def _by_layer(problem: Problem) -> object:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    wins = [solver.addBinary(obj=price / MICRO) for price in problem.prices]
    for row in rows_of(problem):
        solver.addConstr(sum(wins[bid] for bid in row) <= 1)
    solver.setMaximize()
    return solver
