"""The point of least total under core constraints, nearest to a target: exactly, in fractions.

Minimise M · Σx + ½ |x - target|² with M so large that the total comes first, subject to low <= x <= high and
rows "these payments add up to at least this". The dual method of Goldfarb and Idnani starts from the best
point under few constraints and takes in one violated constraint after another, letting go of those that stop
pressing; so rows can be added at any time, which is what constraint generation does. In exact arithmetic it
needs no tolerance and cannot cycle: every constraint taken in raises the objective.

That the total is least is proven, whatever M was: `_total_is_least` finds forces of the constraints that hold
with equality, none of them pulling, that add up to 1 on every payment. They are a dual solution of
minimising the total, so no point has a smaller one. Then the stationarity that holds with M also says that
no point with this total is nearer. If the proof fails, M was too small, and is squared.

Sources: Goldfarb and Idnani, A numerically stable dual method for solving strictly convex quadratic
    programs, Mathematical Programming 27 (1983); Day and Cramton, Quadratic core-selecting payment rules for
    combinatorial auctions, Operations Research 60 (2012): the total first, then the distance.
"""

import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Literal

import msgspec

from econonexus.solver.payments.elimination import solve
from econonexus.solver.problem import Deadline

FIRST_WEIGHT = 2**128


class Row(msgspec.Struct, frozen=True):
    """The payments at these places, ascending, add up to `least` or more."""

    members: tuple[int, ...]
    least: int


Side = Literal["low", "high"]
Bound = tuple[int, Side]
"""A place, and which of its two bounds."""

Constraint = int | Bound
"""A row by its index, or a bound."""

SIGN = {"low": 1, "high": -1}


