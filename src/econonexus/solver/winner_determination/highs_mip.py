"""HiGHS' own branch and cut beside our search, where nothing else is installed: only its packings count.

It reasons in doubles, so what it finds is a claim, to be checked in whole numbers, and its bound is no proof.
As with SCIP, it helps where bids share what there are several units of.

Source: Huangfu and Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018).
"""

import time
from typing import Any

import highspy
import numpy as np

from econonexus.solver.program import Program
from econonexus.solver.winner_determination.claiming import Claiming
from econonexus.solver.winner_determination.relaxation import linear_program
from econonexus.solver.winner_determination.tableau import Tableau


def can_help(program: Program) -> bool:
    """Whether bids can share what they compete for."""
    return program.shares()


class HighsMip(Claiming):
    """HiGHS, given raw arrays, without its presolve, which collapses on dense bundles."""

    def _run(self) -> None:
        highs = highspy.Highs()
        for option, value in _OPTIONS.items():
            highs.setOptionValue(option, value)
        highs.setOptionValue("time_limit", max(0.0, self._until - time.monotonic()))
        highs.passModel(self._model())
        start = highspy.HighsSolution()
        inside = np.zeros(len(self._program.prices))
        inside[self._hint] = 1.0
        start.col_value = inside.tolist()
        highs.setSolution(start)
        highs.cbMipImprovingSolution += self._claim
        highs.cbMipInterrupt += self._obey
        if not self._stopped:
            highs.run()

    def _model(self) -> "highspy.HighsLp":
        model = linear_program(Tableau(self._program))
        model.col_lower_ = self._fixed.astype(np.float64)
        model.col_upper_ = 1.0 - self._barred.astype(np.float64)
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(self._program.prices)
        return model

    def _claim(self, event: Any) -> None:
        self._claims.put(np.flatnonzero(np.asarray(event.data_out.mip_solution) > 0.5).tolist())

    def _obey(self, event: Any) -> None:
        if self._stopped:
            event.interrupt()


_OPTIONS = {"output_flag": False, "presolve": "off", "threads": 1}
