"""Making, freezing and releasing agents and teams."""

from econonexus.domain import commands, events
from econonexus.domain.flows import budgeting, forms
from econonexus.domain.flows.keys import key_refused
from econonexus.domain.flows.spending import PAYS, Decision
from econonexus.domain.ids import CREDIT, AccountId, AgentId, BudgetId, Instant, TeamId, is_name
from econonexus.domain.kinds import AccountKind, Role
from econonexus.domain.ledger import system_account
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects import agents


def create_team(state: State, command: commands.CreateTeam, now: Instant) -> Decision | Refusal:
    """Make a team and open its wallet."""
    refusal = forms.name("team", command.team)
    if refusal:
        return refusal
    if command.team in state.agents.teams:
        return Refusal(RefusalCode.TEAM_EXISTS, "team", command.team)
    if AgentId(command.team) in state.agents.by_id:
        return Refusal(RefusalCode.AGENT_EXISTS, "team", command.team)
    wallet = AccountId(command.team)
    if wallet in state.ledger.accounts:
        return Refusal(RefusalCode.ACCOUNT_EXISTS, "team", wallet)
    budget = _budget(state, wallet, command.budget)
    if isinstance(budget, Refusal):
        return budget
    opened = events.AccountOpened(wallet, wallet, AccountKind.WALLET, CREDIT, budget)
    return (events.TeamCreated(command.team), opened)


def freeze_team(state: State, command: commands.FreezeTeam, now: Instant) -> Decision | Refusal:
    """Stop a team and its agents from spending."""
    team = _team(state, command.team, command.reason)
    if isinstance(team, Refusal):
        return team
    if team.frozen:
        return Refusal(RefusalCode.TEAM_FROZEN, "team", team.id)
    return (events.TeamFrozen(team.id, command.reason),)


def unfreeze_team(state: State, command: commands.UnfreezeTeam, now: Instant) -> Decision | Refusal:
    """Let a team and its agents spend again."""
    team = _team(state, command.team, command.reason)
    if isinstance(team, Refusal):
        return team
    if not team.frozen:
        return Refusal(RefusalCode.TEAM_NOT_FROZEN, "team", team.id)
    return (events.TeamUnfrozen(team.id, command.reason),)


def create(state: State, command: commands.CreateAgent, now: Instant) -> Decision | Refusal:
    """Make an agent, and what it begins with."""
    refusal = (
        forms.name("agent", command.agent)
        or (command.owner is not None and forms.name("owner", command.owner))
        or forms.amount("credits", command.credits, least=0)
        or _out_of_range(
            command.capabilities, command.models, command.metadata, command.weight, command.priority
        )
        or _penniless(command)
    )
    if refusal:
        return refusal
    refusal = _not_free(state, command)
    if refusal:
        return refusal
    budget = _budget(state, AccountId(command.agent), command.budget)
    if isinstance(budget, Refusal):
        return budget
    refusal = _cannot_mint(state, command.credits)
    if refusal:
        return refusal
    owner = command.owner or AccountId(command.team or command.agent)
    created = events.AgentCreated(
        command.agent,
        command.team,
        owner,
        command.capabilities,
        command.metadata,
        command.weight,
        command.priority,
        command.models,
        None if command.wallet else budget,
    )
    return (created, *_belongings(command, budget))


def change(state: State, command: commands.ChangeAgent, now: Instant) -> Decision | Refusal:
    """Replace some of an agent's properties."""
    agent = state.agents.by_id.get(command.agent)
    known = agent or agents.Agent(command.agent, None, AccountId(command.agent))
    changed = events.AgentChanged(
        known.id,
        known.capabilities if command.capabilities is None else command.capabilities,
        known.metadata if command.metadata is None else command.metadata,
        known.weight if command.weight is None else command.weight,
        known.priority if command.priority is None else command.priority,
        known.models if command.models is None else command.models,
    )
    refusal = _out_of_range(
        changed.capabilities, changed.models, changed.metadata, changed.weight, changed.priority
    )
    if refusal:
        return refusal
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    if command.budget is None:
        return (changed,)
    beneath = commands.AssignBudget(AccountId(agent.id), command.budget)
    assigned = budgeting.assign(state, beneath, now)
    return assigned if isinstance(assigned, Refusal) else (changed, *assigned)


def freeze(state: State, command: commands.FreezeAgent, now: Instant) -> Decision | Refusal:
    """Stop an agent from spending."""
    agent = _agent(state, command.agent, command.reason)
    if isinstance(agent, Refusal):
        return agent
    if agent.frozen:
        return Refusal(RefusalCode.AGENT_FROZEN, "agent", agent.id)
    return (events.AgentFrozen(agent.id, command.reason),)


def unfreeze(state: State, command: commands.UnfreezeAgent, now: Instant) -> Decision | Refusal:
    """Let an agent spend again."""
    agent = _agent(state, command.agent, command.reason)
    if isinstance(agent, Refusal):
        return agent
    if not agent.frozen:
        return Refusal(RefusalCode.AGENT_NOT_FROZEN, "agent", agent.id)
    return (events.AgentUnfrozen(agent.id, command.reason),)


