"""How somebody in the crowd finds what it acts upon."""

import itertools
import random
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
LOOKS = 40
"""So many things are looked at, at most."""


def found(rng: random.Random, among: Iterable[T], fits: Callable[[T], bool]) -> T | None:
    """One of the first that fit, at random."""
    fitting = [each for each in itertools.islice(among, LOOKS) if fits(each)]
    return rng.choice(fitting) if fitting else None
