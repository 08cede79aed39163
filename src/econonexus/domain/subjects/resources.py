"""Resources: so many units in every period, and what of them is promised, when.

A promise reserves units from one instant until another.
"""

import msgspec

from econonexus.domain import events
from econonexus.domain.calendar import Calendar
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
    promises: Calendar = msgspec.field(default_factory=Calendar)
    """The units promised, over time."""

    def free(self, start: Instant, end: Instant) -> int:
        """The units that nobody was promised at any instant in [start, end)."""
        return self.capacity - self.on_sale - self.peak(start, end)

    def peak(self, start: Instant, end: Instant) -> int:
        """The most units promised at any instant in [start, end)."""
        return self.promises.peak(start, end)

    def soon(self, count: int) -> list[Instant]:
        """The next instants, so many at most, at which more or fewer units are promised."""
        return self.promises.soon(count)

    def reserve(self, units: int, start: Instant, end: Instant, now: Instant) -> None:
        """Promise units, or with a negative number give a promise back, for what is left of [start, end)."""
        promises = self.promises
        promises.pass_to(now)
        if end <= now:
            return
        if start <= now:
            promises.level += units
        else:
            promises.add(start, units)
        promises.add(end, -units)


class Resources(msgspec.Struct):
    """All resources. Only events change them."""

    by_id: dict[ResourceId, Resource] = {}

    def declare(self, event: events.ResourceDeclared) -> None:
        """Add a resource of which nothing is promised."""
        self.by_id[event.resource] = Resource(event.resource, event.unit, event.capacity, event.period)

    def change_capacity(self, event: events.CapacityChanged) -> None:
        """Have more of a resource, or less."""
        self.by_id[event.resource].capacity = event.capacity
