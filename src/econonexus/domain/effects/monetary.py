"""What happens when money is issued by rule."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import POLICY
from econonexus.domain.ids import Instant
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State

Effect = Callable[[Never, Instant], None]


class MonetaryEffects:
    """How the events of the policy change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.PolicySet: self._set,
            events.PolicyApplied: self._applied,
            events.AllowancesIssued: self._issued,
        }

    def _set(self, event: events.PolicySet, _: Instant) -> None:
        self._state.monetary.set(event)
        self._deadlines.add(POLICY, POLICY, event.next_at)

    def _applied(self, event: events.PolicyApplied, _: Instant) -> None:
        self._state.monetary.apply(event)
        self._deadlines.add(POLICY, POLICY, event.next_at)

    def _issued(self, event: events.AllowancesIssued, _: Instant) -> None:
        for share in event.shares:
            self._state.ledger.move(event.source, share.account, share.amount)
