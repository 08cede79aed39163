"""The problem as a packing program: maximise prices x, subject to A x <= capacities, x in {0, 1}.

Every rule of the auction becomes a row: an item that cannot serve all who want it, an agent that may win one
bid, a budget. Whatever searches, bounds or relaxes below sees rows and columns only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from econonexus.solver.problem import Problem

Entry = tuple[int, int]
"""A row, and how much of its capacity a column takes."""


class Program(msgspec.Struct, frozen=True):
    """Maximise the prices of chosen columns; what they take of each row stays within its capacity.

    Columns are bids in file order. Entries are at least 1; one beyond its row's capacity keeps the column
    out.
    """

    prices: tuple[int, ...]
    columns: tuple[tuple[Entry, ...], ...]
    capacities: tuple[int, ...]

    def fits(self, winners: Sequence[int]) -> bool:
        """Whether these columns can win together, by its rows."""
        left = list(self.capacities)
        for column in winners:
            for row, amount in self.columns[column]:
                left[row] -= amount
        return min(left, default=0) >= 0

    def loads(self) -> list[int]:
        """What all columns together would take of each row."""
        loads = [0] * len(self.capacities)
        for entries in self.columns:
            for row, amount in entries:
                loads[row] += amount
        return loads

    def shares(self) -> bool:
        """Whether some row has room for two columns that want it: one for a single unit has not."""
        return any(2 * amount <= self.capacities[row] for entries in self.columns for row, amount in entries)


def program_of(problem: Problem) -> Program:
    """The rows that can bind, and every bid's place in them. O(size of the problem)."""
    rows = [*_items(problem), *_agents(problem), *_budgets(problem)]
    columns: list[list[Entry]] = [[] for _ in problem.prices]
    capacities: list[int] = []
    for capacity, takers in rows:
        if sum([amount for _, amount in takers]) > capacity:
            row = len(capacities)
            for position, amount in takers:
                columns[position].append((row, amount))
            capacities.append(capacity)
    return Program(problem.prices, tuple(tuple(column) for column in columns), tuple(capacities))


def _items(problem: Problem) -> Iterable[tuple[int, Sequence[Entry]]]:
    takers: dict[int, list[Entry]] = defaultdict(list)
    for position, bundle in enumerate(problem.bundles):
        for item, units in bundle:
            takers[item].append((position, units))
    return ((problem.supply[item], takers[item]) for item in sorted(takers))


def _agents(problem: Problem) -> Iterable[tuple[int, Sequence[Entry]]]:
    if not problem.exclusive:
        return ()
    return ((1, [(position, 1) for position in bids]) for bids in _by_agent(problem).values())


def _budgets(problem: Problem) -> Iterable[tuple[int, Sequence[Entry]]]:
    for agent, bids in _by_agent(problem).items():
        budget = problem.budgets[agent]
        if budget is not None:
            priced = [(position, problem.prices[position]) for position in bids if problem.prices[position]]
            yield budget, priced


def _by_agent(problem: Problem) -> dict[int, list[int]]:
    bids: dict[int, list[int]] = defaultdict(list)
    for position, agent in enumerate(problem.agents):
        bids[agent].append(position)
    return bids
