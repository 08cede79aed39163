"""Linear equations in integers, solved without a fraction until the end."""

from collections.abc import Sequence


def solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> tuple[list[int], int]:
    """Numerators and the one denominator > 0 of x where `matrix` x = `right`.

    The matrix is symmetric and positive definite, so its leading minors, which are the pivots, are positive.

    Source: Bareiss, Sylvester's identity and multistep integer-preserving Gaussian elimination, Mathematics
        of Computation 22 (1968).
    Complexity: O(n³) products of integers no longer than the matrix's minors.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    divisor = 1
    for step, pivot in enumerate(rows):
        for row in rows[step + 1 :]:
            factor = row[step]
            for place in range(step, len(pivot)):
                row[place] = (row[place] * pivot[step] - factor * pivot[place]) // divisor
        divisor = pivot[step]
    return _substitute_back(rows, divisor), divisor


def _substitute_back(rows: Sequence[Sequence[int]], denominator: int) -> list[int]:
    """By Cramer's rule every unknown is a whole number of parts of the last pivot, the determinant."""
    found = [0] * len(rows)
    for place in reversed(range(len(rows))):
        row = rows[place]
        known = sum(row[later] * found[later] for later in range(place + 1, len(rows)))
        found[place] = (row[-1] * denominator - known) // row[place]
    return found
