"""Lines of callers, by the rules an operator may choose: who of those who wait goes next, and who gives way.

`first_come` and `priority` go by what a ticket says; `weighted_fair` goes by what its agent was charged.
"""

import asyncio
import heapq
from collections.abc import Iterator
from typing import Literal, Protocol

import msgspec

from econonexus.domain.mechanisms.fair_share.weighted_fair import FairQueue

Admission = Literal["first_come", "priority", "weighted_fair"]
"""The rules by which callers take their turns."""


class Ticket(msgspec.Struct, frozen=True):
    """Who wants to call which model, and what its turn goes by.

    `cost_ucr` >= 0 is what the call is reckoned to cost, `weight` >= 1 its agent's share under
    `weighted_fair`, the higher `priority` goes first under `priority`, and `deadline_s` is how long the
    caller can wait, None for as long as the room lets it. Raises: ValueError where one is out of range.
    """

    agent: str
    model: str
    cost_ucr: int = 0
    weight: int = 1
    priority: int = 0
    deadline_s: float | None = None

    def __post_init__(self) -> None:
        if self.cost_ucr < 0:
            raise ValueError(f"cost_ucr must be >= 0, not {self.cost_ucr}")
        if self.weight < 1:
            raise ValueError(f"weight must be >= 1, not {self.weight}")


class NoCapacity(Exception):
    """There is no turn to be had now.

    `code` is `no_capacity` where the room is full or the longest wait has passed, `deadline_exceeded` where
    the caller's own deadline has. `retry_after_s` >= 1 says when it is worth asking again.
    """

    def __init__(self, code: str, retry_after_s: int) -> None:
        super().__init__(f"{code}; ask again in {retry_after_s} s")
        self.code = code
        self.retry_after_s = retry_after_s


class Waiter:
    """A caller that waits; `called` says None once it has its turn, or why it gets none."""

    __slots__ = ("arrival", "called", "ticket", "timer")

    def __init__(self, ticket: Ticket, arrival: int, called: "asyncio.Future[NoCapacity | None]") -> None:
        self.ticket = ticket
        self.arrival = arrival
        self.called = called
        self.timer: asyncio.TimerHandle | None = None


class Line(Protocol):
    """Some of those who wait, in an order. Adding and removing twice is as good as once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Waiter]:
        """All of them, in any order; they may leave meanwhile."""

    def add(self, waiter: Waiter) -> None:
        """Let somebody join."""

    def remove(self, waiter: Waiter) -> None:
        """Let somebody go."""

    def first(self) -> Waiter | None:
        """Whose turn it is."""

    def count(self, ticket: Ticket) -> None:
        """A turn is given on this ticket, whose holder may stand in the line or have walked past it."""

    def correct(self, ticket: Ticket, more_ucr: int) -> None:
        """A turn that was counted has cost more than was thought, or less."""


class SortedLine:
    """By what the tickets say: the higher priority first where that counts, then who came first."""

    def __init__(self, by_priority: bool = False) -> None:
        self._by_priority = by_priority
        self._waiting: dict[int, Waiter] = {}
        # Who leaves stays in the heap until he comes up in it, or until most of it is such.
        self._heap: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiter]:
        return iter(list(self._waiting.values()))

    def add(self, waiter: Waiter) -> None:
        if waiter.arrival not in self._waiting:
            self._waiting[waiter.arrival] = waiter
            heapq.heappush(self._heap, self._rank(waiter))

    def remove(self, waiter: Waiter) -> None:
        self._waiting.pop(waiter.arrival, None)
        if len(self._heap) > 2 * len(self._waiting) + 64:
            self._heap = [self._rank(each) for each in self._waiting.values()]
            heapq.heapify(self._heap)

    def first(self) -> Waiter | None:
        while self._heap:
            waiter = self._waiting.get(self._heap[0][1])
            if waiter is not None:
                return waiter
            heapq.heappop(self._heap)
        return None

    def count(self, ticket: Ticket) -> None:
        """Nothing is remembered of it."""

    def correct(self, ticket: Ticket, more_ucr: int) -> None:
        """Nothing is remembered of it."""

    def _rank(self, waiter: Waiter) -> tuple[int, int]:
        return (-waiter.ticket.priority if self._by_priority else 0, waiter.arrival)


class FairLine:
    """Whose agent has been charged least for its weight goes next; an agent's own go in order."""

    def __init__(self) -> None:
        self._queue = FairQueue()
        self._agents: dict[str, SortedLine] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Waiter]:
        return iter([waiter for line in self._agents.values() for waiter in line])

    def add(self, waiter: Waiter) -> None:
        agent = waiter.ticket.agent
        self._queue.arrive(agent)
        line = self._agents.setdefault(agent, SortedLine())
        before = len(line)
        line.add(waiter)
        self._size += len(line) - before

    def remove(self, waiter: Waiter) -> None:
        agent = waiter.ticket.agent
        line = self._agents.get(agent)
        if line is None:
            return
        before = len(line)
        line.remove(waiter)
        self._size += len(line) - before
        if not len(line):
            del self._agents[agent]
            self._queue.leave(agent)

    def first(self) -> Waiter | None:
        agent = self._queue.next_up()
        return None if agent is None else self._agents[agent].first()

    def count(self, ticket: Ticket) -> None:
        """Charge the agent; who walks past has come and gone."""
        passes = ticket.agent not in self._queue
        if passes:
            self._queue.arrive(ticket.agent)
        self._queue.charge(ticket.agent, ticket.cost_ucr, ticket.weight)
        if passes:
            self._queue.leave(ticket.agent)

    def correct(self, ticket: Ticket, more_ucr: int) -> None:
        self._queue.charge(ticket.agent, more_ucr, ticket.weight)


def line_for(mode: Admission) -> Line:
    """An empty line under a rule. Raises: ValueError where there is no such rule."""
    if mode == "weighted_fair":
        return FairLine()
    if mode not in ("first_come", "priority"):
        raise ValueError(f"admission must be first_come, priority or weighted_fair, not {mode!r}")
    return SortedLine(by_priority=mode == "priority")
