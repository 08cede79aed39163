"""Proximity in space: plots of land on a grid; bidders want plots that touch.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, section 4.2 and its figures of the graph and of the
routine that adds an item to a bundle, with its default parameters. Where the text leaves room: the grid's
first rows are full and the last may not be; two plots touch if either picked the other; a diagonal that
would cross another is not drawn; a region with nothing beside it jumps.
"""

import math
from collections.abc import Sequence

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.growing import Grow, bidders
from econonexus.benchmark.bundles.scene import Scene

THREE_PPM = 1_000_000
ADDITIONAL_NEIGHBOUR_PPM = 200_000
JUMP_PPM = 50_000

STRAIGHT = ((0, 1), (0, -1), (1, 0), (-1, 0))
DIAGONAL = ((1, 1), (1, -1), (-1, 1), (-1, -1))

Point = tuple[int, int]
Edge = tuple[Point, Point]
"""The end that comes first in reading order, and the other."""


def draw(dice: Dice, items: int) -> Scene:
    """A grid of plots named by row and column; each bidder wants a region of it."""
    side = math.isqrt(items - 1) + 1
    plots = [divmod(item, side) for item in range(items)]
    names = [f"plot-{row + 1}-{column + 1}" for row, column in plots]
    return Scene(names, bidders(dice, items, _grower(dice, _touching(dice, plots))))


def _touching(dice: Dice, plots: Sequence[Point]) -> list[list[int]]:
    """For each plot those that touch it."""
    places = {plot: place for place, plot in enumerate(plots)}
    edges: dict[Edge, None] = {}
    for plot in plots:
        straight = [beside for beside in _around(plot, STRAIGHT) if beside in places]
        if len(straight) == 4 and dice.chance(THREE_PPM):
            del straight[dice.below(4)]
        edges.update(dict.fromkeys(_edge(plot, beside) for beside in straight))
        _add_diagonals(dice, plot, [corner for corner in _around(plot, DIAGONAL) if corner in places], edges)
    beside: list[list[int]] = [[] for _ in plots]
    for one, other in edges:
        beside[places[one]].append(places[other])
        beside[places[other]].append(places[one])
    return beside


def _add_diagonals(dice: Dice, plot: Point, corners: Sequence[Point], edges: dict[Edge, None]) -> None:
    while corners and dice.chance(ADDITIONAL_NEIGHBOUR_PPM):
        corner = corners[dice.below(len(corners))]
        if _edge((plot[0], corner[1]), (corner[0], plot[1])) not in edges:
            edges[_edge(plot, corner)] = None


def _edge(one: Point, other: Point) -> Edge:
    return (one, other) if one < other else (other, one)


def _around(plot: Point, steps: Sequence[Point]) -> list[Point]:
    return [(plot[0] + down, plot[1] + right) for down, right in steps]


def _grower(dice: Dice, beside: Sequence[Sequence[int]]) -> Grow:
    def grow(bundle: list[int], appeal: Sequence[int]) -> int:
        """A plot beside the region, the likelier the more it appeals and touches; or any other, by a jump."""
        taken = set(bundle)
        weights: dict[int, int] = {}
        for plot in bundle:
            for other in beside[plot]:
                if other not in taken and appeal[other]:
                    weights[other] = weights.get(other, 0) + appeal[other]
        if dice.chance(JUMP_PPM) or not weights:
            free = [plot for plot in range(len(beside)) if plot not in taken]
            return free[dice.below(len(free))]
        near = sorted(weights)
        return near[dice.weighted([weights[plot] for plot in near])]

    return grow
