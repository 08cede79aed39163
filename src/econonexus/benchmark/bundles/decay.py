"""L4, decay: one item, and another as long as the dice say so; worth up to one unit an item.

Source: Sandholm, "An algorithm for optimal winner determination in combinatorial auctions", IJCAI 1999,
section 7, with α = 0.55; L4 in Leyton-Brown, Pearson and Shoham, EC 2000, section 4.6. Where the text
leaves room: a price of 0 is no bid, so prices begin at a millionth.
"""

from collections.abc import Iterator

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene

ALPHA_PPM = 550_000


def draw(dice: Dice, items: int) -> Scene:
    """Items without names of their own, and bidders of one bid each."""
    return Scene([f"item-{item + 1}" for item in range(items)], _bidders(dice, items))


def _bidders(dice: Dice, items: int) -> Iterator[list[Offer]]:
    while True:
        size = 1
        while size < items and dice.chance(ALPHA_PPM):
            size += 1
        yield [Offer(tuple(sorted(dice.sample(size, items))), dice.between(1, size * MICRO))]