def _out_of_range(
    capabilities: tuple[str, ...],
    models: tuple[str, ...],
    metadata: dict[str, str],
    weight: int,
    priority: int,
) -> Refusal | None:
    """Whether an agent's properties keep to their bounds."""
    for field, names, most in (
        ("capabilities", capabilities, agents.MAX_CAPABILITIES),
        ("models", models, agents.MAX_MODELS),
    ):
        if len(names) > most or not all(map(is_name, names)):
            return Refusal(RefusalCode.INVALID_AGENT, field)
    if not _is_metadata(metadata):
        return Refusal(RefusalCode.INVALID_AGENT, "metadata")
    if weight.__class__ is not int or not 1 <= weight <= agents.MAX_WEIGHT:
        return Refusal(RefusalCode.INVALID_AGENT, "weight")
    if priority.__class__ is not int or abs(priority) > agents.MAX_PRIORITY:
        return Refusal(RefusalCode.INVALID_AGENT, "priority")
    return None


def _penniless(command: commands.CreateAgent) -> Refusal | None:
    """Whether an agent without a wallet would have no team to pay for it, or money and nowhere to keep it."""
    if not command.wallet and (command.team is None or command.credits):
        return Refusal(RefusalCode.INVALID_AGENT, "wallet")
    return None


def _is_metadata(metadata: dict[str, str]) -> bool:
    return len(metadata) <= agents.MAX_METADATA and all(
        0 < len(name) <= agents.MAX_METADATA_NAME and len(value) <= agents.MAX_METADATA_VALUE
        for name, value in metadata.items()
    )


def _not_free(state: State, command: commands.CreateAgent) -> Refusal | None:
    """Whether the names an agent takes are free, and its team is there."""
    key = None
    if command.key is not None or command.key_digest:
        key = key_refused(state, "key", command.key or "", command.key_digest)
    taken = TeamId(command.agent) in state.agents.teams
    orphan = command.team is not None and command.team not in state.agents.teams
    twin = command.agent in state.agents.by_id
    # Without a wallet of its own it would pay from whosever account that is, if that can pay.
    account = state.ledger.accounts.get(AccountId(command.agent))
    open_already = account is not None and (command.wallet or account.kind in PAYS)
    return earliest(
        key,
        Refusal(RefusalCode.TEAM_EXISTS, "agent", command.agent) if taken else None,
        Refusal(RefusalCode.UNKNOWN_TEAM, "team", command.team or "") if orphan else None,
        Refusal(RefusalCode.AGENT_EXISTS, "agent", command.agent) if twin else None,
        Refusal(RefusalCode.ACCOUNT_EXISTS, "agent", command.agent) if open_already else None,
    )


def _budget(state: State, name: AccountId, named: BudgetId | None) -> BudgetId | Refusal | None:
    """The budget that is to stand above a wallet: the one named, or else that of the wallet's own name."""
    if named is None:
        own = state.budgets.by_id.get(BudgetId(name))
        return own.id if own is not None and own.asset == CREDIT else None
    budget = state.budgets.by_id.get(named)
    if budget is None:
        return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", named)
    if budget.asset != CREDIT:
        return Refusal(RefusalCode.ASSET_MISMATCH, "budget", named)
    return named


def _cannot_mint(state: State, amount: int) -> Refusal | None:
    mint = state.ledger.accounts[system_account(AccountKind.MINT, CREDIT)]
    if amount <= mint.available:
        return None
    return Refusal(RefusalCode.BALANCE_TOO_LARGE, "credits", mint.id, amount, mint.available)


def _belongings(command: commands.CreateAgent, budget: BudgetId | None) -> Decision:
    """What a new agent gets: a wallet, money in it, a key."""
    wallet = AccountId(command.agent)
    given: list[events.Event] = []
    if command.wallet:
        given.append(events.AccountOpened(wallet, wallet, AccountKind.WALLET, CREDIT, budget))
    if command.credits:
        mint = system_account(AccountKind.MINT, CREDIT)
        given.append(events.Minted(mint, wallet, command.credits, "initial credits"))
    if command.key is not None:
        given.append(events.KeyIssued(command.key, command.agent, Role.AGENT, command.key_digest))
    return tuple(given)


def _team(state: State, name: TeamId, reason: str) -> agents.Team | Refusal:
    """The team of a name; the reason given for what is done to it must fit its field."""
    refusal = forms.text("reason", reason, forms.MAX_REASON)
    if refusal:
        return refusal
    return state.agents.teams.get(name) or Refusal(RefusalCode.UNKNOWN_TEAM, "team", name)


def _agent(state: State, name: AgentId, reason: str) -> agents.Agent | Refusal:
    """The agent of a name; the reason given for what is done to it must fit its field."""
    refusal = forms.text("reason", reason, forms.MAX_REASON)
    if refusal:
        return refusal
    return state.agents.by_id.get(name) or Refusal(RefusalCode.UNKNOWN_AGENT, "agent", name)
