"""Agents and teams."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, KeyDigest, KeyId, TeamId
from econonexus.domain.money import Amount


class CreateTeam(CommandForm, frozen=True):
    """Make a team, with a wallet of the same name.

    `budget` limits what leaves the team's wallet and all that its agents own; where none is named, the
    budget of the team's own name does, if there is one. Refused: `team_exists`, `agent_exists`,
    `account_exists`, `unknown_budget`, `asset_mismatch`.
    """

    team: TeamId
    budget: BudgetId | None = None


class FreezeTeam(CommandForm, frozen=True):
    """Stop everything new from leaving what a team and its agents own; income may come.

    Refused: `unknown_team`, `team_frozen`.
    """

    team: TeamId
    reason: str = ""


class UnfreezeTeam(CommandForm, frozen=True):
    """Let a team and its agents spend again. Refused: `unknown_team`, `team_not_frozen`."""

    team: TeamId
    reason: str = ""


class CreateAgent(CommandForm, frozen=True):
    """Make an agent, with a wallet of the same name, some money and its first key.

    Without a `wallet` of its own it pays from its team's. `owner` is who answers for it: the team by
    default, or else the agent itself. `credits` are minted into the wallet. `budget` limits what the
    agent spends, besides the budgets above its team; where none is named, the budget of the agent's own
    name does, if there is one. `weight` is 1 to 1,000,000, `priority` -1,000 to 1,000, higher first;
    `capabilities` are at most 64 names, `models` too (none: every model); `metadata` are at most 16
    declared facts of 64 characters to 256, no place for anything personal. `key` names the key whose
    secret has the digest `key_digest`; both or none. Refused: `invalid_agent`, `invalid_key`,
    `team_exists` (of its name), `unknown_team`, `agent_exists`, `key_exists`, `account_exists`,
    `unknown_budget`, `asset_mismatch`, `balance_too_large`.
    """

    agent: AgentId
    team: TeamId | None = None
    owner: AccountId | None = None
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()
    credits: Amount = Amount(0)  # The money's own name.
    wallet: bool = True
    budget: BudgetId | None = None
    key: KeyId | None = None
    key_digest: KeyDigest = KeyDigest("")


class ChangeAgent(CommandForm, frozen=True):
    """Replace those properties of an agent that are given; the others stay as they are.

    Their bounds are those of `CreateAgent`. `budget` puts it beneath another budget; `AssignBudget` takes
    it from beneath all. Refused: `invalid_agent`, `unknown_agent`, `unknown_budget`, `asset_mismatch`.
    """

    agent: AgentId
    weight: int | None = None
    priority: int | None = None
    models: tuple[str, ...] | None = None
    capabilities: tuple[str, ...] | None = None
    metadata: dict[str, str] | None = None
    budget: BudgetId | None = None


class FreezeAgent(CommandForm, frozen=True):
    """Stop everything new from leaving what an agent owns; what is on hold may settle, income may come.

    Refused: `unknown_agent`, `agent_frozen`.
    """

    agent: AgentId
    reason: str = ""


class UnfreezeAgent(CommandForm, frozen=True):
    """Let an agent spend again. Refused: `unknown_agent`, `agent_not_frozen`."""

    agent: AgentId
    reason: str = ""
