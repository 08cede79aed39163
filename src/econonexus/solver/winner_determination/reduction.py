"""Making the program smaller without losing any packing that could be the answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from econonexus.solver.program import Program

MOST_COMPARED = 6_000
"""Columns beyond which dominated ones are not looked for: comparing takes their number squared."""


def undominated(program: Program) -> list[int]:
    """The columns that no other makes useless, in order.

    One is useless if another takes no more of any row, is worth more, or as much and earlier, and the two
    never win together: in any packing it can give way to the other. O(columns² x rows / word) and less.
    """
    usable = [column for column, entries in enumerate(program.columns) if _fits_alone(program, entries)]
    if len(usable) > MOST_COMPARED:
        return usable
    rows = np.zeros((len(usable), len(program.capacities)), dtype=np.float32)
    for place, column in enumerate(usable):
        rows[place, [row for row, _ in program.columns[column]]] = 1
    shared = rows @ rows.T
    sizes = rows.sum(axis=1)
    # Whose rows are all among another's; the other may be the worse one.
    better, worse = np.nonzero(shared == sizes[:, None])
    useless = {
        usable[w]
        for b, w in zip(better.tolist(), worse.tolist(), strict=True)
        if b != w and _dominates(program, usable[b], usable[w])
    }
    return [column for column in usable if column not in useless]


def _fits_alone(program: Program, entries: Iterable[tuple[int, int]]) -> bool:
    return all(amount <= program.capacities[row] for row, amount in entries)


def _dominates(program: Program, better: int, worse: int) -> bool:
    value, other = program.prices[better], program.prices[worse]
    if value < other or (value == other and better > worse):
        return False
    takes = dict(program.columns[worse])
    if any(amount > takes[row] for row, amount in program.columns[better]):
        return False
    return any(amount + takes[row] > program.capacities[row] for row, amount in program.columns[better])


def components(program: Program, columns: Sequence[int]) -> Iterator[list[int]]:
    """The columns in groups that share no row, the smallest group first."""
    root = _roots(program, columns)
    groups: dict[int, list[int]] = {}
    for column in columns:
        entries = program.columns[column]
        # A column without rows is a group of its own.
        groups.setdefault(root(entries[0][0]) if entries else -1 - column, []).append(column)
    yield from sorted(groups.values(), key=len)


def _roots(program: Program, columns: Sequence[int]) -> Callable[[int], int]:
    """What stands for the group of a row: rows that a column takes are of one group."""
    parent = list(range(len(program.capacities)))
    apart = len(parent)

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for column in columns:
        # One dense bundle may join nearly all; the rest need not be looked at.
        if apart == 1:
            break
        entries = program.columns[column]
        for row, _ in entries[1:]:
            one, other = root(row), root(entries[0][0])
            if one != other:
                parent[one] = other
                apart -= 1
    return root


def restricted(program: Program, columns: Sequence[int]) -> Program:
    """The program of these columns alone, with the rows that can still bind."""
    if len(columns) == len(program.prices):
        return program
    load: dict[int, int] = {}
    for column in columns:
        for row, amount in program.columns[column]:
            load[row] = load.get(row, 0) + amount
    binding = [row for row in sorted(load) if load[row] > program.capacities[row]]
    place = {row: number for number, row in enumerate(binding)}
    return Program(
        tuple(program.prices[column] for column in columns),
        tuple(
            tuple((place[row], amount) for row, amount in program.columns[column] if row in place)
            for column in columns
        ),
        tuple(program.capacities[row] for row in binding),
    )
