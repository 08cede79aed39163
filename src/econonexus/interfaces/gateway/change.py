"""What calls left of units that they used in part: their agents' next calls have it first.

A market sells tokens by units of several, and a unit is metered whole. What a call leaves of one is its
agent's for as long as the unit's grant runs, so that small calls are not charged a unit each. It is kept in
memory alone: a restart forgets less than a unit for every call that was under way.
"""

from typing import NamedTuple

from econonexus.domain.ids import AgentId, Instant, ResourceId


class Kept(NamedTuple):
    """Tokens of a unit that is metered already."""

    tokens: int
    until: Instant
    """When the grant ends that the unit is of."""


class Change:
    """What is left of units, by agent and resource. Linear in what an agent has left."""

    def __init__(self) -> None:
        self._kept: dict[tuple[AgentId, ResourceId], list[Kept]] = {}

    def take(self, agent: AgentId, resource: ResourceId, tokens: int, now: Instant) -> list[Kept]:
        """Up to so many tokens, those first that can be kept least long; nobody else has them meanwhile."""
        kept = [each for each in self._kept.pop((agent, resource), ()) if each.until > now]
        taken, rest = split(sorted(kept, key=lambda each: each.until), tokens)
        self.give(agent, resource, rest)
        return taken

    def give(self, agent: AgentId, resource: ResourceId, kept: list[Kept]) -> None:
        """Keep tokens for an agent's next calls."""
        if kept:
            self._kept.setdefault((agent, resource), []).extend(kept)


def total(kept: list[Kept]) -> int:
    """How many tokens there are."""
    return sum(each.tokens for each in kept)


def split(kept: list[Kept], tokens: int) -> tuple[list[Kept], list[Kept]]:
    """The first so many tokens, if there are as many, and the others."""
    first, others = [], []
    for each in kept:
        some = min(tokens, each.tokens)
        tokens -= some
        if some:
            first.append(each._replace(tokens=some))
        if some < each.tokens:
            others.append(each._replace(tokens=each.tokens - some))
    return first, others
