"""What falls due when, soonest first. It follows from the state and is no part of it.

One heap for everything that has a deadline, with lazy deletion: an entry whose thing is gone or has moved is
dropped when it surfaces, and the heap is rebuilt when such entries are the greater part, so that it stays
linear in what is open.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from econonexus.domain.commands import Command
from econonexus.domain.ids import Instant

_SLACK = 1024


class Timed(NamedTuple):
    """One kind of thing that has deadlines: how to find them, and what to ask when one comes."""

    open: Callable[[], Collection[str]]
    """All that may have a deadline, by name."""
    due: Callable[[str], Instant | None]
    """When one of them is due; None if it is gone, or nothing is."""
    ask: Callable[[str], Command]
    """The command that its deadline asks for."""


class Deadlines:
    """The deadlines of all kinds of things."""

    def __init__(self, kinds: Mapping[str, Timed]) -> None:
        self._kinds = kinds
        self._heap: list[tuple[Instant, str, str]] = []
        self._room = 0
        self._rebuild()

    def add(self, kind: str, name: str, at: Instant | None) -> None:
        """Note a deadline, new or moved; None is none."""
        if at is None:
            return
        if len(self._heap) > self._room:
            self._tidy()
        heapq.heappush(self._heap, (at, kind, name))

    def is_due(self, now: Instant) -> bool:
        """Whether something has fallen due by `now`; nothing is looked up where the heap's top has not."""
        if not self._heap or self._heap[0][0] > now:
            return False
        soonest = self.soonest()
        return soonest is not None and soonest <= now

    def soonest(self) -> Instant | None:
        """When something falls due next, if anything does."""
        heap = self._heap
        while heap:
            at, kind, name = heap[0]
            if self._kinds[kind].due(name) == at:
                return at
            heapq.heappop(heap)
        return None

    def ask(self, now: Instant) -> Command | None:
        """The command that the earliest deadline at or before `now` asks for, if one has come."""
        soonest = self.soonest()
        if soonest is None or soonest > now:
            return None
        _, kind, name = self._heap[0]
        return self._kinds[kind].ask(name)

    def _tidy(self) -> None:
        """Rebuild the heap if more than half of it may be dead, and say when to look again."""
        self._room = 2 * sum(len(timed.open()) for timed in self._kinds.values()) + _SLACK
        if len(self._heap) > self._room:
            self._rebuild()

    def _rebuild(self) -> None:
        self._heap = [(at, kind, name) for kind, timed in self._kinds.items() for name, at in _all(timed)]
        heapq.heapify(self._heap)


def _all(timed: Timed) -> Iterable[tuple[str, Instant]]:
    for name in timed.open():
        at = timed.due(name)
        if at is not None:
            yield name, at
