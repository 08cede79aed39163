"""How much money to issue at the end of a period, and to whom.

Source: Kash, Friedman and Halpern, "Optimizing scrip systems: efficiency, crashes, hoarders, and altruists",
    ACM EC 2007: with too little money for each agent trade dries up, with too much nobody needs to earn any
    (the crash), and what hoarders keep is missing in circulation.
"""

from collections.abc import Sequence

import msgspec

from econonexus.domain.mechanisms.fair_share.claims import Claim
from econonexus.domain.mechanisms.fair_share.max_min import allocate
from econonexus.domain.money import split


class Issue(msgspec.Struct, frozen=True):
    """What is issued: of what was burned, and beyond."""

    recycled: int
    issued: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.recycled + self.issued


def due(recyclable: int, supply: int, target: int | None) -> Issue:
    """What is to be issued: what may be recycled; with a target, so much that the supply meets it.

    Above the target nothing is issued: supply falls as money is spent, and nothing is taken from anybody.
    """
    if target is None:
        return Issue(recyclable, 0)
    missing = max(0, target - supply)
    return Issue(min(recyclable, missing), max(0, missing - recyclable))


def shares(total: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Divide `total` by weight, nobody beyond its room: what one has no room for, the others get.

    The largest remainders get the odd units, the earlier first. What nobody has room for is not given.
    Complexity: O(n log n).
    """
    if weights and min(rooms) >= total:
        return list[int](split(total, weights))  # Nobody is in anybody's way, as where there is no cap.
    claims = [Claim("", room, weight) for room, weight in zip(rooms, weights, strict=True)]
    return allocate(total, claims)
