"""Taking in bidders until there are enough bids that no other bid makes pointless.

Source: Leyton-Brown and Shoham 2006, section 18.2: the suite counts bids that are not dominated. A bid is
dominated by another on a part of its bundle at no lower price, if whoever takes it may as well take the
other: both are of one bidder, or the other is its bidder's only bid. (In the papers' files such bids share
their dummy item, or have none.)
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from econonexus.benchmark.bundles.scene import Offer, Unsuitable

PATIENCE = 10_000
"""How many bidders in a row may add nothing before we say that there is nothing to add."""


class Kept(NamedTuple):
    """An offer that stands."""

    bidder: int
    offer: Offer
    mask: int
    """The bundle, one bit an item."""
    alone: bool
    """Its bidder made no other."""


def gather(bidders: Iterable[Sequence[Offer]], wanted: int) -> list[Kept]:
    """Exactly `wanted` undominated offers; the last bidder's are cut. O(wanted²). Raises: Unsuitable."""
    kept: list[Kept] = []
    idle = 0
    for number, offers in enumerate(bidders):
        before = len(kept)
        kept = admit(kept, number, offers)
        idle = 0 if len(kept) > before else idle + 1
        if len(kept) >= wanted:
            return kept[:wanted]
        if idle == PATIENCE:
            break
    raise Unsuitable(f"bids: only {len(kept)} that no other bid makes pointless came up; ask for fewer")


def admit(kept: list[Kept], bidder: int, offers: Sequence[Offer]) -> list[Kept]:
    """What stands once a bidder has come, in order of coming. O(offers there are)."""
    own = _undominated([(offer, _mask(offer)) for offer in offers])
    alone = len(own) == 1
    rivals = [entry for entry in kept if entry.alone]
    fresh = [
        Kept(bidder, offer, mask, alone)
        for offer, mask in own
        if not any(_dominates(rival.offer, rival.mask, offer, mask) for rival in rivals)
    ]
    if alone and fresh:
        [new] = fresh
        kept = [old for old in kept if not _dominates(new.offer, new.mask, old.offer, old.mask)]
    return kept + fresh


def _undominated(offers: list[tuple[Offer, int]]) -> list[tuple[Offer, int]]:
    """One bidder's offers less the dominated; of equal ones the first stays."""
    standing: list[tuple[Offer, int]] = []
    for offer, mask in offers:
        if any(_dominates(other, others, offer, mask) for other, others in standing):
            continue
        standing = [(o, m) for o, m in standing if not _dominates(offer, mask, o, m)]
        standing.append((offer, mask))
    return standing


def _dominates(one: Offer, one_mask: int, other: Offer, other_mask: int) -> bool:
    return one.price >= other.price and one_mask & other_mask == one_mask


def _mask(offer: Offer) -> int:
    return sum(1 << item for item in offer.items)
