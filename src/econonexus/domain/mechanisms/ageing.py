"""Who comes first where requests wait: who pays more, and with time everybody.

    priority at t = price + ageing * (t - asked_at) / hour

All age at one rate, so of two that wait the same one is always ahead: the queue is kept in the order of what
does not depend on the time (`precedence`). A price without bound could still keep the others waiting, so
whoever has waited for `patience` stands before all who have not, in the order in which they asked; hence
nobody is overtaken by a request that was made `patience` after its own, or later.

Source: Jackson, "Some problems in queueing with dynamic priorities", Naval Research Logistics Quarterly 7
    (1960), 235-249: urgency less time waited; Kleinrock, "A delay dependent queue discipline", ibid. 11
    (1964), 329-341. The bound is that of ageing in multilevel scheduling: Silberschatz, Galvin and Gagne,
    Operating System Concepts, 10th ed. (2018), sections 5.3.4 to 5.3.6.
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Protocol, TypeVar

HOUR = 3_600_000_000_000


class Waits(Protocol):
    """What the order asks of a request."""

    @property
    def price(self) -> int:
        """What it pays for a unit, >= 0."""
        ...

    @property
    def asked_at(self) -> int:
        """When it was made, in ns."""
        ...

    @property
    def place(self) -> int:
        """A number that rises from request to request."""
        ...


R = TypeVar("R", bound=Waits)


def precedence(request: Waits, ageing: int) -> tuple[int, int, int]:
    """What sorts requests by priority, at whatever time: the smallest comes first.

    `ageing` is per hour. Of equal priorities the higher price comes first, then the earlier request.
    """
    return ageing * request.asked_at - request.price * HOUR, -request.price, request.place


def priority(request: Waits, ageing: int, now: int) -> int:
    """A request's price and what its wait is worth, rounded down to the unit of price."""
    return request.price + ageing * (now - request.asked_at) // HOUR


def has_waited(request: Waits, patience: int, now: int) -> bool:
    """Whether a request has waited so long that it stands before those that have not."""
    return now - request.asked_at >= patience


def in_turn(arrived: Iterable[R], sorted_: Iterable[R], patience: int, now: int) -> Iterator[R]:
    """The requests in the order in which they are to be answered.

    `arrived` are all that wait in the order of `place`, `sorted_` the same ones by `precedence`. Lazy: O(1)
    for each request up to the one that is looked for.
    """
    yield from takewhile(lambda request: has_waited(request, patience, now), arrived)
    yield from (request for request in sorted_ if not has_waited(request, patience, now))