class Nearest:
    """The point that is sought, kept up to date while rows are added."""

    def __init__(
        self,
        low: Sequence[int],
        high: Sequence[int],
        target: Sequence[int],
        weight: int = FIRST_WEIGHT,
    ) -> None:
        self.low, self.high, self.target = tuple(low), tuple(high), tuple(target)
        self.rows: list[Row] = []
        self._masks: list[int] = []
        self._start(weight)

    def add(self, rows: Sequence[Row], deadline: Deadline) -> bool:
        """Take in more rows; whether the point was found by the deadline. `high` must satisfy them all."""
        for row in rows:
            if row not in self.rows:
                self.rows.append(row)
                self._masks.append(reduce(or_, (1 << place for place in row.members)))
        return self._settle(deadline)

    def _start(self, weight: int) -> None:
        """Begin where every payment is pressed against its low bound."""
        self._weight = weight
        self.point = [Fraction(low) for low in self.low]
        self._fixed: dict[int, Side] = dict.fromkeys(range(len(self.low)), "low")
        self._force: dict[int, Fraction] = {}
        """How hard each pressing row presses, >= 0; for bounds it follows from stationarity."""
        weights = (self._bound_force(place) for place in self._fixed)
        assert all(force >= 0 for force in weights), "the weight is larger than any target"

    def _settle(self, deadline: Deadline) -> bool:
        while True:
            while (violated := self._most_violated()) is not None:
                if time.monotonic() > deadline:
                    return False
                self._take_in(violated)
            if self._total_is_least():
                return True
            self._start(self._weight**2)

    def _most_violated(self) -> Constraint | None:
        """The open constraint that the point violates by most."""
        misses = [(self._miss(constraint), constraint) for constraint in self._open()]
        miss, constraint = max(misses, key=lambda found: found[0], default=(Fraction(0), None))
        return constraint if miss > 0 else None

    def _open(self) -> Iterator[Constraint]:
        """The constraints that do not press."""
        yield from (index for index in range(len(self.rows)) if index not in self._force)
        for place in range(len(self.point)):
            if place not in self._fixed:
                yield (place, "low")
                yield (place, "high")

    def _miss(self, constraint: Constraint) -> Fraction:
        """By how much the point violates a constraint."""
        if isinstance(constraint, int):
            row = self.rows[constraint]
            return row.least - sum((self.point[place] for place in row.members), Fraction(0))
        place, side = constraint
        bound = self.low[place] if side == "low" else self.high[place]
        return SIGN[side] * (bound - self.point[place])

    def _take_in(self, constraint: Constraint) -> None:
        """Move until the constraint holds, letting go of whatever would have to pull instead of press."""
        normal = self._normal(constraint)
        force = Fraction(0)
        while True:
            rates, direction = self._project(normal)
            blocker, most = self._first_to_let_go(rates, normal, force)
            reach = sum(normal.get(place, 0) * slope for place, slope in direction.items())
            full = self._miss(constraint) / reach if reach else None
            step = full if most is None or (full is not None and full <= most) else most
            assert step is not None, "the point `high` violates a row"
            for place, slope in direction.items():
                self.point[place] += step * slope
            for index, rate in rates.items():
                self._force[index] -= step * rate
            force += step
            if step == full:
                self._press(constraint, force)
                return
            assert blocker is not None
            self._let_go(blocker)

    def _normal(self, constraint: Constraint) -> dict[int, int]:
        if isinstance(constraint, int):
            return dict.fromkeys(self.rows[constraint].members, 1)
        place, side = constraint
        return {place: SIGN[side]}

    def _project(self, normal: dict[int, int]) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
        """How the pressing rows answer a force along `normal`, and where the free payments then move."""
        free = reduce(or_, (1 << place for place in range(len(self.point)) if place not in self._fixed), 0)
        pressing = list(self._force)
        masks = [self._masks[index] & free for index in pressing]
        gram = [[(one & other).bit_count() for other in masks] for one in masks]
        along = [sum(sign for place, sign in normal.items() if mask >> place & 1) for mask in masks]
        answers, scale = solve(gram, along)
        rates = {index: Fraction(answer, scale) for index, answer in zip(pressing, answers, strict=True)}
        direction = {}
        for place in range(len(self.point)):
            if free >> place & 1:
                taken = sum(answer for answer, mask in zip(answers, masks, strict=True) if mask >> place & 1)
                if slope := normal.get(place, 0) * scale - taken:
                    direction[place] = Fraction(slope, scale)
        return rates, direction

    def _first_to_let_go(
        self, rates: dict[int, Fraction], normal: dict[int, int], force: Fraction
    ) -> tuple[Constraint | None, Fraction | None]:
        """The pressing constraint whose force is used up first, and the step at which it is."""
        first: Constraint | None = None
        least: Fraction | None = None
        for constraint, rate, pressed in self._answers(rates, normal, force):
            if rate > 0 and (least is None or pressed < least * rate):
                first, least = constraint, pressed / rate
        return first, least

    def _answers(
        self, rates: dict[int, Fraction], normal: dict[int, int], force: Fraction
    ) -> Iterator[tuple[Constraint, Fraction, Fraction]]:
        """Each pressing constraint, how fast its force goes down, and the force it has."""
        for index, rate in rates.items():
            yield index, rate, self._force[index]
        for place, side in self._fixed.items():
            push = normal.get(place, 0)
            taken = sum((rates[index] for index in rates if self._masks[index] >> place & 1), Fraction(0))
            yield (
                (place, side),
                SIGN[side] * (push - taken),
                self._bound_force(place) - SIGN[side] * push * force,
            )

    def _bound_force(self, place: int) -> Fraction:
        """How hard the bound at `place` presses: what the rows leave of what pushes the payment there."""
        pushed = self.point[place] - self.target[place] + self._weight
        rows = sum(
            (force for index, force in self._force.items() if self._masks[index] >> place & 1), Fraction(0)
        )
        return SIGN[self._fixed[place]] * (pushed - rows)

    def _press(self, constraint: Constraint, force: Fraction) -> None:
        if isinstance(constraint, int):
            self._force[constraint] = force
        else:
            self._fixed[constraint[0]] = constraint[1]

    def _let_go(self, constraint: Constraint) -> None:
        if isinstance(constraint, int):
            del self._force[constraint]
        else:
            del self._fixed[constraint[0]]

    def _total_is_least(self) -> bool:
        """Whether pressing constraints alone, none of them pulling, push 1 on every payment."""
        ones = dict.fromkeys(range(len(self.point)), 1)
        rates, rest = self._project(ones)
        answers = self._answers(rates, ones, Fraction(0))
        return not rest and all(rate >= 0 for _, rate, _ in answers)
