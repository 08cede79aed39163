"""Which columns can never win together."""

import numpy as np

from econonexus.solver.winner_determination.tableau import Flags, Tableau


def conflicts_of(tableau: Tableau) -> Flags:
    """A symmetric matrix: whether two columns together exceed some row. O(columns² x rows) at most.

    Rows that only bind for three columns or more leave no trace here.
    """
    width = tableau.width
    exclusive = np.zeros((width, tableau.height), dtype=np.float32)
    # Columns that take more than half of a row cannot share it.
    alone = 2 * tableau.amount > tableau.capacity[tableau.row]
    exclusive[tableau.column[alone], tableau.row[alone]] = 1
    found = (exclusive @ exclusive.T) > 0
    for row in np.unique(tableau.row[~alone]):
        here = tableau.row == row
        columns, amounts = tableau.column[here], tableau.amount[here]
        found[np.ix_(columns, columns)] |= amounts[:, None] + amounts[None, :] > tableau.capacity[row]
    np.fill_diagonal(found, False)
    return found
