"""L2, weighted random: bundles of any size, each as likely, worth up to one unit an item.

Source: Sandholm, "An algorithm for optimal winner determination in combinatorial auctions", IJCAI 1999,
section 7; L2 in Leyton-Brown, Pearson and Shoham, EC 2000, section 4.6 (uniform bundle size, linear random
price between 0 and 1 an item). Where the text leaves room: a price of 0 is no bid, so prices begin at a
millionth.
"""

from collections.abc import Iterator

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene


def draw(dice: Dice, items: int) -> Scene:
    """Items without names of their own, and bidders of one bid each."""
    return Scene([f"item-{item + 1}" for item in range(items)], _bidders(dice, items))


def _bidders(dice: Dice, items: int) -> Iterator[list[Offer]]:
    while True:
        bundle = dice.sample(dice.between(1, items), items)
        yield [Offer(tuple(sorted(bundle)), dice.between(1, len(bundle) * MICRO))]
