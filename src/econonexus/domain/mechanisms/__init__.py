"""Auction and market mathematics: what was bid goes in, who gets what at which price comes out.

Imports only `money`, `ids`, numpy and the standard library's arithmetic; knows no account, no time and no
chance. How it is laid out:

- One rule a file, named as in `econonexus clear`. A rule of one shot is `clear(auction, ...) -> Outcome`;
  one that lives on (`order_book`, `posted_price`) is `(state, input) -> (state, result)`.
- Allocation apart from payment: `ranking` and `crossing` decide who gets what, a rule's own file what it
  costs.
- Every docstring names its Source, its Complexity and its Promises; `certificate` checks the promises with
  code of its own, `probe` looks for lies that pay.
- Money and units are exact integers of any size up to `MAX_AMOUNT`; sums may be larger. A rule that yields
  fractions rounds so that its promises still hold. Rates (`k`, quality) are exact fractions.
- Bids come in the order in which they were accepted, and ties go to the earlier one. "Another bidder" is
  another *owner* everywhere; a price that is one for all is set by whoever is at the margin.
- `batch_*` are numpy kernels for many or huge auctions, bit-identical to the rule whose name they carry.
"""
