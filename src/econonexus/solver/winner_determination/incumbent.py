"""The best packing known so far, and which of equally good ones comes first."""

from collections.abc import Callable, Sequence

import numpy as np

from econonexus.solver.program import Program
from econonexus.solver.winner_determination.tableau import Flags


class Incumbent:
    """Columns that fit together, exactly, and what they are worth. Only a better packing replaces them, or
    one worth as much that comes first: the one that has the bid where the two differ first.
    """

    def __init__(self, program: Program, on_better: Callable[[], None]) -> None:
        self._program, self._on_better = program, on_better
        self.winners: list[int] = []
        self.welfare = 0
        self.inside: Flags = np.zeros(len(program.prices), dtype=np.bool_)

    def offer(self, winners: Sequence[int]) -> None:
        """Take these columns, which fit together, if they are better."""
        welfare = sum(self._program.prices[column] for column in winners)
        inside = np.zeros(len(self.inside), dtype=np.bool_)
        inside[list(winners)] = True
        if welfare > self.welfare or (welfare == self.welfare and self.follows(inside)):
            self.winners, self.welfare, self.inside = sorted(winners), welfare, inside
            self._on_better()

    def follows(self, allowed: Flags) -> bool:
        """Whether some packing of the allowed columns might come before this one at a tie."""
        different = allowed != self.inside
        return bool(different.any() and allowed[different.argmax()])
