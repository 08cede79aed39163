"""SCIP beside our own search, where it is installed: only its packings count.

It reasons in doubles, and its wheels are built without its exact mode, so that a bound of its own is no proof
and is not asked for. What it finds is a claim, to be checked in whole numbers. It helps where bids share what
there are several units of, which our local search only counts by prices; on single units it found nothing
better.

Source: Bolusani et al., The SCIP Optimization Suite 9.0 (2024).
"""

import contextlib
import importlib.util
import time
from queue import SimpleQueue
from typing import Any

from econonexus.solver.program import Program
from econonexus.solver.winner_determination.claiming import Claiming

_LARGEST_NUMBER = 2**53
"""A double holds whole numbers up to here."""
_LARGEST_PRICE = 1_000.0
"""What the largest price becomes, so that SCIP's absolute tolerances are relative ones."""


def can_help(program: Program) -> bool:
    """Whether it is installed, its numbers are large enough, and bids can share what they compete for."""
    fine = max([0, *program.loads(), *program.capacities]) < _LARGEST_NUMBER
    return fine and program.shares() and importlib.util.find_spec("pyscipopt") is not None


class Scip(Claiming):
    """SCIP, given integer rows and the incumbent to start from."""

    _model: Any = None

    def _interrupt(self) -> None:
        # SCIP refuses between its stages, and forgets what it was told before its start: it is told again.
        if self._model is not None:
            with contextlib.suppress(Exception):
                self._model.interruptSolve()

    def _run(self) -> None:
        import pyscipopt

        model = pyscipopt.Model()
        model.hideOutput()
        # Signals are for whoever runs the process.
        model.setParam("misc/catchctrlc", False)
        model.setParam("limits/time", max(0.0, self._until - time.monotonic()))
        chosen = self._add_columns(model)
        self._add_rows(model, chosen)
        self._add_hint(model, chosen)
        model.includeEventhdlr(_listener(pyscipopt, chosen, self._claims), "claims", "hands over packings")
        self._model = model
        if not self._stopped:
            model.optimizeNogil()

    def _add_columns(self, model: Any) -> dict[int, Any]:
        unit = max(1, max(self._program.prices, default=1)) / _LARGEST_PRICE
        model.setMaximize()
        return {
            column: model.addVar(vtype="B", obj=price / unit, lb=float(self._fixed[column]))
            for column, price in enumerate(self._program.prices)
            if not self._barred[column]
        }

    def _add_rows(self, model: Any, chosen: dict[int, Any]) -> None:
        rows: list[tuple[list[Any], list[int]]] = [([], []) for _ in self._program.capacities]
        for column, variable in chosen.items():
            for row, amount in self._program.columns[column]:
                rows[row][0].append(variable)
                rows[row][1].append(amount)
        for (variables, amounts), capacity in zip(rows, self._program.capacities, strict=True):
            if sum(amounts) > capacity:
                model.addConsKnapsack(variables, amounts, capacity)

    def _add_hint(self, model: Any, chosen: dict[int, Any]) -> None:
        inside = set(self._hint)
        start = model.createSol()
        for column, variable in chosen.items():
            model.setSolVal(start, variable, float(column in inside))
        model.addSol(start)


def _listener(pyscipopt: Any, chosen: dict[int, Any], claims: "SimpleQueue[list[int]]") -> Any:
    class Listener(pyscipopt.Eventhdlr):  # type: ignore[misc]
        def eventinit(self) -> None:
            self.model.catchEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: object) -> None:  # noqa: ARG002  # SCIP names it.
            best = self.model.getBestSol()
            claims.put([column for column, variable in chosen.items() if best[variable] > 0.5])

    return Listener()
