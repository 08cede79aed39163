"""What an owner's agents may do: everything, under a closer look, nothing new, nothing at all."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import AccountId, Instant, TeamId
from econonexus.domain.kinds import Standing
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent

STOPPED = (Standing.SUSPENDED, Standing.BANNED)
"""With these, an owner's agents take on nothing new; what they have promised goes on."""


def set_standing(state: State, command: commands.SetStanding, _: Instant) -> Decision | Refusal:
    """Say what an owner's agents may do."""
    refusal = forms.name("owner", command.owner) or forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    if not _owns(state, command.owner):
        return Refusal(RefusalCode.UNKNOWN_OWNER, "owner", command.owner)
    return (events.StandingSet(command.owner, command.standing, command.reason),)


def suspended(state: State, agent: Agent) -> Refusal | None:
    """Whether an agent's owner may take on nothing new."""
    if state.stakes.standing_of(agent.owner) in STOPPED:
        return Refusal(RefusalCode.OWNER_SUSPENDED, "agent", agent.owner)
    return None


def banned(state: State, agent: Agent) -> Refusal | None:
    """Whether an agent's owner may not even take back what is at stake."""
    if state.stakes.standing_of(agent.owner) is Standing.BANNED:
        return Refusal(RefusalCode.OWNER_SUSPENDED, "agent", agent.owner)
    return None


def on_probation(state: State, agent: Agent) -> bool:
    """Whether an agent's record earns it nothing meanwhile: no credit line, no relief of bonds."""
    return state.stakes.standing_of(agent.owner) is Standing.PROBATION


def _owns(state: State, owner: AccountId) -> bool:
    """Whether anybody belongs to an owner."""
    agents = state.agents
    known = TeamId(owner) in agents.teams or owner in state.stakes.standings
    return known or any(agent.owner == owner for agent in agents.by_id.values())
