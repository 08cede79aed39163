"""Max-min fairness: nobody gets more while somebody who has less, by weight, still wants.

Source: Bertsekas and Gallager, Data Networks, 2nd ed. (1992), section 6.5.2; in whole units by largest
    remainders (see `money.split`).
"""

from collections.abc import Callable, Sequence

import msgspec

from econonexus.domain.mechanisms.fair_share.claims import Claim, check
from econonexus.domain.money import Ppm, share_of, split

RESERVED = Ppm(200_000)
"""The share of a market's capacity that is given max-min fairly before the market opens, unless told."""


class Reserved(msgspec.Struct, frozen=True):
    """What each claim gets of the reserve, and what is left of the capacity for the market."""

    shares: list[int]
    for_market: int


def allocate(capacity: int, claims: Sequence[Claim]) -> list[int]:
    """What each claim gets, in their sequence, in proportion to the weights of those it cannot satisfy.

    Complexity: O(n log n).
    Promises: nothing is left while somebody wants it; each share is less than one unit from the max-min fair
        one in real numbers; claiming more than one wants gains nothing; equal claims differ by at most a
        unit, and then the earlier has it.
    Raises: ValueError as `claims.check`.
    """
    check(capacity, claims)
    shares = [claim.units for claim in claims]
    weight = sum(claim.weight for claim in claims)
    # The modest first: who wants less than its weight's part of what is left, gets it and leaves the rest
    # more.
    modest = sorted(range(len(claims)), key=_by_greed(claims))
    for position, i in enumerate(modest):
        claim = claims[i]
        if claim.units * weight > capacity * claim.weight:
            greedy = sorted(modest[position:])
            for j, units in zip(greedy, split(capacity, [claims[j].weight for j in greedy]), strict=True):
                shares[j] = units
            break
        capacity -= claim.units
        weight -= claim.weight
    return shares


def _by_greed(claims: Sequence[Claim]) -> Callable[[int], int]:
    """What sorts claims by units per weight, exactly.

    Two different ratios are at least 1 / weight**2 apart, so that so many binary places tell them apart.
    """
    places = 2 * max((claim.weight for claim in claims), default=1).bit_length()
    return lambda i: (claims[i].units << places) // claims[i].weight


def reserve(capacity: int, claims: Sequence[Claim], share: Ppm = RESERVED) -> Reserved:
    """Give `share` of the capacity max-min fairly; what is not claimed of it is for the market, too.

    Complexity: O(n log n).
    Promises: with n claims of equal weight each gets at least all it wants or its n-th part of the reserve,
        rounded down, whatever the others bid.
    Raises: ValueError as `claims.check`, or where `share` is not in [0, 1,000,000].
    """
    if not 0 <= share <= 1_000_000:
        raise ValueError(f"share must be in [0, 1,000,000] ppm, not {share}")
    check(capacity, claims)
    shares = allocate(share_of(capacity, share), claims)
    return Reserved(shares, capacity - sum(shares))
