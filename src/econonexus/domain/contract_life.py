"""The life of a contract, as a table of transitions; the diagram in the docs is drawn from it."""

import enum
from collections.abc import Mapping

from econonexus.domain.kinds import ContractStatus as Status


class Step(enum.Enum):
    """What takes a contract on."""

    __hash__ = object.__hash__

    DELIVER = "deliver"
    JUDGE = "judge"
    CHALLENGE = "challenge"
    DEFEND = "defend"
    REFER = "refer"
    """By itself, where one side alone speaks of bad faith."""
    SETTLE = "settle"


TRANSITIONS: Mapping[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.DELIVER): Status.DELIVERED,
    (Status.OPEN, Step.JUDGE): Status.JUDGED,
    (Status.OPEN, Step.SETTLE): Status.SETTLED,
    (Status.DELIVERED, Step.JUDGE): Status.JUDGED,
    (Status.DELIVERED, Step.SETTLE): Status.SETTLED,
    (Status.JUDGED, Step.CHALLENGE): Status.CHALLENGED,
    (Status.JUDGED, Step.REFER): Status.DISPUTED,
    (Status.JUDGED, Step.SETTLE): Status.SETTLED,
    (Status.CHALLENGED, Step.DEFEND): Status.DISPUTED,
    (Status.CHALLENGED, Step.REFER): Status.DISPUTED,
    (Status.CHALLENGED, Step.SETTLE): Status.SETTLED,
    (Status.DISPUTED, Step.SETTLE): Status.SETTLED,
}
"""Where each step leads from each status. A step that is not here cannot be taken."""


def advanced(status: Status, *steps: Step) -> Status:
    """The status after some steps. Raises: KeyError for a step that cannot be taken."""
    for step in steps:
        status = TRANSITIONS[status, step]
    return status
