"""A bundle auction of any distribution and size from a seed, and the file that `clear` takes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from econonexus.benchmark.bundles import (
    arbitrary,
    decay,
    matching,
    paths,
    regions,
    scheduling,
    weighted_random,
)
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import Scene, Unsuitable
from econonexus.benchmark.bundles.undominated import Kept, gather

FAMILIES: dict[str, Callable[[Dice, int], Scene]] = {
    "paths": paths.draw,
    "regions": regions.draw,
    "matching": matching.draw,
    "scheduling": scheduling.draw,
    "arbitrary": arbitrary.draw,
    "L2": weighted_random.draw,
    "L4": decay.draw,
}
MOST_BIDS = 100_000
MOST_ITEMS = 4_096


class BundleAuction(NamedTuple):
    """One item each of `items`, and bids that no other bid makes pointless."""

    items: Sequence[str]
    bids: Sequence[Kept]


def draw_auction(family: str, bids: int, items: int, seed: int) -> BundleAuction:
    """Draw an auction: the same four arguments, the same auction for ever. O(bids²). Raises: Unsuitable."""
    for name, size, most in (("bids", bids, MOST_BIDS), ("items", items, MOST_ITEMS)):
        if not 1 <= size <= most:
            raise Unsuitable(f"{name}: {size} is not between 1 and {most:,}")
    scene = FAMILIES[family](Dice(f"{family} {items} {seed}"), items)
    return BundleAuction(scene.items, gather(scene.bidders, bids))


def auction_file(auction: BundleAuction, payment: str) -> dict[str, object]:
    """What `econonexus clear` takes: XOR bids, where every bidder is an agent of its own."""
    return {
        "mechanism": "combinatorial",
        "payment": payment,
        "bidding": "xor",
        "supply": dict.fromkeys(auction.items, 1),
        "bids": [
            {
                "id": f"b{place + 1}",
                "agent": f"a{kept.bidder + 1}",
                "items": {auction.items[item]: 1 for item in kept.offer.items},
                "price": kept.offer.price,
            }
            for place, kept in enumerate(auction.bids)
        ],
    }
