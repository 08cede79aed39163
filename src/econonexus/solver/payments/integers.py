"""From exact fractions to whole payments that keep the core.

The rule: round every payment up; then, those that rose most first (ties: the earlier deal), take one unit
back wherever nobody could then block.

Why it keeps what was promised. Every core constraint says that some payments add up to at least a whole
number; rounding up only adds to them, and bids are whole, so rounded up no payment is above its bid: the
start is in the core and individually rational. Every unit taken back leaves a point of the core. A payment
that had been whole is left alone, and one taken back is still at least the fraction rounded down, so it is
above its floor and within one unit of the exact payment. In the end no payment can be lowered by one alone,
and the total exceeds the least possible by less than the number of payments that were fractions.

The outcome does not depend on which constraints are known: if the result satisfies all of them, every point
on the way, being larger, did so too, and a step forbidden by a known constraint is forbidden.
"""

import time
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from econonexus.solver.payments.core import Core
from econonexus.solver.payments.nearest import Row
from econonexus.solver.problem import Deadline


def whole_payments(
    core: Core, point: Sequence[Fraction], rows: Sequence[Row], deadline: Deadline
) -> list[int] | None:
    """Whole payments in the core next to `point`, which is in it; None if the deadline comes before proof.

    `rows` are constraints that are known.
    """
    known = list(rows)
    while True:
        payments = _taken_back(point, known)
        missed, gain = core.missed(payments, deadline)
        if not missed:
            return payments if gain == 0 else None
        if time.monotonic() > deadline:
            return None
        known += missed


def _taken_back(point: Sequence[Fraction], rows: Sequence[Row]) -> list[int]:
    payments = [ceil(exact) for exact in point]
    slack = [sum(payments[place] for place in row.members) - row.least for row in rows]
    of_place = [
        [index for index, row in enumerate(rows) if place in row.members] for place in range(len(point))
    ]
    fractions = [place for place, exact in enumerate(point) if exact.denominator > 1]
    for place in sorted(fractions, key=lambda place: point[place] - payments[place]):
        if all(slack[index] > 0 for index in of_place[place]):
            payments[place] -= 1
            for index in of_place[place]:
                slack[index] -= 1
    return payments
