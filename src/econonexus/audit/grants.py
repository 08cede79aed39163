"""Grants, kept a second time: nothing is granted but what follows from something, and none is overused."""

from collections import deque
from typing import NamedTuple

from econonexus.audit.fields import MAX, Fields, positive, whole
from econonexus.audit.resources import Resources
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong


class Owed(NamedTuple):
    """A right that must be granted next, in these words."""

    source: str
    market: str
    agent: str
    resource: str
    units: int
    paid: int
    window: tuple[int, int] | None
    """From when until when it may be used; None from now on for a period of its resource."""


class Grant(NamedTuple):
    """A right that runs."""

    agent: str
    resource: str
    units: int
    used: int
    start: int
    end: int
    fence: int


class Grants:
    """All grants that run, and those that are owed."""

    def __init__(self, resources: Resources, spenders: Spenders) -> None:
        self.resources = resources
        self._spenders = spenders
        self.by_name: dict[str, Grant] = {}
        self.owed: deque[Owed] = deque()
        self.fence: dict[str, int] = {}
        self.given = 0
        self.offered: dict[str, int] = {}
        """Grant to the units of it that are for sale in order books."""

    def owe(self, right: Owed) -> None:
        """Whoever won something must be granted it, in the records right after."""
        self.owed.append(right)

    def check_given(self, kind: str) -> None:
        """What is owed is granted before anything else happens."""
        if self.owed and kind != "granted":
            raise Wrong(
                f"follows before {self.owed[0].agent} was granted what it won in {self.owed[0].source}"
            )

    def give(self, e: Fields, now: int) -> None:
        """Somebody may use units from now on, or for a time to come."""
        known, resource, units = str(e["grant"]), str(e["resource"]), positive(e["units"])
        if known in self.by_name:
            raise Wrong(f"gives grant {known} a second time")
        if not self.owed:
            raise Wrong(f"gives grant {known}, which follows from nothing")
        owed, window = self.owed.popleft(), (whole(e["starts_at"]), whole(e["ends_at"]))
        said = (e["source"], e["market"], e["agent"], resource, units, e.get("paid", 0))
        if said != owed[:6] or window != (owed.window or self._from(now, resource)):
            raise Wrong(f"gives grant {known} otherwise than {owed.source} came out")
        self.fence[resource] = fence = self.fence.get(resource, 0) + 1
        if e["fence"] != fence:
            raise Wrong(f"gives grant {known} the token {e['fence']}, and {fence} is next")
        if window[1] <= now:
            raise Wrong(f"gives grant {known} for a time that is over")
        self.resources.promise(resource, _right(known, fence), units, window, now)
        self.by_name[known] = Grant(str(e["agent"]), resource, units, 0, *window, fence)
        self.given += 1

    def sell(self, known: str, units: int) -> Grant:
        """Units of a grant become somebody else's; what it had been."""
        grant = self.by_name[known]
        if grant.used + units > grant.units:
            raise Wrong(f"sells {units} units of grant {known}, which has fewer left")
        self.by_name[known] = grant._replace(units=grant.units - units)
        self.resources.lessen(grant.resource, _right(known, grant.fence), grant.units - units)
        return grant

    def use(self, e: Fields, now: int) -> None:
        """Units of a grant are used, in its time, and no more than it has."""
        known, grant = self._running(e)
        used = grant.used + positive(e["units"])
        if not grant.start <= now < grant.end:
            raise Wrong(f"uses grant {known} outside its time")
        had = grant.units - self.offered.get(known, 0)
        if used > had or e["left"] != had - used:
            raise Wrong(f"uses {used} of the {had} units of grant {known}, and says {e['left']} are left")
        self.by_name[known] = grant._replace(used=used)

    def release(self, e: Fields) -> None:
        """A grant is given back; what was used of it counts until its time is over."""
        known, grant = self._running(e)
        self._check_kept(known)
        if e["returned"] != grant.units - grant.used:
            raise Wrong(f"returns {e['returned']} units of grant {known}, of which {grant.used} were used")
        self.resources.lessen(grant.resource, _right(known, grant.fence), grant.used)
        del self.by_name[known]

    def expire(self, e: Fields, now: int) -> None:
        """The time of a grant is over."""
        known, grant = self._running(e)
        self._check_kept(known)
        if now < grant.end or e["unused"] != grant.units - grant.used:
            raise Wrong(f"expires grant {known} before its end, or miscounts what was used of it")
        self.resources.lessen(grant.resource, _right(known, grant.fence), 0)
        del self.by_name[known]

    def _check_kept(self, known: str) -> None:
        if self.offered.get(known):
            raise Wrong(f"ends grant {known} while units of it are for sale")

    def _running(self, e: Fields) -> tuple[str, Grant]:
        known = str(e["grant"])
        grant = self.by_name.get(known)
        if grant is None or grant.agent != e["agent"]:
            raise Wrong(f"speaks of grant {known} of {e['agent']}, which does not run")
        return known, grant

    def _from(self, now: int, resource: str) -> tuple[int, int]:
        return now, min(now + self.resources.period[resource], MAX)


def _right(grant: str, fence: int) -> str:
    """The name of a promise: that of a grant alone may come again when the grant is over."""
    return f"grant {grant} {fence}"
