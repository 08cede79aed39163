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
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import msgspec

from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.nearest import Nearest, Row
from econonexus.solver.payments.rows import rows_of
from econonexus.solver.payments.staying import Staying, Temptation
from econonexus.solver.problem import Deadline, Problem


class CorePoint(msgspec.Struct, frozen=True):
    """Exact payments per deal, the constraints they answer, and how far a coalition may still gain.

    `open` is 0 where it is proven that nobody can block; else, at the deadline, no coalition gains more.
    """

    point: tuple[Fraction, ...]
    rows: tuple[Row, ...]
    open: Fraction


class Core:
    """One auction's core, explored as far as questions about it need."""

    def __init__(self, problem: Problem, deals: Sequence[Deal], staying: Staying) -> None:
        self._problem, self._deals, self._staying = problem, deals, staying
        self._welfare = sum(deal.value for deal in deals)

    def tempted(self, payments: Sequence[Fraction | int], deadline: Deadline) -> tuple[Temptation, int]:
        """What tempts most at these payments, and in which parts of a unit its worth is told."""
        scale = lcm(*(Fraction(payment).denominator for payment in payments))
        surpluses = [int((deal.value - pay) * scale) for deal, pay in zip(self._deals, payments, strict=True)]
        return self._staying.best(surpluses, scale, deadline, enough=self._welfare * scale), scale

    def missed(self, payments: Sequence[Fraction | int], deadline: Deadline) -> tuple[list[Row], Fraction]:
        """Constraints that these payments miss, and at most how much any coalition would gain."""
        tempted, scale = self.tempted(payments, deadline)
        rows = rows_of(self._problem, self._deals, tempted.bids)
        missed = [row for row in rows if sum(payments[place] for place in row.members) < row.least]
        return missed, Fraction(max(0, tempted.bound - self._welfare * scale), scale)

    def nearest(self, low: Sequence[int], target: Sequence[int], deadline: Deadline) -> CorePoint:
        """The payments of least total nearest to `target`; none below `low`, which is VCG or less."""
        search = Nearest(low, [deal.value for deal in self._deals], target)
        while True:
            missed, gain = self.missed(search.point, deadline)
            if not missed or time.monotonic() > deadline:
                return CorePoint(tuple(search.point), tuple(search.rows), gain)
            search.add(missed)
