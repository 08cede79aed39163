"""First come, first served."""

from collections.abc import Sequence

from econonexus.domain.mechanisms.fair_share.claims import Claim, check


def allocate(capacity: int, claims: Sequence[Claim]) -> list[int]:
    """What each claim gets, in their sequence: all it wants while there is any, the one at the margin a part.

    Complexity: O(n).
    Promises: nothing is left while somebody wants it; no later claim takes anything from an earlier one.
    Raises: ValueError as `claims.check`.
    """
    check(capacity, claims)
    shares = []
    for claim in claims:
        shares.append(min(claim.units, capacity))
        capacity -= shares[-1]
    return shares
