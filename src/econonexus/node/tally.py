"""How often the engine decided what, since it started: plain numbers for whoever watches it."""

from collections import Counter

from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.refusals import Refusal


class Tally:
    """Commands, refusals and events by their names. Counted as decided, just before they are durable."""

    __slots__ = ("accepted", "events", "refused")

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        """Name of a command to how many were carried out."""
        self.refused: Counter[str] = Counter()
        """Code of a refusal to how often it was given; answers repeated for an id do not count again."""
        self.events: Counter[str] = Counter()
        """Name of an event to how many were decided."""

    def decided(self, command: Command, decision: tuple[Event, ...] | Refusal) -> None:
        """Count a command."""
        if isinstance(decision, Refusal):
            self.refused[decision.code.value] += 1
            return
        self.accepted[type(command).__name__] += 1
        for event in decision:
            self.events[type(event).__name__] += 1
