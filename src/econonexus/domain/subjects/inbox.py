"""The inbox: questions that wait for a human, in their order, and how those that ended came out."""

import itertools
from bisect import bisect_left, insort
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.attention import InboxRules, Scores
from econonexus.domain.ids import AgentId, Instant, QuestionId, Sequence
from econonexus.domain.kinds import QuestionStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.mechanisms import ageing
from econonexus.domain.money import Amount

ENDED_REMEMBERED = 10_000
"""So many questions that have ended are remembered at least, and at most twice as many."""
STEPS_REMEMBERED = 16
"""Of one question."""

Ended = events.QuestionAnswered | events.QuestionDeclined | events.QuestionWithdrawn | events.QuestionExpired

STATUS = {
    events.QuestionAnswered: QuestionStatus.ANSWERED,
    events.QuestionDeclined: QuestionStatus.DECLINED,
    events.QuestionWithdrawn: QuestionStatus.WITHDRAWN,
    events.QuestionExpired: QuestionStatus.EXPIRED,
}
"""How each event leaves a question."""


class Question(msgspec.Struct, gc=False, omit_defaults=True):
    """One agent's wish for a human's time. What it asks, and was answered, lies in the journal alone."""

    id: QuestionId
    agent: AgentId
    minutes: int
    price: Amount
    """For a minute."""
    pledge: Pledge
    asked_at: Instant
    place: Sequence
    """The record that made it, where its texts are."""
    expires_at: Instant
    status: QuestionStatus = QuestionStatus.WAITING
    human: str = ""
    """Who has taken it, or ended it."""
    until: Instant | None = None
    """Until when it is that human's."""
    taken_at: Instant | None = None
    """Since when its minutes are promised, and until when."""
    promised_until: Instant | None = None
    used: int = 0
    paid: Amount = Amount(0)
    scores: Scores | None = None
    reward: Amount = Amount(0)
    ended_in: Sequence = Sequence(0)
    """The record that ended it, where the answer is."""
    steps: tuple[Sequence, ...] = ()
    """The last records that moved it, after the one that made it."""

    @property
    def due(self) -> Instant:
        """When it comes back from the human who took it, or else expires."""
        return self.expires_at if self.until is None else self.until

    def step(self, sequence: Sequence) -> None:
        """Remember where it is told what became of it."""
        self.steps = (*self.steps, sequence)[-STEPS_REMEMBERED:]


class Inbox(msgspec.Struct):
    """All questions that wait or are taken, and those that ended last. Only events change them."""

    rules: InboxRules = InboxRules()
    by_id: dict[QuestionId, Question] = {}
    """In the order in which they were made."""
    waiting: list[QuestionId] = []
    """Those that nobody has taken, by `ageing.precedence`."""
    of_agent: dict[AgentId, int] = {}
    """How many of an agent's questions have not ended."""
    ended: dict[QuestionId, Question] = {}

    def find(self, name: QuestionId) -> Question | None:
        """A question that has not ended, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What is held for all questions."""
        return (question.pledge for question in self.by_id.values())

    def in_turn(self, now: Instant) -> Iterator[Question]:
        """The questions that wait, in the order in which they are to be answered; lazily."""
        arrived = (each for each in self.by_id.values() if each.status is QuestionStatus.WAITING)
        by_precedence = (self.by_id[name] for name in self.waiting)
        return ageing.in_turn(arrived, by_precedence, self.rules.patience, now)

    def set_rules(self, event: events.InboxRulesSet) -> None:
        """Order what waits by other rules."""
        self.rules = event.rules
        self.waiting.sort(key=self._precedence)

    def ask(self, event: events.HumanAsked, pledge: Pledge, at: Instant, sequence: Sequence) -> None:
        """Add a question."""
        self.by_id[event.question] = Question(
            event.question,
            event.agent,
            event.minutes,
            event.price,
            pledge,
            at,
            sequence,
            event.expires_at,
        )
        self.of_agent[event.agent] = self.of_agent.get(event.agent, 0) + 1
        insort(self.waiting, event.question, key=self._precedence)

    def take(self, event: events.QuestionTaken, at: Instant, sequence: Sequence) -> None:
        """Keep a question for one human."""
        question = self.by_id[event.question]
        question.step(sequence)
        if question.status is QuestionStatus.WAITING:
            self._out_of_line(question)
            question.status, question.human = QuestionStatus.TAKEN, event.human
            question.taken_at, question.promised_until = at, event.promised_until
        question.until = event.until

    def put_back(self, name: QuestionId, sequence: Sequence) -> None:
        """Let a question wait again, where it had been."""
        question = self.by_id[name]
        question.step(sequence)
        question.status, question.human = QuestionStatus.WAITING, ""
        question.until = question.taken_at = question.promised_until = None
        insort(self.waiting, name, key=self._precedence)

    def end(self, event: Ended, sequence: Sequence) -> Question:
        """Let a question be over."""
        question = self.by_id[event.question]
        if question.status is QuestionStatus.WAITING:
            self._out_of_line(question)
        del self.by_id[question.id]
        question.status, question.ended_in = STATUS[type(event)], sequence
        question.step(sequence)
        self._count_out(question.agent)
        self.ended[question.id] = question
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
        return question

    def _out_of_line(self, question: Question) -> None:
        place = bisect_left(self.waiting, self._precedence(question.id), key=self._precedence)
        assert self.waiting[place] == question.id, "no two questions have one place"
        del self.waiting[place]

    def _precedence(self, name: QuestionId) -> tuple[int, int, int]:
        return ageing.precedence(self.by_id[name], self.rules.ageing)

    def _count_out(self, agent: AgentId) -> None:
        self.of_agent[agent] -= 1
        if not self.of_agent[agent]:
            del self.of_agent[agent]
