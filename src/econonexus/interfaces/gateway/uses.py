"""The grants that calls are served from: what of each is spoken for by calls under way, and metering it.

A grant belongs to its agent, who may have many calls under way; what those may come to at most is kept apart
here, and what they came to is metered when they end. A grant that was got for one call alone serves no
other, and the units that call leaves of it go back to the market.
"""

import asyncio
import logging
import re
from collections import Counter
from typing import NamedTuple

from econonexus.domain.commands import Command, ReleaseGrant, UseGrant
from econonexus.domain.ids import AgentId, GrantId, Instant, ResourceId
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.interfaces.gateway.change import Change, Kept, split, total
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.node.node import Node
from econonexus.node.replies import Refused, Reply

log = logging.getLogger(__name__)

OURS = "call-"
"""So begin the names of requests and auctions that are made for calls."""
_OURS = re.compile(f"{OURS}[0-9a-f]{{16}}")
PAUSES_S = (0.01, 0.05, 0.2, 1.0, 5.0)
"""How long an overloaded node is left alone, one time after the other."""


class Part(NamedTuple):
    """Units of one grant that a call may use."""

    grant: GrantId
    units: int
    ours: bool
    """Whether the grant was got for this call alone."""
    until: Instant
    """When the grant ends."""


class Use:
    """What a call may use, of one grant or of several. It ends once."""

    def __init__(
        self, uses: "Uses", agent: AgentId, resource: ResourceId, unit_tokens: int, kept: list[Kept]
    ) -> None:
        self._uses = uses
        self._whose = agent, resource
        self._unit_tokens = unit_tokens
        self._kept = kept
        """What calls before it left of their units; it is used first."""
        self.parts: list[Part] = []
        self.waited_ms = 0
        """How long its grants took to be had."""

    @property
    def units(self) -> int:
        """What it may use at most, besides what was kept for it."""
        return sum(part.units for part in self.parts)

    def lacking(self, tokens: int) -> int:
        """How many units more a call of so many tokens needs."""
        beyond = tokens - total(self._kept)
        return units_of(beyond, self._unit_tokens) - self.units if beyond > 0 else 0

    def add(self, *parts: Part) -> None:
        """It may use more."""
        self.parts += parts

    async def end(self, tokens: int | None) -> None:
        """Meter what was used, all of it where None says that nobody knows, and give back what was got for
        it alone and is left over."""
        beyond = 0 if tokens is None else max(0, tokens - total(self._kept))
        left = self.units if tokens is None else units_of(beyond, self._unit_tokens) if beyond else 0
        if tokens is not None:
            self._keep(tokens, left * self._unit_tokens - beyond, left)
        parts, self.parts, self._kept = self.parts, [], []
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            used = left if last else min(left, part.units)
            left -= used
            await self._uses.settle(part, used)

    def _keep(self, tokens: int, spare: int, metered: int) -> None:
        """Keep for the agent's next calls what is left of units before, and of the last that is metered."""
        _, kept = split(self._kept, tokens)
        if spare > 0 and 0 < metered <= self.units:
            kept.append(Kept(spare, self._last(metered).until))
        self._uses.change.give(*self._whose, kept)

    def _last(self, metered: int) -> Part:
        """The part that the last of so many units is of."""
        for part in self.parts:
            metered -= part.units
            if metered <= 0:
                break
        return part


class Uses:
    """All grants that calls are served from."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._spoken_for: Counter[GrantId] = Counter()
        self.change = Change()
        self.orphans: frozenset[str] = frozenset()
        """What grants follow from that were got for calls of a server before; they serve any call."""

    def begin(self, agent: AgentId, resource: ResourceId, tokens: int, unit_tokens: int, now: Instant) -> Use:
        """What a call of so many tokens may use of what its agent has, those that end first."""
        kept = self.change.take(agent, resource, tokens, now) if unit_tokens else []
        use = Use(self, agent, resource, unit_tokens, kept)
        use.add(*self.take(agent, resource, use.lacking(tokens), now))
        return use

    def take(self, agent: AgentId, resource: ResourceId, units: int, now: Instant) -> list[Part]:
        """Up to so many units of an agent's own grants that run, those first that end first."""
        parts: list[Part] = []
        for grant in sorted(
            self._node.engine.peek(lambda state: self._running(state, agent, resource, now)), key=_end
        ):
            free = min(units, grant.left - self._spoken_for[grant.id])
            if free > 0:
                parts.append(self._claim(grant, free, ours=False))
                units -= free
        return parts

    def got(self, name: GrantId, units: int) -> Part:
        """Units of a grant that was got for one call alone."""
        return self._claim(self._node.engine.peek(lambda state: _known(state, name)), units, ours=True)

    def _claim(self, grant: Grant, units: int, ours: bool) -> Part:
        """Keep units of a grant for one call."""
        self._spoken_for[grant.id] += units
        return Part(grant.id, units, ours, grant.ends_at)

    def _running(self, state: State, agent: AgentId, resource: ResourceId, now: Instant) -> list[Grant]:
        grants = (state.grants.by_id[name] for name in state.grants.of_agent.get(agent, ()))
        return [
            grant
            for grant in grants
            if grant.resource == resource
            and grant.starts_at <= now < grant.ends_at
            and (grant.source in self.orphans or not is_ours(grant.source))
        ]

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


def is_ours(name: str) -> bool:
    """Whether a request or an auction was made for calls."""
    return _OURS.fullmatch(name) is not None


def _known(state: State, name: GrantId) -> Grant:
    """A grant that was given; a short one may have ended by now."""
    return state.grants.by_id.get(name) or state.grants.ended[name]


def _end(grant: Grant) -> tuple[Instant, GrantId]:
    return grant.ends_at, grant.id


def _left(state: State, name: GrantId) -> int:
    grant = state.grants.by_id.get(name)
    return 0 if grant is None else grant.left
