"""The right to use a resource: given for what was won, metered, given back, over."""

import itertools
from collections.abc import Iterator

from econonexus.domain import commands, events
from econonexus.domain.flows.spending import Decision
from econonexus.domain.flows.trading import cancelled
from econonexus.domain.ids import MAX_INSTANT, AgentId, GrantId, Instant, MarketId
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import RUNNING, Grant
from econonexus.domain.subjects.resources import Resource


def granted(
    state: State,
    source: str,
    market: MarketId,
    rights: list[tuple[AgentId, str, int, Amount]],
    now: Instant,
    starts_at: Instant | None = None,
    ends_at: Instant | None = None,
    fences: dict[str, int] | None = None,
) -> tuple[events.Granted, ...]:
    """The rights that follow from `source`: for each an agent, a resource, units and what they cost.

    By default they run from now on for a period of their resource. Tokens rise in the order given; `fences`
    are the last ones of resources that the same decision has granted of before, and are moved on.
    """
    given: list[events.Granted] = []
    fences = {} if fences is None else fences
    names = _free_names(state, source)
    for agent, name, units, paid in rights:
        resource = _resource(state, name)
        fence = fences[name] = fences.get(name, resource.fence) + 1
        start = now if starts_at is None else starts_at
        end = Instant(min(start + resource.period, MAX_INSTANT)) if ends_at is None else ends_at
        grant = next(names)
        given.append(
            events.Granted(grant, agent, resource.id, units, start, end, fence, market, source, paid)
        )
    return tuple(given)


def use(state: State, command: commands.UseGrant, now: Instant) -> Decision | Refusal:
    """Meter what was used."""
    if command.units.__class__ is not int or not 1 <= command.units <= MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_UNITS, "units")
    grant = _known(state, command.grant, command.agent)
    if isinstance(grant, Refusal):
        return grant
    if command.fence not in (None, grant.fence):
        return Refusal(RefusalCode.STALE_FENCE, "fence", grant.id, command.fence, grant.fence)
    if grant.status != RUNNING:
        return Refusal(RefusalCode.GRANT_ENDED, "grant", grant.id)
    if now < grant.starts_at:
        return Refusal(RefusalCode.GRANT_NOT_BEGUN, "grant", grant.id, grant.starts_at, now)
    if command.units > grant.left:
        return Refusal(RefusalCode.UNITS_OVER_GRANT, "units", grant.id, command.units, grant.left)
    return (events.GrantUsed(grant.id, grant.agent, command.units, grant.left - command.units),)


def release(state: State, command: commands.ReleaseGrant, _: Instant) -> Decision | Refusal:
    """Give back what was not used."""
    grant = _running(state, command.grant, command.agent)
    if isinstance(grant, Refusal):
        return grant
    offers = _offers(state, grant)
    return (*offers, events.GrantReleased(grant.id, grant.agent, grant.left + grant.offered))


def expire(state: State, command: commands.ExpireGrant, now: Instant) -> Decision | Refusal:
    """End a right whose time is over."""
    grant = _running(state, command.grant, None)
    if isinstance(grant, Refusal):
        return grant
    if grant.ends_at > now:
        return Refusal(RefusalCode.GRANT_NOT_DUE, "grant", grant.id, grant.ends_at, now)
    offers = _offers(state, grant)
    return (*offers, events.GrantExpired(grant.id, grant.agent, grant.left + grant.offered))


def _offers(state: State, grant: Grant) -> tuple[events.OrderCancelled, ...]:
    """The orders that offer units of a grant end with it."""
    names = state.orders.of_grant.get(grant.id, ())
    return tuple(cancelled(state.orders.by_id[name], "grant_ended") for name in names)


def _free_names(state: State, source: str) -> Iterator[GrantId]:
    """Names for the grants of a source: numbered, without those of an older source of its name."""
    names = (GrantId(f"{source}:{number}") for number in itertools.count(1))
    return (name for name in names if name not in state.grants.by_id)


def _resource(state: State, name: str) -> Resource:
    return state.resources.by_id[name]  # type: ignore[index]  # Items are named after resources.


def _known(state: State, name: GrantId, asker: AgentId | None) -> Grant | Refusal:
    """The grant of a name that runs or is remembered; another agent's is as good as unknown."""
    grant = state.grants.by_id.get(name) or state.grants.ended.get(name)
    if grant is None or asker not in (None, grant.agent):
        return Refusal(RefusalCode.UNKNOWN_GRANT, "grant", name)
    return grant


def _running(state: State, name: GrantId, asker: AgentId | None) -> Grant | Refusal:
    """The same, if it has not ended."""
    grant = _known(state, name, asker)
    if isinstance(grant, Grant) and grant.status != RUNNING:
        return Refusal(RefusalCode.GRANT_ENDED, "grant", name)
    return grant
