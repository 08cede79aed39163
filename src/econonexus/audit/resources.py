"""Resources, kept a second time: how many units there are, and to whom they are promised, when.

Every promise stands for itself, and whether there are too many is found by adding up those of an instant.
"""

from typing import NamedTuple

from econonexus.audit.fields import MAX, Fields, positive
from econonexus.audit.wrong import Wrong

ALWAYS = (0, MAX + 1)


class Promise(NamedTuple):
    """Units kept back from `start` until just before `end`."""

    units: int
    start: int
    end: int


class Resources:
    """All resources and what of them is promised, each promise under the name of what it is made to."""

    def __init__(self) -> None:
        self.capacity: dict[str, int] = {}
        self.period: dict[str, int] = {}
        self.promises: dict[str, dict[str, Promise]] = {}

    def declare(self, e: Fields) -> None:
        """There is something to be shared out."""
        name = str(e["resource"])
        if name in self.capacity:
            raise Wrong(f"declares resource {name} a second time")
        self.capacity[name], self.period[name] = positive(e["capacity"]), positive(e["period"])
        self.promises[name] = {}

    def change_capacity(self, e: Fields, now: int) -> None:
        """There is more of it, or less, but never less than is promised."""
        name = str(e["resource"])
        self.capacity[name] = positive(e["capacity"]) if name in self.capacity else 0
        self._check(name, now, MAX)

    def promise(self, name: str, to: str, units: int, window: tuple[int, int], now: int) -> None:
        """Keep units back for a time, of which there must be enough at every instant. O(promises) and more
        where some begin later."""
        promises = {to: promise for to, promise in self.promises[name].items() if promise.end > now}
        self.promises[name] = promises
        if to in promises:
            raise Wrong(f"promises units of {name} to {to} a second time")
        promises[to] = Promise(positive(units), *window)
        self._check(name, max(now, window[0]), window[1])

    def take_back(self, name: str, to: str) -> Promise:
        """Keep them back no longer."""
        return self.promises[name].pop(to, Promise(0, 0, 0))  # One whose time is over may be gone already.

    def lessen(self, name: str, to: str, units: int) -> None:
        """Keep so many back and no more, until the end of the same time."""
        promise = self.take_back(name, to)
        if units:
            self.promises[name][to] = promise._replace(units=units)

    def _check(self, name: str, start: int, end: int) -> None:
        promises = list(self.promises[name].values())
        begins = [promise.start for promise in promises if start < promise.start < end]
        for instant in {start, *begins}:
            promised = sum(p.units for p in promises if p.start <= instant < p.end)
            if promised > self.capacity[name]:
                raise Wrong(
                    f"promises {promised} units of {name} for the instant {instant}, "
                    f"and there are {self.capacity[name]}"
                )
