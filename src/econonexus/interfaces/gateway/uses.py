"""The grants that calls are served from: what of each is spoken for by calls under way, and metering it.

A grant belongs to its agent, who may have many calls under way; what those may come to at most is kept apart
here, and what they came to is metered when they end. A grant that was got for one call alone serves no
other, and what that call leaves of it goes back to the market.
"""

import asyncio
import logging
from collections import Counter
from typing import NamedTuple

from econonexus.domain.commands import Command, ReleaseGrant, UseGrant
from econonexus.domain.ids import AgentId, GrantId, Instant, ResourceId
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.node.node import Node
from econonexus.node.replies import Refused, Reply

log = logging.getLogger(__name__)

OURS = "call-"
"""So begin the names of requests and auctions that are made for calls."""
PAUSES_S = (0.01, 0.05, 0.2, 1.0, 5.0)
"""How long an overloaded node is left alone, one time after the other."""


class Part(NamedTuple):
    """Units of one grant that a call may use."""

    grant: GrantId
    units: int
    ours: bool
    """Whether the grant was got for this call alone."""


class Use:
    """What a call may use, of one grant or of several. It ends once."""

    def __init__(self, uses: "Uses", parts: list[Part], unit_tokens: int) -> None:
        self._uses = uses
        self._unit_tokens = unit_tokens
        self.parts = parts
        self.waited_ms = 0
        """How long its grants took to be had."""

    @property
    def units(self) -> int:
        """What it may use at most."""
        return sum(part.units for part in self.parts)

    def add(self, part: Part) -> None:
        """It may use more."""
        self.parts.append(part)

    async def end(self, tokens: int | None) -> None:
        """Meter what was used, all of it where None says that nobody knows, and give back what was got for
        it alone and is left over."""
        left = self.units if tokens is None else units_of(tokens, self._unit_tokens) if tokens else 0
        parts, self.parts = self.parts, []
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            used = left if last else min(left, part.units)
            left -= used
            await self._uses.settle(part, used)


class Uses:
    """All grants that calls are served from."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._spoken_for: Counter[GrantId] = Counter()

    def take(self, agent: AgentId, resource: ResourceId, units: int, now: Instant) -> list[Part]:
        """Up to so many units of an agent's own grants that run, those first that end first."""
        parts: list[Part] = []
        for grant in sorted(
            self._node.engine.peek(lambda state: _running(state, agent, resource, now)), key=_end
        ):
            free = min(units, grant.left - self._spoken_for[grant.id])
            if free > 0:
                parts.append(self.claim(grant.id, free))
                units -= free
        return parts

    def claim(self, grant: GrantId, units: int, ours: bool = False) -> Part:
        """Keep units of a grant for one call."""
        self._spoken_for[grant] += units
        return Part(grant, units, ours)

    async def settle(self, part: Part, used: int) -> None:
        """Meter what a call used of a part, which serves others again."""
        try:
            if used:
                await self._meter(part, used)
            if part.ours and used < part.units:
                await self._submitted(ReleaseGrant(part.grant))
        finally:
            self._spoken_for[part.grant] -= part.units
            if not self._spoken_for[part.grant]:
                del self._spoken_for[part.grant]

    async def _meter(self, part: Part, used: int) -> None:
        """Of what is over the grant, as much is metered as it has left; the rest is only told."""
        reply = await self._submitted(UseGrant(part.grant, used))
        if not isinstance(reply, Refused):
            return
        left = self._node.engine.peek(lambda state: _left(state, part.grant))
        log.warning("grant %s: %s units used, %s left: %s", part.grant, used, left, reply.refusal.sentence())
        if 0 < left < used:
            await self._submitted(UseGrant(part.grant, left))

    async def _submitted(self, command: Command) -> Reply:
        for wait_s in PAUSES_S:
            reply = await self._node.submit(command, GATEWAY)
            if not isinstance(reply, Refused) or not reply.refusal.code.transient:
                return reply
            await asyncio.sleep(wait_s)
        return reply


def units_of(tokens: int, unit_tokens: int) -> int:
    """How many units a call of so many tokens needs; one where calls are sold."""
    return -(-tokens // unit_tokens) if unit_tokens else 1


def _running(state: State, agent: AgentId, resource: ResourceId, now: Instant) -> list[Grant]:
    grants = (state.grants.by_id[name] for name in state.grants.of_agent.get(agent, ()))
    return [
        grant
        for grant in grants
        if grant.resource == resource
        and grant.starts_at <= now < grant.ends_at
        and not grant.source.startswith(OURS)
    ]


def _end(grant: Grant) -> tuple[Instant, GrantId]:
    return grant.ends_at, grant.id


def _left(state: State, name: GrantId) -> int:
    grant = state.grants.by_id.get(name)
    return 0 if grant is None else grant.left
