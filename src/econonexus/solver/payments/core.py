"""The core: payments that no coalition would rather replace by dealing with the seller alone.

Constraint generation: start from VCG, where no single owner pays too much; find what tempts a coalition most;
take in all constraints this shows; move to the point of the least total nearest to the reference; again,
until nobody is tempted. The last question is the proof.

Sources: Day and Raghavan, Fair payments for efficient allocations in public sector combinatorial auctions,
    Management Science 53 (2007): constraint generation, minimum revenue; Day and Cramton, Quadratic
    core-selecting payment rules for combinatorial auctions, Operations Research 60 (2012): of those the
    nearest to a reference.
Promises: individually rational; nobody can block; `point` is exactly the one of least total, and of these the
    nearest. Payments at least the floors are part of the constraints.
"""

import time
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, lcm

import msgspec

from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.nearest import Nearest, Row
from econonexus.solver.payments.rows import rows_of
from econonexus.solver.payments.staying import Staying
from econonexus.solver.payments.vcg import Interval
from econonexus.solver.problem import Deadline, Problem

FINE = 2**10
"""In which parts of a unit constraints are looked for before the exact question, whose parts may be tiny."""


class CorePoint(msgspec.Struct, frozen=True):
    """Exact payments per deal, the constraints they answer, and how far a coalition may still gain.

    `open` is 0 where it is proven that nobody can block; else, at the deadline, no coalition gains more.
    """

    point: tuple[Fraction, ...]
    rows: tuple[Row, ...]
    open: Fraction

    def ranges(self, deals: Sequence[Deal], low: Sequence[int]) -> list[Interval]:
        """Between what and what each payment is, in whole units; none is below `low`.

        If every winner pays `open` more, or its bid if that is less, nobody can block: a coalition that
        leaves out somebody who does not pay its whole bid loses all it could gain, and one that leaves out
        only such as do never gains. So the least total is no more than that, and whoever pays most leaves to
        the others what they pay at least.
        """
        raised = sum(
            min(exact + self.open, Fraction(deal.value))
            for exact, deal in zip(self.point, deals, strict=True)
        )
        spare = ceil(raised) - sum(low)
        return [(least, min(deal.value, least + spare)) for least, deal in zip(low, deals, strict=True)]


class Core:
    """One auction's core, explored as far as questions about it need."""

    def __init__(self, problem: Problem, deals: Sequence[Deal], staying: Staying) -> None:
        self._problem, self._deals, self._staying = problem, deals, staying
        self._welfare = sum(deal.value for deal in deals)

    def missed(self, payments: Sequence[Fraction | int], deadline: Deadline) -> tuple[list[Row], Fraction]:
        """Constraints that these payments miss, and at most how much any coalition would gain."""
        scale = lcm(*(Fraction(payment).denominator for payment in payments))
        tempted = self._staying.best(self._surpluses(payments, scale), scale, deadline, self._welfare * scale)
        gain = Fraction(max(0, tempted.bound - self._welfare * scale), scale)
        return self._missed_rows([tempted.bids], payments), gain

    def nearest(self, low: Sequence[int], target: Sequence[int], deadline: Deadline) -> CorePoint:
        """The payments of least total nearest to `target`; none below `low`, which is VCG or less."""
        search = Nearest(low, [deal.value for deal in self._deals], target)
        missed = self._missed_rows(sorted(self._staying.seen), search.point)
        while True:
            missed = missed or self._missed_around(search.point, 1, deadline)
            missed = missed or self._missed_around(search.point, FINE, deadline)
            if not missed:
                missed, gain = self.missed(search.point, deadline)
                if not missed or time.monotonic() > deadline:
                    return CorePoint(tuple(search.point), tuple(search.rows), gain)
            if not search.add(missed, deadline):
                # Nobody can gain more than all winners keep.
                kept = Fraction(self._welfare - sum(low))
                return CorePoint(tuple(map(Fraction, low)), tuple(search.rows), kept)
            missed = []

    def _missed_around(self, point: Sequence[Fraction], scale: int, deadline: Deadline) -> list[Row]:
        """Many constraints that a point misses, quickly; none is no proof.

        Starting from the point rounded up to parts of 1 / `scale`, whoever is a member of a missed constraint
        pays enough more to meet it, and the question is asked again. A constraint missed by the larger
        payments is missed by the point. Questions in small whole numbers are answered much faster than those
        in the denominators of the exact point.
        """
        payments = [Fraction(ceil(exact * scale), scale) for exact in point]
        found: list[Row] = []
        while time.monotonic() < deadline:
            surpluses = self._surpluses(payments, scale)
            tempted = self._staying.glance(surpluses, scale, deadline, self._welfare * scale)
            missed = self._missed_rows([tempted.bids], payments)
            if not missed:
                break
            found += missed
            for row in missed:
                self._raise(payments, row, scale)
        return found

    def _raise(self, payments: list[Fraction], row: Row, scale: int) -> None:
        """Let the members pay enough to meet the row, in equal parts as far as their bids go."""
        missing = row.least - sum((payments[place] for place in row.members), Fraction(0))
        room: dict[int, Fraction] = {
            place: self._deals[place].value - payments[place] for place in row.members
        }
        for number, place in enumerate(sorted(room, key=lambda place: room[place])):
            part = min(Fraction(ceil(missing * scale / (len(room) - number)), scale), room[place])
            payments[place] += max(part, Fraction(0))
            missing -= max(part, Fraction(0))

    def _surpluses(self, payments: Sequence[Fraction | int], scale: int) -> list[int]:
        return [int((deal.value - pay) * scale) for deal, pay in zip(self._deals, payments, strict=True)]

    def _missed_rows(
        self, packings: Iterable[tuple[int, ...]], payments: Sequence[Fraction | int]
    ) -> list[Row]:
        rows = (row for bids in packings for row in rows_of(self._problem, self._deals, bids))
        return [row for row in rows if sum(payments[place] for place in row.members) < row.least]
