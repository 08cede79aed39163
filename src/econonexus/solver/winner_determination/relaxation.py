"""The linear relaxation in HiGHS, by raw arrays and without presolve, solved again and again from where it
was.

HiGHS' presolve collapses on dense bundles, and its modelling layer takes longer than the solve.
"""

import time
from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

from econonexus.solver.problem import Deadline
from econonexus.solver.winner_determination.tableau import Flags, Floats, Tableau

_LARGEST_PRICE = 1_000.0
"""What the largest price becomes, so that the solver's absolute tolerances are relative ones."""


class Relaxed:
    """A solution: how much of each column, and what each row costs, in the prices' own unit.

    One that is not `optimal`, for want of time, may take too much; its row prices are as good as any.
    """

    def __init__(self, shares: Floats, duals: Floats, optimal: bool) -> None:
        self.shares, self.duals, self.optimal = shares, duals, optimal

    @property
    def integral(self) -> bool:
        """Whether every column is in or out, as far as doubles tell."""
        return self.optimal and bool(np.all(np.abs(self.shares - np.round(self.shares)) < 1e-6))


class Relaxation:
    """One linear program, whose columns can be fixed and barred and to which rows can be added."""

    def __init__(self, tableau: Tableau) -> None:
        self._tableau = tableau
        self._unit, self._row_scales = _unit(tableau), _row_scales(tableau)
        self._highs = highspy.Highs()
        for option, value in _OPTIONS.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(linear_program(tableau))

    def add_cliques(self, cliques: Sequence[NDArray[np.int32]]) -> None:
        """Add rows of capacity 1, as the tableau has got them."""
        starts = np.cumsum([0, *(len(clique) for clique in cliques[:-1])]).astype(np.int32)
        columns = np.concatenate(cliques).astype(np.int32)
        self._highs.addRows(
            len(cliques),
            np.full(len(cliques), -highspy.kHighsInf),
            np.ones(len(cliques)),
            len(columns),
            starts,
            columns,
            np.ones(len(columns)),
        )
        self._row_scales = np.concatenate([self._row_scales, np.ones(len(cliques))])

    def reprice(self) -> None:
        """Take over the prices that the tableau has now."""
        self._unit = _unit(self._tableau)
        self._highs.changeColsCost(
            self._tableau.width,
            np.arange(self._tableau.width, dtype=np.int32),
            self._tableau.prices.astype(np.float64) / self._unit,
        )

    def restrict(self, fixed: Flags, barred: Flags) -> None:
        """Let `fixed` columns be in and `barred` ones out."""
        width = self._tableau.width
        self._highs.changeColsBounds(
            width,
            np.arange(width, dtype=np.int32),
            fixed.astype(np.float64),
            1.0 - barred.astype(np.float64),
        )

    def solve(self, deadline: Deadline) -> Relaxed | None:
        """The optimum, or how far it got by the deadline; None where there is nothing to see."""
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        # The clock of HiGHS runs on over its solves.
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left)
        self._highs.run()
        solution = self._highs.getSolution()
        if not (solution.value_valid and solution.dual_valid):
            return None
        duals = np.maximum(np.array(solution.row_dual), 0.0) * self._unit / self._row_scales
        optimal = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Relaxed(np.array(solution.col_value), duals, optimal)


def linear_program(tableau: Tableau) -> "highspy.HighsLp":
    """The program in HiGHS' terms: the largest price becomes 1,000, and each row's capacity 1."""
    scales = _row_scales(tableau)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = tableau.width, tableau.height
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = tableau.prices.astype(np.float64) / _unit(tableau)
    lp.col_lower_, lp.col_upper_ = np.zeros(tableau.width), np.ones(tableau.width)
    lp.row_lower_ = np.full(tableau.height, -highspy.kHighsInf)
    lp.row_upper_ = tableau.capacity.astype(np.float64) / scales
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = tableau.start
    lp.a_matrix_.index_ = tableau.row
    lp.a_matrix_.value_ = tableau.amount.astype(np.float64) / scales[tableau.row]
    return lp


def _unit(tableau: Tableau) -> float:
    return max(1, max(tableau.program.prices, default=1)) / _LARGEST_PRICE


def _row_scales(tableau: Tableau) -> Floats:
    return np.maximum(tableau.capacity.astype(np.float64), 1.0)


_OPTIONS = {
    "output_flag": False,
    "presolve": "off",
    "threads": 1,
    "dual_feasibility_tolerance": 1e-9,
}
