"""The core of a component: the columns whose conflicts are known, where local search and cliques look.

Source: Balas and Zemel, An algorithm for large zero-one knapsack problems, Operations Research 28 (1980), for
solving on the columns that relaxation prices leave undecided.
"""

import numpy as np
from numpy.typing import NDArray

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.clique_cuts import violated_cliques
from econonexus.solver.winner_determination.conflicts import conflicts_of
from econonexus.solver.winner_determination.greedy import completed
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.local_search import LocalSearch
from econonexus.solver.winner_determination.tableau import Floats, Tableau

MOST_COLUMNS = 5_000
"""How many columns, the ones that row prices like best, are told apart by their conflicts."""


class Core:
    """The best columns by their surplus at these row prices, and the incumbent's."""

    def __init__(self, program: Program, duals: Floats, surplus: Floats, incumbent: Incumbent) -> None:
        self._program, self._duals, self._surplus = program, duals, surplus
        liking = np.where(incumbent.inside, np.inf, surplus)
        self._columns = np.sort(np.argsort(-liking, kind="stable")[:MOST_COLUMNS])
        self._small = Tableau(
            Program(
                tuple(program.prices[column] for column in self._columns),
                tuple(program.columns[column] for column in self._columns),
                program.capacities,
            )
        )
        self._conflicts = conflicts_of(self._small)
        self._local: LocalSearch | None = None

    def search(self, until: Deadline, incumbent: Incumbent) -> None:
        """Look for better packings until then, at first from the incumbent."""
        if self._local is None:
            start = np.flatnonzero(incumbent.inside[self._columns]).tolist()
            self._local = LocalSearch(self._small, self._conflicts, self._duals, start)
        if self._local.run(until):
            inside = np.zeros(len(self._surplus), dtype=np.bool_)
            inside[self._columns[self._local.best]] = True
            incumbent.offer(completed(self._program, inside, self._surplus))

    def cliques(self, shares: Floats) -> list[NDArray[np.int32]]:
        """Violated cliques, as columns of the whole program."""
        found = violated_cliques(self._conflicts, shares[self._columns])
        return [self._columns[clique].astype(np.int32) for clique in found]
