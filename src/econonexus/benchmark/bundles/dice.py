"""Chance by seed, in whole numbers.

Source: SplitMix64 of Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
figure 17.
"""

import hashlib
from collections.abc import Sequence

_WORD = 2**64
_GOLDEN = 0x9E3779B97F4A7C15


class Dice:
    """An endless stream of throws that follows from its name alone, on any machine and any Python."""

    def __init__(self, name: str) -> None:
        self._state = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")

    def below(self, sides: int) -> int:
        """A whole number in [0, sides), each as likely up to one part in 2^64 / sides."""
        return self._word() * sides // _WORD

    def between(self, least: int, most: int) -> int:
        """A whole number in [least, most], each as likely."""
        return least + self.below(most - least + 1)

    def chance(self, ppm: int) -> bool:
        """True in `ppm` of a million throws."""
        return self.below(1_000_000) < ppm

    def pair(self, among: int) -> tuple[int, int]:
        """Two different numbers in [0, among), which is at least 2."""
        one, other = self.below(among), self.below(among - 1)
        return one, other + (other >= one)

    def sample(self, size: int, among: int) -> list[int]:
        """`size` different numbers in [0, among), in random order; O(among)."""
        numbers = list(range(among))
        for place in range(size):
            other = self.between(place, among - 1)
            numbers[place], numbers[other] = numbers[other], numbers[place]
        return numbers[:size]

    def weighted(self, weights: Sequence[int]) -> int:
        """A place in `weights`, as likely as its weight; they add up to more than 0."""
        rest = self.below(sum(weights))
        for place, weight in enumerate(weights):
            rest -= weight
            if rest < 0:
                return place
        raise AssertionError("some weight is above 0")

    def _word(self) -> int:
        self._state = (self._state + _GOLDEN) % _WORD
        mixed = (self._state ^ self._state >> 30) * 0xBF58476D1CE4E5B9 % _WORD
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % _WORD
        return mixed ^ mixed >> 31
