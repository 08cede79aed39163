"""Second price for many small auctions at once: one row an auction, one column a bid."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

NO_BID = -1
"""Stands in a row for a bid that is not there."""

NOBODY = -1

_ROWS_AT_ONCE = 384
"""So many auctions of a hundred bids as fit into a core's own cache."""


class Sales(NamedTuple):
    """For each auction the winner's column, or NOBODY, and what it pays."""

    winners: Int64s
    payments: Int64s


def clear_many(prices: Int64s, reserve: Int64s | int = 0, owners: Int64s | None = None) -> Sales:
    """Sell one unit in each auction, as `second_price` would.

    `prices` has the shape (auctions, bids), with NO_BID where a row has fewer bids; earlier columns win ties.
    `reserve`, in [0, 2**63), is one for all or one an auction. `owners` numbers the owner of each bid, in the
    shape of `prices`; without it every bid is another owner's. The inputs are left as they are.

    Source: as `second_price`.
    Complexity: O(auctions x bids), in memory of one block of rows.
    Promises: those of `second_price`, whose results these are, bit by bit.
    """
    auctions, bids = prices.shape
    if not bids:
        return Sales(np.full(auctions, NOBODY), np.zeros(auctions, np.int64))
    winners, highest, payments = (np.empty(auctions, np.int64) for _ in range(3))
    # One block for all rows: fresh memory for each would cost more than the arithmetic.
    scratch = np.empty((min(auctions, _ROWS_AT_ONCE), bids), np.int64)
    first_places = np.arange(len(scratch)) * bids
    for start in range(0, auctions, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        others = scratch[: len(prices[rows])]
        places = first_places[: len(others)]
        np.copyto(others, prices[rows])
        others.argmax(axis=1, out=winners[rows])
        highest[rows] = _strike(others, places + winners[rows], None if owners is None else owners[rows])
        # Twice as fast as `max` along the rows.
        np.maximum.reduceat(others.ravel(), places, out=payments[rows])
    np.maximum(payments, reserve, out=payments)
    unsold = highest < reserve
    winners[unsold] = NOBODY
    payments[unsold] = 0
    return Sales(winners, payments)


def _strike(prices: Int64s, winning: Int64s, owners: Int64s | None) -> Int64s:
    """Take out and return the winning prices; with `owners`, take out all prices of the winning owners."""
    every = prices.ravel()
    highest: Int64s = every.take(winning)
    if owners is None:
        every[winning] = NO_BID
    else:
        np.copyto(prices, NO_BID, where=owners == owners.ravel()[winning][:, None])
    return highest
