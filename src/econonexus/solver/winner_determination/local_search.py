"""Tabu search with kicks on the conflict graph: good packings fast, and no proofs.

Source: Glover, Tabu search, ORSA Journal on Computing 1 (1989); kicks as in Lourenço, Martin and Stützle,
Iterated local search, in Handbook of Metaheuristics (2003).
"""

import time

import numpy as np

from econonexus.solver.problem import Deadline
from econonexus.solver.winner_determination.tableau import Flags, Floats, Tableau

TENURE = 4
"""For how many moves a column that had to leave stays out, at least; at most twice as many."""
PATIENCE = 12
"""After how many moves without progress the search is kicked."""
_CLOCK_EVERY = 32
_NEVER = -1e300


class LocalSearch:
    """A search that goes on from where it stopped. `best` is the best packing, worth `record`.

    A move adds the column that gains most after whatever conflicts with it has left. Rows that bind only for
    three columns or more count by the relaxation's prices, and are obeyed by dropping what is worth least.
    """

    def __init__(self, tableau: Tableau, conflicts: Flags, duals: Floats, start: list[int]) -> None:
        self._prices = tableau.prices.astype(np.float64)
        self._conflicts = conflicts
        self._burdens = conflicts * self._prices[:, None]
        self._loads, self._row_prices = _loose_rows(tableau, duals)
        self._dice = np.random.default_rng(1)
        self._free_from = np.zeros(tableau.width, dtype=np.int64)
        self._move = 0
        self.best = np.zeros(tableau.width, dtype=np.bool_)
        self.best[start] = True
        self.record = 0.0
        self._return()
        self.record = self._welfare

    def _return(self) -> None:
        """Go on from the best packing."""
        self._inside = self.best.copy()
        self._burden = self._burdens[self._inside].sum(axis=0)
        self._load = self._loads[self._inside].sum(axis=0)
        self._welfare = float(self._prices[self._inside].sum())
        self._local, self._stale = self._welfare, 0

    def run(self, until: Deadline) -> bool:
        """Search until then; whether a better packing came of it."""
        before = self.record
        while self._move % _CLOCK_EVERY or time.monotonic() < until:
            self._move += 1
            if self._stale > PATIENCE:
                self._kick()
            else:
                self._step()
        return self.record > before

    def _step(self) -> None:
        gains = self._prices - self._burden
        if len(self._load):
            gains -= np.maximum(self._loads + self._load - 1.0, 0.0) @ self._row_prices
        gains[self._inside | (self._free_from > self._move)] = _NEVER
        column = int(gains.argmax())
        self._stale += 1
        if gains[column] == _NEVER:
            return
        self._add(column)
        if self._welfare > self._local:
            self._local, self._stale = self._welfare, 0
        if self._welfare > self.record:
            self.record = self._welfare
            self.best = self._inside.copy()

    def _kick(self) -> None:
        """Force a column in, from the best packing or from this one."""
        if self._dice.random() < 0.5:
            self._return()
        able = np.flatnonzero(~self._inside)
        if len(able):
            self._add(int(self._dice.choice(able)))
        self._local, self._stale = self._welfare, 0

    def _add(self, column: int) -> None:
        for other in np.flatnonzero(self._conflicts[column] & self._inside):
            self._drop(int(other))
        self._enter(column, 1.0)
        while len(self._load) and self._load.max() > 1.0 + 1e-12:
            self._drop(self._least_worthy(int(self._load.argmax()), column))

    def _least_worthy(self, row: int, kept: int) -> int:
        members = np.flatnonzero(self._inside & (self._loads[:, row] > 0))
        members = members[members != kept]
        loads, prices = self._loads[members, row], self._prices[members]
        enough = loads >= self._load[row] - 1.0 - 1e-12
        # The cheapest that makes room alone; where none does, the one that pays least for its room.
        if enough.any():
            return int(members[np.where(enough, prices, np.inf).argmin()])
        return int(members[(prices / loads).argmin()])

    def _drop(self, column: int) -> None:
        self._enter(column, -1.0)
        self._free_from[column] = self._move + TENURE + int(self._dice.integers(TENURE))

    def _enter(self, column: int, sign: float) -> None:
        self._inside[column] = sign > 0
        self._welfare += sign * self._prices[column]
        self._burden += sign * self._burdens[column]
        if len(self._load):
            self._load += sign * self._loads[column]


def _loose_rows(tableau: Tableau, duals: Floats) -> tuple[Floats, Floats]:
    """The rows that some columns can share, as shares of their capacity, and what all of each costs."""
    shareable = np.zeros(tableau.height, dtype=np.bool_)
    shareable[tableau.row[2 * tableau.amount <= tableau.capacity[tableau.row]]] = True
    rows = np.flatnonzero(shareable)
    place = np.full(tableau.height, -1)
    place[rows] = np.arange(len(rows))
    here = shareable[tableau.row]
    capacity = tableau.capacity.astype(np.float64)
    loads = np.zeros((tableau.width, len(rows)))
    loads[tableau.column[here], place[tableau.row[here]]] = (
        tableau.amount[here].astype(np.float64) / capacity[tableau.row[here]]
    )
    return loads, (duals * capacity)[rows]
