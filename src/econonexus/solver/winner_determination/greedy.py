"""Filling a packing in a given order, exactly."""

from collections.abc import Iterable

import numpy as np

from econonexus.solver.program import Program
from econonexus.solver.winner_determination.tableau import Flags, Floats


def filled(program: Program, order: Iterable[int]) -> list[int]:
    """The columns that still fit when their turn comes, ascending. O(entries)."""
    left = list(program.capacities)
    chosen = []
    for column in order:
        entries = program.columns[column]
        for row, amount in entries:
            if left[row] < amount:
                break
        else:
            for row, amount in entries:
                left[row] -= amount
            chosen.append(column)
    return sorted(chosen)


def by_relaxation(shares: Floats, surplus: Floats) -> list[int]:
    """The columns by how much of each the relaxation takes, then by what they bring beyond its row prices."""
    return [int(column) for column in np.lexsort((-surplus, -shares))]


def completed(program: Program, inside: Flags, surplus: Floats) -> list[int]:
    """The chosen columns as far as they fit, and whatever fits beside them."""
    return filled(program, np.lexsort((-surplus, ~inside)).tolist())
