"""The inbox: requests that wait for a human, in their order, and how those that ended came out."""

import itertools
from bisect import bisect_left, insort
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.attention import InboxRules, Scores
from econonexus.domain.ids import AgentId, Instant, RequestId, Sequence
from econonexus.domain.kinds import RequestStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.mechanisms import ageing
from econonexus.domain.money import Amount

ENDED_REMEMBERED = 10_000
"""So many requests that have ended are remembered at least, and at most twice as many."""

Ended = events.RequestAnswered | events.RequestDeclined | events.RequestWithdrawn | events.RequestExpired

STATUS = {
    events.RequestAnswered: RequestStatus.ANSWERED,
    events.RequestDeclined: RequestStatus.DECLINED,
    events.RequestWithdrawn: RequestStatus.WITHDRAWN,
    events.RequestExpired: RequestStatus.EXPIRED,
}
"""How each event leaves a request."""


class Request(msgspec.Struct, gc=False, omit_defaults=True):
    """One agent's wish for a human's time. What it asks, and was answered, lies in the journal alone."""

    id: RequestId
    agent: AgentId
    minutes: int
    price: Amount
    """For a minute."""
    pledge: Pledge
    asked_at: Instant
    place: Sequence
    """The record that made it, where its texts are."""
    expires_at: Instant
    status: RequestStatus = RequestStatus.WAITING
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

    @property
    def due(self) -> Instant:
        """When it comes back from the human who took it, or else expires."""
        return self.expires_at if self.until is None else self.until


class Inbox(msgspec.Struct):
    """All requests that wait or are taken, and those that ended last. Only events change them."""

    rules: InboxRules = InboxRules()
    by_id: dict[RequestId, Request] = {}
    """In the order in which they were made."""
    waiting: list[RequestId] = []
    """Those that nobody has taken, by `ageing.precedence`."""
    of_agent: dict[AgentId, int] = {}
    """How many of an agent's requests have not ended."""
    ended: dict[RequestId, Request] = {}

    def find(self, name: RequestId) -> Request | None:
        """A request that has not ended, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What is held for all requests."""
        return (request.pledge for request in self.by_id.values())

    def in_turn(self, now: Instant) -> Iterator[Request]:
        """The requests that wait, in the order in which they are to be answered; lazily."""
        arrived = (each for each in self.by_id.values() if each.status is RequestStatus.WAITING)
        by_precedence = (self.by_id[name] for name in self.waiting)
        return ageing.in_turn(arrived, by_precedence, self.rules.patience, now)

    def set_rules(self, event: events.InboxRulesSet) -> None:
        """Order what waits by other rules."""
        self.rules = event.rules
        self.waiting.sort(key=self._precedence)

    def ask(self, event: events.HumanAsked, pledge: Pledge, at: Instant, sequence: Sequence) -> None:
        """Add a request."""
        self.by_id[event.request] = Request(
            event.request,
            event.agent,
            event.minutes,
            event.price,
            pledge,
            at,
            sequence,
            event.expires_at,
        )
        self.of_agent[event.agent] = self.of_agent.get(event.agent, 0) + 1
        insort(self.waiting, event.request, key=self._precedence)

    def take(self, event: events.RequestTaken, at: Instant) -> None:
        """Keep a request for one human."""
        request = self.by_id[event.request]
        if request.status is RequestStatus.WAITING:
            self._out_of_line(request)
            request.status, request.human = RequestStatus.TAKEN, event.human
            request.taken_at, request.promised_until = at, event.promised_until
        request.until = event.until

    def put_back(self, name: RequestId) -> None:
        """Let a request wait again, where it had been."""
        request = self.by_id[name]
        request.status, request.human = RequestStatus.WAITING, ""
        request.until = request.taken_at = request.promised_until = None
        insort(self.waiting, name, key=self._precedence)

    def end(self, event: Ended, sequence: Sequence) -> Request:
        """Let a request be over."""
        request = self.by_id[event.request]
        if request.status is RequestStatus.WAITING:
            self._out_of_line(request)
        del self.by_id[request.id]
        request.status, request.ended_in = STATUS[type(event)], sequence
        self._count_out(request.agent)
        self.ended[request.id] = request
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
        return request

    def _out_of_line(self, request: Request) -> None:
        place = bisect_left(self.waiting, self._precedence(request.id), key=self._precedence)
        assert self.waiting[place] == request.id, "no two requests have one place"
        del self.waiting[place]

    def _precedence(self, name: RequestId) -> tuple[int, int, int]:
        return ageing.precedence(self.by_id[name], self.rules.ageing)

    def _count_out(self, agent: AgentId) -> None:
        self.of_agent[agent] -= 1
        if not self.of_agent[agent]:
            del self.of_agent[agent]
