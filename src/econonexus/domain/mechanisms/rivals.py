"""The best that other owners offered in vain: what second price, English and procurement pay by."""

from collections.abc import Sequence

from econonexus.domain.mechanisms.lots import Fill


def best_rivals(lost: Sequence[Fill]) -> tuple[Fill | None, Fill | None]:
    """The best losing bid, and the best one of any other owner than that; `lost` has the best first. O(n).

    These two answer for every owner: whoever owns the first is priced by the second, all others by the first.
    """
    first = lost[0] if lost else None
    for fill in lost:
        if first is not None and fill.bid.owner != first.bid.owner:
            return first, fill
    return first, None


def rival_of(owner: str, rivals: tuple[Fill | None, Fill | None]) -> Fill | None:
    """The best losing bid of another owner than `owner`; O(1)."""
    first, second = rivals
    return second if first is not None and first.bid.owner == owner else first
