"""Resources: so many units in every period, and what of them is promised, when.

A promise reserves units from one instant until another. Those that run now are one number; changes to come
are kept in the order of their time, so that what is free between two instants can be told.
"""

from bisect import bisect_left, insort

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import Duration, Instant, ResourceId


class Resource(msgspec.Struct, gc=False, omit_defaults=True):
    """A quantity per period."""

    id: ResourceId
    unit: str
    capacity: int
    period: Duration
    fence: int = 0
    """The fencing token of the last grant."""
    on_sale: int = 0
    """Units kept back for auctions whose winners use them from the clearing on."""
    promised: int = 0
    """Units promised as of the last event."""
    changes: dict[Instant, int] = {}
    """By how much that rises or falls, at instants to come."""
    moments: list[Instant] = []
    """Those instants in order."""
    rises: int = 0
    """At how many of them it rises."""

    def free(self, start: Instant, end: Instant) -> int:
        """The units that nobody was promised at any instant in [start, end).

        O(1) where promises only end in that time, else linear in the changes before `end`.
        """
        return self.capacity - self.on_sale - self.peak(start, end)

    def peak(self, start: Instant, end: Instant) -> int:
        """The most units promised at any instant in [start, end)."""
        level = self.promised
        most = level
        for moment in self.moments:
            if moment >= end or (moment > start and not self.rises):
                break
            level += self.changes[moment]
            # What was before `start` does not count, nor does a peak that is over by then.
            most = level if moment <= start else max(most, level)
        return most

    def reserve(self, units: int, start: Instant, end: Instant, now: Instant) -> None:
        """Promise units, or with a negative number give a promise back, for what is left of [start, end)."""
        self._pass_to(now)
        if end <= now:
            return
        if start <= now:
            self.promised += units
        else:
            self._change(start, units)
        self._change(end, -units)

    def _pass_to(self, now: Instant) -> None:
        """Let what has changed by `now` have happened."""
        passed = bisect_left(self.moments, now + 1)
        for moment in self.moments[:passed]:
            change = self.changes.pop(moment)
            self.promised += change
            self.rises -= change > 0
        del self.moments[:passed]

    def _change(self, moment: Instant, units: int) -> None:
        before = self.changes.get(moment)
        if before is None:
            insort(self.moments, moment)
        after = (before or 0) + units
        self.rises += (after > 0) - ((before or 0) > 0)
        if after:
            self.changes[moment] = after
        else:
            self.changes.pop(moment, None)
            del self.moments[bisect_left(self.moments, moment)]


class Resources(msgspec.Struct):
    """All resources. Only events change them."""

    by_id: dict[ResourceId, Resource] = {}

    def declare(self, event: events.ResourceDeclared) -> None:
        """Add a resource of which nothing is promised."""
        self.by_id[event.resource] = Resource(event.resource, event.unit, event.capacity, event.period)

    def change_capacity(self, event: events.CapacityChanged) -> None:
        """Have more of a resource, or less."""
        self.by_id[event.resource].capacity = event.capacity
