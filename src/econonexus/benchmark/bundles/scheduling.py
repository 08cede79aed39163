"""Temporal scheduling: jobs that need slots of one machine in a row, and are worth less after a deadline.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, section 4.5 and its figure of the bid generation, with
its default parameters. A job of length l is worth dev·l^1.2 up to its first deadline d₁, and d₁/d of that
up to any later deadline d. Where the text leaves room: a job is never longer than there are slots, and a
bidder whose deadline is the last slot has no further one.
"""

from collections.abc import Iterator

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene, complementarity

MAX_LENGTH = 10
DEVIATION_PPM = 500_000
ADDITIONAL_DEADLINE_PPM = 900_000


def draw(dice: Dice, items: int) -> Scene:
    """Slots in a row; each bidder wants one block of them."""
    return Scene([f"slot-{item + 1}" for item in range(items)], _bidders(dice, items))


def _bidders(dice: Dice, slots: int) -> Iterator[list[Offer]]:
    while True:
        length = dice.between(1, min(MAX_LENGTH, slots))
        first = dice.between(length, slots)
        worth = dice.between(MICRO - DEVIATION_PPM, MICRO + DEVIATION_PPM) * complementarity(length) // MICRO
        yield [
            offer
            for after, deadline in _deadlines(dice, first, slots)
            for offer in _blocks(length, after, deadline, worth * first // deadline)
        ]


def _deadlines(dice: Dice, first: int, slots: int) -> Iterator[tuple[int, int]]:
    """Each deadline with the one before it."""
    before, deadline = 0, first
    while True:
        yield before, deadline
        if deadline == slots or not dice.chance(ADDITIONAL_DEADLINE_PPM):
            return
        before, deadline = deadline, dice.between(deadline + 1, slots)


def _blocks(length: int, after: int, deadline: int, price: int) -> Iterator[Offer]:
    """Every block that ends after one slot and not after another; slots count from 1."""
    for end in range(max(length, after + 1), deadline + 1):
        yield Offer(tuple(range(end - length, end)), price)
