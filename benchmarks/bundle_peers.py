"""HiGHS, CP-SAT and SCIP alone: one row an item and a bidder, proof to the last unit asked for.

Each takes the same model and two threads, of which SCIP uses one. Prices are given as they are to CP-SAT,
which computes in whole numbers, and in whole units of the paper to the two that compute in floats, so that
their tolerances mean what they should.
"""

import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.bundle_runs import Run, Step
from econonexus.benchmark.bundles.scene import MICRO
from econonexus.solver.problem import Problem

THREADS = 2


def rows_of(problem: Problem) -> list[list[int]]:
    """The bids of which one at most can win, by item and by bidder; rows that cannot bind are left out."""
    rows: dict[tuple[str, int], list[int]] = defaultdict(list)
    for bid, (bundle, agent) in enumerate(zip(problem.bundles, problem.agents, strict=True)):
        for item, _ in bundle:
            rows["item", item].append(bid)
        rows["agent", agent].append(bid)
    return [bids for bids in rows.values() if len(bids) > 1]


class _Course:
    """Writes down what was found when."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.steps: list[Step] = []

    def found(self, welfare: float, bound: float) -> None:
        self.steps.append(Step(self.seconds(), round(welfare), _whole(bound)))

    def seconds(self) -> float:
        return time.perf_counter() - self.started


def highs(problem: Problem, limit_s: float) -> Run:
    """HiGHS, given raw arrays."""
    return _highs(problem, limit_s, "choose")


def highs_without_presolve(problem: Problem, limit_s: float) -> Run:
    """HiGHS without its presolve, which takes minutes on large bundles and overruns every limit there."""
    return _highs(problem, limit_s, "off")


def _highs(problem: Problem, limit_s: float, presolve: str) -> Run:
    import highspy

    course = _Course()
    solver = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": THREADS,
        "time_limit": limit_s,
        "presolve": presolve,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.4 / MICRO,
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(highs_model(problem))
    solver.cbMipImprovingSolution += lambda event: course.found(
        event.data_out.objective_function_value * MICRO, event.data_out.mip_dual_bound * MICRO
    )
    solver.run()
    info = solver.getInfo()
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    values = solver.getSolution().col_value if info.primal_solution_status == 2 else []
    return _run(problem, course, _chosen(values), info.mip_dual_bound * MICRO, proven)


def highs_model(problem: Problem) -> "object":
    """The model as HiGHS keeps it."""
    import highspy

    rows = rows_of(problem)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(problem.prices), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.array(problem.prices, dtype=float) / MICRO
    model.col_lower_ = np.zeros(len(problem.prices))
    model.col_upper_ = np.ones(len(problem.prices))
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(problem.prices)
    model.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    model.row_upper_ = np.ones(len(rows))
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *map(len, rows)])
    matrix.index_ = np.concatenate([np.array(row) for row in rows])
    matrix.value_ = np.ones(int(matrix.start_[-1]))
    return model


def cp_sat(problem: Problem, limit_s: float) -> Run:
    """CP-SAT, at most one bid of each row."""
    from ortools.sat.python import cp_model

    course = _Course()
    model = cp_model.CpModel()
    wins = [model.new_bool_var("") for _ in problem.prices]
    for row in rows_of(problem):
        model.add_at_most_one(wins[bid] for bid in row)
    model.maximize(cp_model.LinearExpr.weighted_sum(wins, problem.prices))

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            course.found(self.objective_value, self.best_objective_bound)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = THREADS
    solver.parameters.max_time_in_seconds = limit_s
    status = solver.solve(model, Listener())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = [solver.value(win) for win in wins] if found else []
    return _run(problem, course, _chosen(values), solver.best_objective_bound, status == cp_model.OPTIMAL)


def scip(problem: Problem, limit_s: float) -> Run:
    """SCIP, rows as set packing; it knows one thread."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model, quicksum

    course = _Course()
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit_s)
    wins = [model.addVar(vtype="B", obj=price / MICRO) for price in problem.prices]
    for row in rows_of(problem):
        model.addCons(quicksum(wins[bid] for bid in row) <= 1)
    model.setMaximize()

    class Listener(Eventhdlr):  # type: ignore[misc]
        def eventinit(self) -> None:
            self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: object) -> None:  # noqa: ARG002  # SCIP names it.
            best = self.model.getSolObjVal(self.model.getBestSol())
            course.found(best * MICRO, self.model.getDualbound() * MICRO)

    model.includeEventhdlr(Listener(), "course", "writes down what was found when")
    model.optimize()
    values = [model.getSolVal(model.getBestSol(), win) for win in wins] if model.getNSols() else []
    return _run(
        problem, course, _chosen(values), model.getDualbound() * MICRO, model.getStatus() == "optimal"
    )


def _chosen(values: Sequence[float]) -> list[int]:
    return [bid for bid, value in enumerate(values) if value > 0.5]


def _whole(bound: float) -> int | None:
    """None where the solver has no bound yet and says something huge."""
    return round(bound) if abs(bound) < 1e19 else None


def _run(problem: Problem, course: _Course, winners: list[int], bound: float, proven: bool) -> Run:
    seconds = course.seconds()
    welfare = sum(problem.prices[bid] for bid in winners)
    steps = [*course.steps, Step(seconds, welfare, _whole(bound))]
    return Run(seconds, winners, _whole(bound), proven, steps)


PEERS = {"HiGHS": highs, "HiGHS, presolve off": highs_without_presolve, "CP-SAT": cp_sat, "SCIP": scip}
