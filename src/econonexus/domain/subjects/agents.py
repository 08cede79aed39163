"""Agents and their teams: who may spend, for whom, and with what weight.

An agent owns its wallet, and whatever other accounts were opened for it; a team owns a wallet too, on
which its agents draw that have none of their own.
"""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, AgentId, BudgetId, TeamId

MAX_CAPABILITIES = 64
MAX_MODELS = 64
MAX_METADATA = 16
MAX_METADATA_NAME = 64
MAX_METADATA_VALUE = 256
MAX_WEIGHT = 1_000_000
MAX_PRIORITY = 1_000


class Agent(msgspec.Struct, gc=False, omit_defaults=True):
    """One participant."""

    id: AgentId
    team: TeamId | None
    owner: AccountId
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()
    """The models it may call; none named, every one."""
    budget: BudgetId | None = None
    """Above an agent that has no wallet to stand beneath it."""
    frozen: bool = False
    signing_key: str = ""
    """The public key by which its bids are verified."""


class Team(msgspec.Struct, gc=False, omit_defaults=True):
    """A group of agents that share a wallet, a budget, or both."""

    id: TeamId
    frozen: bool = False


class Agents(msgspec.Struct):
    """All agents and teams. Only events change them."""

    by_id: dict[AgentId, Agent] = {}
    teams: dict[TeamId, Team] = {}

    def owned_by(self, owner: AccountId) -> Agent | None:
        """The agent that an account's owner is, if it is one."""
        return self.by_id.get(owner)  # type: ignore[call-overload, no-any-return]  # An agent owns by its name.

    def team_of(self, owner: AccountId) -> Team | None:
        """The team that an account's owner is or belongs to, if any."""
        if not self.teams:
            return None
        agent = self.by_id.get(AgentId(owner))
        if agent is None:
            return self.teams.get(TeamId(owner))
        return None if agent.team is None else self.teams[agent.team]

    def create_team(self, event: events.TeamCreated) -> None:
        """Add a team."""
        self.teams[event.team] = Team(event.team)

    def freeze_team(self, team: TeamId, frozen: bool) -> None:
        """Stop a team and its agents from spending, or let them again."""
        self.teams[team].frozen = frozen

    def create(self, event: events.AgentCreated) -> None:
        """Add an agent."""
        self.by_id[event.agent] = Agent(
            event.agent,
            event.team,
            event.owner,
            event.capabilities,
            event.metadata,
            event.weight,
            event.priority,
            event.models,
            event.budget,
        )

    def register(self, event: events.SigningKeyRegistered) -> None:
        """Verify an agent's bids by another key."""
        self.by_id[event.agent].signing_key = event.public_key

    def change(self, event: events.AgentChanged) -> None:
        """Replace what an agent is known by; its team, its money and whether it is frozen stay."""
        agent = self.by_id[event.agent]
        agent.capabilities = event.capabilities
        agent.metadata = event.metadata
        agent.weight = event.weight
        agent.priority = event.priority
        agent.models = event.models

    def freeze(self, agent: AgentId, frozen: bool) -> None:
        """Stop an agent from spending, or let it again."""
        self.by_id[agent].frozen = frozen

    def assign_budget(self, agent: AgentId, budget: BudgetId | None) -> None:
        """Put an agent that has no wallet beneath another budget."""
        self.by_id[agent].budget = budget
