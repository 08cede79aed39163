"""Grants: the right to use units of a resource for a time, and how much of it was used."""

import itertools

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AgentId, GrantId, Instant, MarketId, ResourceId, Sequence
from econonexus.domain.money import Amount

ENDED_REMEMBERED = 10_000
"""So many grants that have ended are remembered at least, and at most twice as many."""


RUNNING, RELEASED, EXPIRED = "running", "released", "expired"


class Grant(msgspec.Struct, gc=False, omit_defaults=True):
    """One right won."""

    id: GrantId
    agent: AgentId
    resource: ResourceId
    units: int
    starts_at: Instant
    ends_at: Instant
    fence: int
    market: MarketId
    source: str
    """The auction, order or market it follows from."""
    paid: Amount = Amount(0)
    used: int = 0
    offered: int = 0
    """The units that its agent offers in order books."""
    status: str = RUNNING
    """`running`, `released` or `expired`."""

    sequence: Sequence = Sequence(0)
    """The record by which it was given."""

    @property
    def left(self) -> int:
        """The units that still may be used."""
        return self.units - self.used - self.offered


class Grants(msgspec.Struct):
    """All grants that run, and those that ended last. Only events change them."""

    by_id: dict[GrantId, Grant] = {}
    ended: dict[GrantId, Grant] = {}
    of_agent: dict[AgentId, dict[GrantId, None]] = {}
    """The grants of an agent that run, oldest first."""

    def grant(self, event: events.Granted, sequence: Sequence) -> None:
        """Add a right, given by record `sequence`."""
        self.by_id[event.grant] = Grant(
            event.grant,
            event.agent,
            event.resource,
            event.units,
            event.starts_at,
            event.ends_at,
            event.fence,
            event.market,
            event.source,
            event.paid,
            sequence=sequence,
        )
        self.of_agent.setdefault(event.agent, {})[event.grant] = None

    def use(self, event: events.GrantUsed) -> None:
        """Count what was used."""
        self.by_id[event.grant].used += event.units

    def offer(self, name: GrantId, units: int) -> None:
        """Keep back units that are offered in an order book, or with a negative number free them again."""
        self.by_id[name].offered += units

    def give(self, name: GrantId, units: int) -> Grant:
        """Take away units that were sold; what is left of the right."""
        grant = self.by_id[name]
        grant.units -= units
        return grant

    def end(self, name: GrantId, status: str) -> Grant:
        """End a right, by release or by its time."""
        grant = self.by_id.pop(name)
        grant.status = status
        mine = self.of_agent[grant.agent]
        del mine[name]
        if not mine:
            del self.of_agent[grant.agent]
        self.ended[name] = grant
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
        return grant
