"""What happens when something is said of owners: records change, and praise is to be weighed the next day."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import FEEDBACK
from econonexus.domain.ids import Instant
from econonexus.domain.promises import DAY
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State

Effect = Callable[[Never, Instant], None]


class ReputationEffects:
    """How the events of reputations, and of the rules they follow, change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.PromiseRulesSet: self._rules_set,
            events.ReputationChanged: self._changed,
            events.CredibilitiesSet: lambda e, _: self._state.reputations.weigh(e),
        }

    def _rules_set(self, event: events.PromiseRulesSet, at: Instant) -> None:
        stakes = self._state.stakes
        before = stakes.rules.trusted
        stakes.set_rules(event)
        if event.rules.trusted != before:
            self._expect_weighing(at)

    def _changed(self, event: events.ReputationChanged, at: Instant) -> None:
        self._state.reputations.change(event)
        if event.raters and self._state.stakes.rules.trusted:
            self._expect_weighing(Instant((at // DAY + 1) * DAY))

    def _expect_weighing(self, at: Instant) -> None:
        self._state.reputations.expect(at)
        self._deadlines.add(FEEDBACK, FEEDBACK, self._state.reputations.weigh_at)
