"""The life of an auction, as a table of transitions; the diagram in the docs is drawn from it."""

import enum
from collections.abc import Mapping

from econonexus.domain.kinds import AuctionStatus as Status


class Step(enum.Enum):
    """What takes an auction on."""

    __hash__ = object.__hash__

    OPEN = "open"
    CLOSE = "close"
    SOLVE = "solve"
    CLEAR = "clear"
    SETTLE = "settle"
    FAIL = "fail"
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[Status, Step], Status] = {
    (Status.ANNOUNCED, Step.OPEN): Status.OPEN,
    (Status.ANNOUNCED, Step.CANCEL): Status.CANCELLED,
    (Status.OPEN, Step.CLOSE): Status.CLOSED,
    (Status.OPEN, Step.FAIL): Status.FAILED,
    (Status.OPEN, Step.CANCEL): Status.CANCELLED,
    (Status.CLOSED, Step.SOLVE): Status.CLEARING,
    (Status.CLOSED, Step.FAIL): Status.FAILED,
    (Status.CLEARING, Step.CLEAR): Status.CLEARED,
    (Status.CLEARING, Step.FAIL): Status.FAILED,
    (Status.CLEARED, Step.SETTLE): Status.SETTLED,
}
"""Where each step leads from each status. A step that is not here cannot be taken."""

ENDS = frozenset(Status) - {status for status, _ in TRANSITIONS}
"""What an auction never leaves."""


def advanced(status: Status, *steps: Step) -> Status:
    """The status after some steps. Raises: KeyError for a step that cannot be taken."""
    for step in steps:
        status = TRANSITIONS[status, step]
    return status
