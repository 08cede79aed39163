"""How often the engine decided what, since it started: plain numbers for whoever watches it."""

from collections import Counter

from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.refusals import Refusal


class Tally:
    """Commands, refusals and events by their names. Counted as decided, just before they are durable."""

    __slots__ = ("_accepted", "_events", "refused")

    def __init__(self) -> None:
        self._accepted: dict[type, int] = {}
        self._events: dict[type, int] = {}
        self.refused: Counter[str] = Counter()
        """Code of a refusal to how often it was given; answers repeated for an id do not count again."""

    @property
    def accepted(self) -> dict[str, int]:
        """Name of a command to how many were carried out."""
        return {kind.__name__: count for kind, count in self._accepted.items()}

    @property
    def events(self) -> dict[str, int]:
        """Name of an event to how many were decided."""
        return {kind.__name__: count for kind, count in self._events.items()}

    def decided(self, command: Command, decision: tuple[Event, ...] | Refusal) -> None:
        """Count a command."""
        if not isinstance(decision, tuple):
            self.refused[decision.code.value] += 1
            return
        accepted, kind = self._accepted, type(command)
        accepted[kind] = accepted.get(kind, 0) + 1
        for event in decision:
            self._events[type(event)] = self._events.get(type(event), 0) + 1
