"""Splits an auction into parts that share neither an owner nor anything scarce: each is priced alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from econonexus.solver.problem import Problem
from econonexus.solver.program import program_of


class Groups:
    """Things that belong together, by union and find."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, thing: int) -> int:
        """The one that stands for the group of `thing`."""
        while self._parent[thing] != thing:
            self._parent[thing] = self._parent[self._parent[thing]]
            thing = self._parent[thing]
        return thing

    def join(self, things: Iterable[int]) -> None:
        """Make one group of the groups of all `things`; the least of them stands for it."""
        roots = sorted({self.find(thing) for thing in things})
        for root in roots[1:]:
            self._parent[root] = roots[0]


def components_of(problem: Problem) -> list[tuple[int, ...]]:
    """The positions of the bids of each part, ascending; parts in the order of their first bids.

    What a coalition of owners can get is the sum of what it can get in each part, so VCG payments, the core
    and its point nearest to anything are those of the parts side by side. O(size of the problem).
    """
    groups = Groups(len(problem.prices))
    together: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position, column in enumerate(program_of(problem).columns):
        together["owner", problem.owners[position]].append(position)
        for row, _ in column:
            together["row", row].append(position)
    for bids in together.values():
        groups.join(bids)
    parts: dict[int, list[int]] = defaultdict(list)
    for position in range(len(problem.prices)):
        parts[groups.find(position)].append(position)
    return [tuple(part) for part in parts.values()]


def part_of(problem: Problem, positions: Sequence[int]) -> Problem:
    """The same auction with these bids alone."""
    return msgspec.structs.replace(
        problem,
        prices=tuple(problem.prices[position] for position in positions),
        bundles=tuple(problem.bundles[position] for position in positions),
        agents=tuple(problem.agents[position] for position in positions),
        owners=tuple(problem.owners[position] for position in positions),
        floors=tuple(problem.floors[position] for position in positions),
    )
