"""A packing program as arrays, and what can be said of it exactly from any prices of its rows."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from econonexus.solver.program import Program

Ints = NDArray[np.int64] | NDArray[np.object_]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SAFE_BITS = 61
"""Of an int64, what all sums together may need."""


class Pricing:
    """What prices of the rows prove: no packing is worth more than `bound`.

    `slack` are the row prices times the capacities, and `surplus` what each column is worth beyond the rows
    it takes, both in units of 1 / `scale`.
    """

    def __init__(self, duals: Ints, slack: int, surplus: Ints, scale: int) -> None:
        self.duals, self.slack, self.surplus, self.scale = duals, slack, surplus, scale

    def bound(self, fixed: Flags | None = None, barred: Flags | None = None) -> int:
        """The most any packing is worth that has every `fixed` column and no `barred` one."""
        return self.scaled_bound(fixed, barred) // self.scale

    def scaled_bound(self, fixed: Flags | None = None, barred: Flags | None = None) -> int:
        """The same in units of 1 / `scale`, before rounding down."""
        gains = np.maximum(self.surplus, 0)
        if barred is not None:
            gains = np.where(barred, 0, gains)
        if fixed is not None:
            gains = np.where(fixed, self.surplus, gains)
        return self.slack + int(gains.sum())

    def decided(self, least: int, fixed: Flags, barred: Flags) -> tuple[Flags, Flags]:
        """The columns that are in, and not in, every packing worth at least `least`, by reduced cost."""
        room = self.scaled_bound(fixed, barred) - least * self.scale
        return fixed | (self.surplus > room) & ~barred, barred | (self.surplus < -room) & ~fixed


class Tableau:
    """Columns as entries sorted by column; rows may be added, columns not.

    Whole numbers are int64 where every sum fits, else Python's own.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.width = len(program.prices)
        self.column = np.array(
            [column for column, entries in enumerate(program.columns) for _ in entries], dtype=np.int32
        )
        self.row = np.array([row for entries in program.columns for row, _ in entries], dtype=np.int32)
        self.scale, self._kind = _scale_of(program)
        self.prices: Ints = np.array(program.prices, dtype=self._kind)
        self.amount: Ints = np.array(
            [amount for entries in program.columns for _, amount in entries], dtype=self._kind
        )
        self.capacity: Ints = np.array(program.capacities, dtype=self._kind)
        self._sort()

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.capacity)

    def reprice(self, prices: Sequence[int]) -> None:
        """Let the columns be worth this much from now on."""
        self.program = msgspec.structs.replace(self.program, prices=tuple(prices))
        self.scale, self._kind = _scale_of(self.program)
        self.prices = np.array(self.program.prices, dtype=self._kind)
        self.amount, self.capacity = self.amount.astype(self._kind), self.capacity.astype(self._kind)

    def add_cliques(self, cliques: Sequence[NDArray[np.int32]]) -> None:
        """Add rows of capacity 1, each over columns of which no two can win together."""
        sizes = [len(clique) for clique in cliques]
        rows = np.repeat(np.arange(self.height, self.height + len(cliques), dtype=np.int32), sizes)
        self.row = np.concatenate([self.row, rows])
        self.column = np.concatenate([self.column, *cliques]).astype(np.int32)
        self.amount = np.concatenate([self.amount, np.ones(len(rows), dtype=self._kind)])
        self.capacity = np.concatenate([self.capacity, np.ones(len(cliques), dtype=self._kind)])
        self._sort()

    def _sort(self) -> None:
        order = np.lexsort((self.row, self.column))
        self.row, self.column, self.amount = self.row[order], self.column[order], self.amount[order]
        self.start = np.searchsorted(self.column, np.arange(self.width + 1)).astype(np.int32)

    def priced(self, duals: Floats) -> Pricing | None:
        """What these row prices prove, made whole numbers first; None where they are too large to count
        with."""
        scaled = np.maximum(np.nan_to_num(duals, nan=0.0, posinf=1e300), 0.0) * float(self.scale)
        if self._kind is np.int64 and float(scaled @ self.capacity.astype(np.float64)) >= 2.0**_SAFE_BITS:
            return None
        whole: Ints = np.array([round(dual) for dual in scaled.tolist()], dtype=self._kind)
        costs: Ints = np.zeros(self.width, dtype=self._kind)
        if len(self.row):
            taking = np.flatnonzero(self.start[:-1] < self.start[1:])
            costs[taking] = np.add.reduceat(self.amount * whole[self.row], self.start[:-1][taking])
        slack = int((whole * self.capacity).sum())
        return Pricing(whole, slack, self.prices * self.scale - costs, self.scale)

    def crude_duals(self) -> Floats:
        """Row prices at which no column brings a surplus: what the best bid pays for the whole of each row.

        Every row costs as much as the column that would pay most for it, its price being spread over its
        rows.
        """
        capacity = np.maximum(self.capacity.astype(np.float64), 1.0)
        shares = self.amount.astype(np.float64) / capacity[self.row]
        taken = np.bincount(self.column, weights=shares, minlength=self.width)
        prices = self.prices.astype(np.float64)
        worth = np.divide(prices, taken, out=np.zeros(self.width), where=taken > 0)
        duals = np.zeros(self.height)
        np.maximum.at(duals, self.row, worth[self.column])
        return duals / capacity

    def welfare(self, winners: Sequence[int]) -> int:
        """What these columns are worth together."""
        return sum(self.program.prices[column] for column in winners)


def _scale_of(program: Program) -> tuple[int, type]:
    """How finely row prices are counted, so that rounding them moves a bound by less than one half."""
    fine = sum(program.capacities).bit_length() + 3
    room = _SAFE_BITS - sum(program.prices).bit_length()
    return (2**room, np.int64) if fine <= room else (2 ** (fine + 10), np.object_)
