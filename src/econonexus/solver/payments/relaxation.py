"""One linear relaxation, solved over and over with other prices: an answer only where it is proven.

HiGHS keeps its basis between solves, so that a change of few prices costs few pivots. The floats only guide:
the packing is rounded from them and checked in integers, the bound is computed in integers from rounded
duals, and any duals >= 0 give a bound that holds.
"""

import time
from collections.abc import Sequence

import highspy
import msgspec
import numpy as np

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program

PRICE_BITS = 20
"""Prices reach HiGHS as numbers up to 2**20, so that its tolerance is one part in 10**13 of them."""

GRAINS = (1, 2, 12, 2**20)
"""Duals are rounded to these parts of a unit: of whole prices they are often whole themselves."""


class Relaxed(msgspec.Struct, frozen=True):
    """Columns that can be chosen together, what they are worth, and what no choice is worth more than."""

    columns: tuple[int, ...]
    worth: int
    bound: int


class Relaxation:
    """The relaxation of one program, whose prices are given with each question."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._highs: highspy.Highs | None = None

    def best(self, prices: Sequence[int], deadline: Deadline) -> Relaxed | None:
        """The best columns at these prices as far as the relaxation tells; None at the deadline."""
        unit = max(1, max(prices, default=0) >> PRICE_BITS)
        solution = self._solve([price / unit for price in prices], deadline)
        if solution is None:
            return None
        shares, duals = solution
        columns = _rounded(self._program, prices, shares)
        worth = sum(prices[column] for column in columns)
        bound = sum(prices)
        for grain in GRAINS:
            whole = [_whole(dual, unit * grain) for dual in duals]
            bound = min(bound, bound_of(self._program, prices, whole, grain))
            if bound == worth:
                break
        return Relaxed(columns, worth, bound)

    def _solve(self, costs: Sequence[float], deadline: Deadline) -> tuple[list[float], list[float]] | None:
        """How much of each column, and the price of each row; None if HiGHS does not come to an end."""
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        if self._highs is None:
            self._highs = _model(self._program)
        highs = self._highs
        places = np.arange(len(costs), dtype=np.int32)
        highs.changeColsCost(len(costs), places, -np.asarray(costs, dtype=np.float64))
        highs.setOptionValue("time_limit", highs.getRunTime() + left)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        return list(solution.col_value), [max(0.0, -dual) for dual in solution.row_dual]


def bound_of(program: Program, prices: Sequence[int], duals: Sequence[int], grain: int) -> int:
    """What no choice of columns is worth more than, by weak duality; `duals` >= 0 in parts of a unit."""
    total = sum(dual * capacity for dual, capacity in zip(duals, program.capacities, strict=True))
    for price, column in zip(prices, program.columns, strict=True):
        surplus = price * grain - sum(duals[row] * amount for row, amount in column)
        total += max(0, surplus)
    return total // grain


def _whole(dual: float, unit: int) -> int:
    numerator, denominator = dual.as_integer_ratio()
    return (2 * numerator * unit + denominator) // (2 * denominator)


def _rounded(program: Program, prices: Sequence[int], shares: Sequence[float]) -> tuple[int, ...]:
    """The columns that fit, those with larger shares first."""
    left = list(program.capacities)
    chosen = []
    for column in sorted(range(len(prices)), key=lambda column: (-round(shares[column], 6), -prices[column])):
        entries = program.columns[column]
        if all(left[row] >= amount for row, amount in entries):
            chosen.append(column)
            for row, amount in entries:
                left[row] -= amount
    return tuple(sorted(chosen))


def _model(program: Program) -> highspy.Highs:
    columns, rows = len(program.prices), len(program.capacities)
    sizes = [len(column) for column in program.columns]
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.passModel(
        columns,
        rows,
        int(starts[-1]),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.zeros(columns),
        np.zeros(columns),
        np.ones(columns),
        np.full(rows, -np.inf),
        np.array(program.capacities, dtype=np.float64),
        starts,
        np.array([row for column in program.columns for row, _ in column], dtype=np.int32),
        np.array([float(amount) for column in program.columns for _, amount in column]),
        np.zeros(columns, dtype=np.int32),
    )
    return highs
