"""Arbitrary relationships: any two items may belong together, the dice say how much.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, section 4.3 and its figures, with its default parameters:
the bidders of regions on a complete graph whose edges have weights in [0, 1]; an item joins a bundle the
likelier, the more it appeals and the heavier its edges into the bundle. Where the text leaves room: weights
are millionths.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.growing import Grow, bidders
from econonexus.benchmark.bundles.scene import MICRO, Scene


def draw(dice: Dice, items: int) -> Scene:
    """Items without names of their own; each bidder wants some that belong together."""
    ties = np.zeros((items, items), dtype=np.int64)
    for item in range(items):
        for other in range(item):
            ties[item, other] = ties[other, item] = dice.between(0, MICRO)
    names = [f"item-{item + 1}" for item in range(items)]
    return Scene(names, bidders(dice, items, _grower(dice, ties)))


def _grower(dice: Dice, ties: NDArray[np.int64]) -> Grow:
    def grow(bundle: list[int], appeal: Sequence[int]) -> int:
        # 2^12 items in a bundle, ties of 2^20, appeals of 2^10, 2^12 items: never more than 2^54.
        pull = ties[bundle].sum(axis=0) * np.array(appeal, dtype=np.int64)
        pull[bundle] = 0
        upto = np.cumsum(pull)
        if upto[-1] == 0:
            free = [item for item in range(len(appeal)) if item not in bundle]
            return free[dice.below(len(free))]
        return int(np.searchsorted(upto, dice.below(int(upto[-1])), side="right"))

    return grow
