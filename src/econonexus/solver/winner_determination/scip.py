"""SCIP beside our own search, where it is installed: only its packings count.

It reasons in doubles, and its wheels are built without its exact mode, so that a bound of its own is no proof
and is not asked for. What it finds is a claim, to be checked in whole numbers. It helps where bids share what
there are several units of, which our local search only counts by prices; on single units it found nothing
better.

Source: Bolusani et al., The SCIP Optimization Suite 9.0 (2024).
"""

import importlib.util
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.tableau import Flags

_LARGEST_NUMBER = 2**53
"""A double holds whole numbers up to here."""
_LARGEST_PRICE = 1_000.0
"""What the largest price becomes, so that SCIP's absolute tolerances are relative ones."""
_LAST_WORDS_S = 0.2
"""How long a search that was told to stop is waited for. It ends by itself later, and is not heard."""


def can_help(program: Program) -> bool:
    """Whether it is installed, its numbers are large enough, and bids can share what they compete for."""
    fine = max([0, *program.loads(), *program.capacities]) < _LARGEST_NUMBER
    return fine and _shares(program) and importlib.util.find_spec("pyscipopt") is not None


def _shares(program: Program) -> bool:
    return any(
        2 * amount <= program.capacities[row] for entries in program.columns for row, amount in entries
    )


class Scip:
    """One search in a thread of its own, among the columns that are not barred.

    `bound` stays what all columns are worth, and it is never `done`: it proves nothing. Where the `optimum`
    is known it has nothing to add and does not begin.
    """

    done = False

    def __init__(
        self,
        program: Program,
        fixed: Flags,
        barred: Flags,
        until: Deadline,
        hint: Sequence[int],
        optimum: int | None,
    ) -> None:
        self._program, self._until = program, until
        self._columns = [column for column in range(len(program.prices)) if not barred[column]]
        self._fixed, self._hint = fixed, set(hint)
        self.bound = sum(program.prices)
        self._claims: SimpleQueue[list[int]] = SimpleQueue()
        self._model: Any = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        if optimum is None:
            self._thread.start()

    def found(self) -> list[list[int]]:
        """The packings claimed since this was asked last."""
        return [self._claims.get_nowait() for _ in range(self._claims.qsize())]

    def stop(self) -> None:
        """End the search."""
        self._stopped = True
        end = time.monotonic() + _LAST_WORDS_S
        # SCIP forgets an interruption from before its start, so it is told again.
        while self._thread.is_alive() and time.monotonic() < end:
            if self._model is not None:
                self._model.interruptSolve()
            self._thread.join(0.01)

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
            column: model.addVar(
                vtype="B", obj=self._program.prices[column] / unit, lb=float(self._fixed[column])
            )
            for column in self._columns
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
        start = model.createSol()
        for column, variable in chosen.items():
            model.setSolVal(start, variable, float(column in self._hint))
        model.addSol(start)


def _listener(pyscipopt: Any, chosen: dict[int, Any], claims: "SimpleQueue[list[int]]") -> Any:
    class Listener(pyscipopt.Eventhdlr):  # type: ignore[misc]
        def eventinit(self) -> None:
            self.model.catchEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: object) -> None:  # noqa: ARG002  # SCIP names it.
            best = self.model.getBestSol()
            claims.put([column for column, variable in chosen.items() if best[variable] > 0.5])

    return Listener()
