"""Depth-first search in integers: the last word where floats cannot tell packings apart."""

import time
from collections.abc import Sequence

import msgspec

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program

CHECK_EVERY = 4096
"""How many columns are tried between two looks at the clock."""


class Found(msgspec.Struct, frozen=True):
    """What a search came to: the winners, None if nothing beat what was known, and whether it saw
    everything."""

    winners: tuple[int, ...] | None
    complete: bool


class _OutOfTime(Exception):
    """Unwinds a search at its deadline."""


def first_best(
    program: Program,
    more_than: int,
    deadline: Deadline,
    duals: Sequence[int] | None = None,
    scale: int = 1,
) -> Found:
    """The first packing, in the order of ties, among the best of those worth more than `more_than`.

    `duals` are prices of the rows in units of 1 / `scale`, all >= 0: the better they are, the less is
    searched. The search takes the earliest bids first and only a better packing replaces the one it has, so
    that what it ends with is the first of the best. Exponential in the worst case.

    Source: Sandholm, Algorithm for optimal winner determination in combinatorial auctions, Artificial
    Intelligence 135 (2002), branching on bids; bounded by Lagrangian duality.
    """
    search = _Search(program, more_than, deadline, duals or [0] * len(program.capacities), scale)
    try:
        search.run()
    except _OutOfTime:
        return Found(search.winners, False)
    return Found(search.winners, True)


class _Search:
    """The state of one search: what is chosen, what is left, the best so far."""

    def __init__(
        self, program: Program, more_than: int, deadline: Deadline, duals: Sequence[int], scale: int
    ) -> None:
        self.program, self.deadline, self.duals, self.scale = program, deadline, duals, scale
        self.left = list(program.capacities)
        self.chosen: list[int] = []
        self.best = more_than
        self.winners: tuple[int, ...] | None = None
        self.later = _later_surplus(program, duals, scale)
        self.tried = 0

    def run(self) -> None:
        slack = sum(dual * capacity for dual, capacity in zip(self.duals, self.left, strict=True))
        self._extend(0, 0, slack)

    def _extend(self, first: int, welfare: int, slack: int) -> None:
        """Try every column from `first` on as the next winner; `slack` is what is left, at the duals."""
        prices, columns, scale = self.program.prices, self.program.columns, self.scale
        for column in range(first, len(prices)):
            if welfare * scale + slack + self.later[column] < (self.best + 1) * scale:
                break
            self._look_at_the_clock()
            if all(self.left[row] >= amount for row, amount in columns[column]):
                paid = self._take(column)
                self._extend(column + 1, welfare + prices[column], slack - paid)
                self._give_back(column)
        # Whoever extends this packing by a bid for nothing comes first, so it is looked at last.
        if welfare > self.best:
            self.best, self.winners = welfare, tuple(self.chosen)

    def _take(self, column: int) -> int:
        paid = 0
        for row, amount in self.program.columns[column]:
            self.left[row] -= amount
            paid += self.duals[row] * amount
        self.chosen.append(column)
        return paid

    def _give_back(self, column: int) -> None:
        for row, amount in self.program.columns[column]:
            self.left[row] += amount
        self.chosen.pop()

    def _look_at_the_clock(self) -> None:
        self.tried += 1
        if self.tried % CHECK_EVERY == 0 and time.monotonic() > self.deadline:
            raise _OutOfTime


def _later_surplus(program: Program, duals: Sequence[int], scale: int) -> list[int]:
    """For each column, what it and those after it bring beyond what they take of the rows, at most."""
    later = [0]
    for price, column in zip(reversed(program.prices), reversed(program.columns), strict=True):
        cost = sum(duals[row] * amount for row, amount in column)
        later.append(later[-1] + max(0, price * scale - cost))
    return later[::-1]
