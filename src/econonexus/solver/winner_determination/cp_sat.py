"""CP-SAT beside our own search, where it is installed: it reasons in integers, so what it proves is proven
as long as doubles tell all sums apart.

It is at its best where many bids share what there are many units of, which is where cuts and bounds of the
relaxation are at their worst.

Source: Perron and Furnon, OR-Tools; Stuckey, Lazy clause generation, CPAIOR 2010.
"""

import importlib.util
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.tableau import Flags

_LARGEST_WELFARE = 2**52
"""Its objective passes through doubles: above 2^53 it was seen to call a packing optimal that was not."""
_LARGEST_SUM = 2**62
"""CP-SAT counts in machine words."""
_LAST_WORDS_S = 5.0
"""How long a search that was told to stop is waited for."""


def can_solve(program: Program) -> bool:
    """Whether it is installed, and its numbers are large enough for this program."""
    amounts = max([0, *program.loads(), *program.capacities])
    countable = sum(program.prices) < _LARGEST_WELFARE and amounts < _LARGEST_SUM
    return countable and importlib.util.find_spec("ortools") is not None


class CpSat:
    """One search in a thread of its own, among the columns that are not barred.

    It looks for the best packing, or, where the `optimum` is known, for the first packing worth as much.
    `bound` falls to what no packing exceeds; `done` says that it has come to the end.
    """

    def __init__(
        self,
        program: Program,
        fixed: Flags,
        barred: Flags,
        until: Deadline,
        hint: Sequence[int],
        optimum: int | None,
    ) -> None:
        self._program, self._until, self._optimum = program, until, optimum
        self._columns = [column for column in range(len(program.prices)) if not barred[column]]
        self._fixed, self._hint = fixed, set(hint)
        self._found: SimpleQueue[list[int]] = SimpleQueue()
        self._solver: Any = None
        self._stopped = self.done = False
        self.bound = sum(program.prices)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def found(self) -> list[list[int]]:
        """The packings found since this was asked last."""
        packings = []
        while True:
            try:
                packings.append(self._found.get_nowait())
            except Empty:
                return packings

    def stop(self) -> None:
        """End the search; what it has found by then is there."""
        self._stopped = True
        if self._solver is not None:
            self._solver.stop_search()
        self._thread.join(_LAST_WORDS_S)

    def _run(self) -> None:
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        chosen = {column: model.new_bool_var("") for column in self._columns}
        self._add_rows(model, chosen, cp_model.LinearExpr.weighted_sum)
        prices = [self._program.prices[column] for column in self._columns]
        welfare = cp_model.LinearExpr.weighted_sum(list(chosen.values()), prices)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = max(0.0, self._until - time.monotonic())
        if self._optimum is None:
            model.maximize(welfare)
            for column, variable in chosen.items():
                model.add_hint(variable, column in self._hint)
        else:
            model.add(welfare >= self._optimum)
            _in_file_order(model, list(chosen.values()), solver.parameters, cp_model)
        self._solver = solver
        if not self._stopped:
            solver.best_bound_callback = self._lower
            status = solver.solve(model, _callback(cp_model, chosen, self._found))
            if status == cp_model.OPTIMAL:
                best = [column for column, variable in chosen.items() if solver.boolean_value(variable)]
                self.bound = sum(self._program.prices[column] for column in best)
                self.done = True

    def _add_rows(self, model: Any, chosen: dict[int, Any], weighted_sum: Any) -> None:
        rows: list[tuple[list[Any], list[int]]] = [([], []) for _ in self._program.capacities]
        for column, variable in chosen.items():
            if self._fixed[column]:
                model.add(variable == 1)
            for row, amount in self._program.columns[column]:
                rows[row][0].append(variable)
                rows[row][1].append(amount)
        for (variables, amounts), capacity in zip(rows, self._program.capacities, strict=True):
            if capacity == 1 and max(amounts, default=0) == 1:
                model.add_at_most_one(variables)
            elif sum(amounts) > capacity:
                model.add(weighted_sum(variables, amounts) <= capacity)

    def _lower(self, bound: float) -> None:
        """Take a bound that was told as a double, and is whole; rounded towards the safe side."""
        self.bound = min(self.bound, int(bound * (1 + 2**-50)) + 1)


def _in_file_order(model: Any, variables: list[Any], parameters: Any, cp_model: Any) -> None:
    """Decide column by column, in before out: then the first packing found is the first there is.

    A column is out only where the decisions before leave no choice, which clause learning does not change.
    """
    model.add_decision_strategy(variables, cp_model.CHOOSE_FIRST, cp_model.SELECT_MAX_VALUE)
    parameters.search_branching = cp_model.FIXED_SEARCH
    parameters.cp_model_presolve = False
    parameters.symmetry_level = 0


def _callback(cp_model: Any, chosen: dict[int, Any], found: "SimpleQueue[list[int]]") -> Any:
    class Tell(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            found.put([column for column, variable in chosen.items() if self.boolean_value(variable)])

    return Tell()
