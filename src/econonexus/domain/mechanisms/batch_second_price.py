"""Second price for many small auctions at once: one row an auction, one column a bid."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

NO_BID = -1
"""Stands in a row for a bid that is not there."""

NOBODY = -1

_ROWS_AT_ONCE = 512
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
    winners = np.zeros(auctions, np.int64)
    highest = np.full(auctions, NO_BID, np.int64)
    rivals = np.full(auctions, NO_BID, np.int64)
    # One block for all rows: fresh memory for each would cost more than the arithmetic.
    scratch = np.empty((min(auctions, _ROWS_AT_ONCE), bids), np.int64)
    for start in range(0, auctions if bids else 0, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        others = scratch[: len(prices[rows])]
        np.copyto(others, prices[rows])
        np.argmax(others, axis=1, out=winners[rows])
        first_places = np.arange(len(others)) * bids
        highest[rows] = _strike(
            others, first_places + winners[rows], None if owners is None else owners[rows]
        )
        # Twice as fast as `max` along the rows.
        np.maximum.reduceat(others.ravel(), first_places, out=rivals[rows])
    sold = highest >= reserve
    return Sales(np.where(sold, winners, NOBODY), np.where(sold, np.maximum(rivals, reserve), 0))


def _strike(prices: Int64s, winning: Int64s, owners: Int64s | None) -> Int64s:
    """Take out and return the winning prices; with `owners`, take out all prices of the winning owners."""
    highest: Int64s = prices.ravel()[winning]
    if owners is None:
        prices.ravel()[winning] = NO_BID
    else:
        np.copyto(prices, NO_BID, where=owners == owners.ravel()[winning][:, None])
    return highest
