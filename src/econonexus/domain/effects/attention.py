"""What happens to questions for a human: money is reserved and paid, minutes are promised and come back."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.attention import ATTENTION
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import QUESTION
from econonexus.domain.ids import Instant, QuestionId
from econonexus.domain.ledger import Pledge
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.inbox import Ended, Question

Effect = Callable[[Never, Instant], None]


class AttentionEffects:
    """How the events of the inbox change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.InboxRulesSet: lambda e, _: self._state.inbox.set_rules(e),
            events.HumanAsked: self._asked,
            events.QuestionTaken: self._taken,
            events.QuestionReturned: self._returned,
            events.QuestionAnswered: self._answered,
            events.HumanRewardIssued: self._rewarded,
            events.QuestionDeclined: self._declined,
            events.QuestionWithdrawn: self._unanswered,
            events.QuestionExpired: self._unanswered,
        }

    def _asked(self, event: events.HumanAsked, at: Instant) -> None:
        pledge = Pledge(event.source, event.destination, event.held, event.budgets)
        self._state.inbox.ask(event, pledge, at, self._state.sequence)
        self._reserve(pledge)
        self._note(event.question)

    def _taken(self, event: events.QuestionTaken, at: Instant) -> None:
        question = self._state.inbox.by_id[event.question]
        if question.promised_until is None:
            self._promise(event.minutes, at, event.promised_until, at)
        self._state.inbox.take(event, at, self._state.sequence)
        self._note(event.question)

    def _returned(self, event: events.QuestionReturned, at: Instant) -> None:
        self._free(self._state.inbox.by_id[event.question], 0, at)
        self._state.inbox.put_back(event.question, self._state.sequence)
        self._note(event.question)

    def _answered(self, event: events.QuestionAnswered, at: Instant) -> None:
        question = self._ended(event, at)
        question.human, question.used, question.paid = event.human, event.minutes, event.paid
        question.scores = event.scores
        if event.paid:
            self._state.ledger.move(event.source, event.destination, event.paid)
            if event.budgets:
                self._state.budgets.spend(event.budgets, event.paid, at)

    def _declined(self, event: events.QuestionDeclined, at: Instant) -> None:
        self._ended(event, at).human = event.human

    def _unanswered(self, event: events.QuestionWithdrawn | events.QuestionExpired, at: Instant) -> None:
        self._ended(event, at)

    def _rewarded(self, event: events.HumanRewardIssued, _: Instant) -> None:
        self._state.ledger.move(event.source, event.destination, event.amount)
        question = self._state.inbox.ended[event.question]
        question.reward = event.amount
        question.step(self._state.sequence)
        self._state.monetary.reward(event)

    def _ended(self, event: Ended, at: Instant) -> Question:
        """Release what a question held: money, and the minutes that were not used."""
        question = self._state.inbox.by_id[event.question]
        self._free(question, event.minutes if isinstance(event, events.QuestionAnswered) else 0, at)
        self._reserve(question.pledge, -1)
        return self._state.inbox.end(event, self._state.sequence)

    def _free(self, question: Question, used: int, at: Instant) -> None:
        """Give back of a question's promise what was not used."""
        if question.taken_at is not None and question.promised_until is not None:
            self._promise(used - question.minutes, question.taken_at, question.promised_until, at)

    def _promise(self, minutes: int, start: Instant, end: Instant, at: Instant) -> None:
        if minutes:
            self._state.resources.by_id[ATTENTION].reserve(minutes, start, end, at)

    def _reserve(self, pledge: Pledge, sign: int = 1) -> None:
        self._state.ledger.reserve(pledge, sign)
        if pledge.budgets:
            self._state.budgets.hold(pledge.budgets, sign * pledge.amount)

    def _note(self, name: QuestionId) -> None:
        self._deadlines.add(QUESTION, name, self._state.inbox.by_id[name].due)
