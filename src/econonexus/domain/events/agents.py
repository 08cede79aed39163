"""Agents and teams."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, TeamId


class TeamCreated(EventForm, frozen=True, tag="team_created/1"):
    """A team exists; the opening of its wallet follows."""

    team: TeamId


class TeamFrozen(EventForm, frozen=True, tag="team_frozen/1"):
    """Nothing new leaves what the team and its agents own."""

    team: TeamId
    reason: str = ""


class TeamUnfrozen(EventForm, frozen=True, tag="team_unfrozen/1"):
    """The team and its agents may spend again."""

    team: TeamId
    reason: str = ""


class AgentCreated(EventForm, frozen=True, tag="agent_created/1"):
    """An agent exists. What follows opens its wallet, mints its money and issues its key.

    Where it gets no wallet it pays from its team's, and stands beneath `budget` itself.
    """

    agent: AgentId
    team: TeamId | None
    owner: AccountId
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()
    budget: BudgetId | None = None


class AgentChanged(EventForm, frozen=True, tag="agent_changed/1"):
    """These are the agent's properties from now on, all of them."""

    agent: AgentId
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()


class AgentFrozen(EventForm, frozen=True, tag="agent_frozen/1"):
    """Nothing new leaves what the agent owns."""

    agent: AgentId
    reason: str = ""


class AgentUnfrozen(EventForm, frozen=True, tag="agent_unfrozen/1"):
    """The agent may spend again."""

    agent: AgentId
    reason: str = ""
