"""The higher priority first; among equals, who came first."""

from collections.abc import Sequence

from econonexus.domain.mechanisms.fair_share import first_come
from econonexus.domain.mechanisms.fair_share.claims import Claim


def allocate(capacity: int, claims: Sequence[Claim]) -> list[int]:
    """What each claim gets, in their sequence. Low priorities may get nothing for ever: that is the rule.

    Complexity: O(n log n).
    Promises: nothing is left while somebody wants it; no claim takes anything from one of a higher priority.
    Raises: ValueError as `claims.check`.
    """
    turns = sorted(range(len(claims)), key=lambda i: -claims[i].priority)
    served = first_come.allocate(capacity, [claims[i] for i in turns])
    shares = [0] * len(claims)
    for i, units in zip(turns, served, strict=True):
        shares[i] = units
    return shares
