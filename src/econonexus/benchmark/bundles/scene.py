"""What a distribution makes: items with names, and bidders that come one after another."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

MICRO = 1_000_000
"""One unit of the papers' money and length."""


class Offer(NamedTuple):
    """A bundle and what it is worth to the bidder."""

    items: tuple[int, ...]
    """Places in the scene's items, ascending."""
    price: int
    """Millionths of the papers' unit."""


class Scene(NamedTuple):
    """One drawn world, and the endless queue of its bidders."""

    items: Sequence[str]
    bidders: Iterator[Sequence[Offer]]
    """What each bidder offers; it wants at most one of its bundles. May be empty."""


class Unsuitable(ValueError):
    """A size that a distribution cannot have; says which, and what to ask for instead."""


def complementarity(size: int, exponent_fifths: int = 6) -> int:
    """What the size of a bundle adds to its value: size^(exponent / 5), in millionths, rounded down.

    The papers' S(n) = n^(1 + additivity) with additivity 0.2 is n^(6/5), and a fifth root needs no libm.
    """
    return fifth_root(size**exponent_fifths * MICRO**5)


def fifth_root(number: int) -> int:
    """The largest whole number whose fifth power is at most `number`, which is at least 0."""
    root = 1 << -(-number.bit_length() // 5)
    while root**5 > number:
        root = (4 * root + number // root**4) // 5
    return root
