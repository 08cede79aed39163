"""Credits put at risk, the rules they are lost by, and what owners may do."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AccountId, AgentId
from econonexus.domain.kinds import Standing
from econonexus.domain.money import Amount
from econonexus.domain.promises import PromiseRules


class SetPromiseRules(CommandForm, frozen=True):
    """Say what must be at stake and what offences cost, from now on; contracts that run keep their rules.

    Refused: `invalid_promise_rules`.
    """

    rules: PromiseRules


class PostStake(CommandForm, frozen=True):
    """Put an agent's credits, or its team's for it, at stake: into its account `stake:<agent>`.

    The account is opened with the first of them. They leave it by `UnbondStake`, or are lost for an offence.
    Refused: `unknown_agent`, `wrong_account_kind`, `asset_mismatch`, `balance_too_large`, `account_frozen`,
    `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    agent: AgentId
    amount: Amount


class UnbondStake(CommandForm, frozen=True):
    """Take credits from stake, after the delay that the rules state; meanwhile they can still be lost.

    What backs a contract stays, and as long as one is open, or the owner is banned, nothing is given back.
    Refused: `unknown_agent`, `nothing_at_stake`, `stake_in_use`, `too_many_unbonding`, `owner_suspended`,
    `account_frozen`, `agent_frozen`, `team_frozen`.
    """

    agent: AgentId
    amount: Amount


class ReleaseStake(CommandForm, frozen=True):
    """Give back what an agent has unbonded, once its delay is over and no contract of it is open.

    The node asks this by itself. Refused: `unknown_agent`, `stake_not_due`.
    """

    agent: AgentId


class SetStanding(CommandForm, frozen=True):
    """Say what an owner's agents may do. Refused: `unknown_owner`."""

    owner: AccountId
    standing: Standing
    reason: str = ""


class WeighFeedback(CommandForm, frozen=True):
    """Find out anew whose praise counts how much, from who praised whom.

    The node asks this by itself, once a day where something was said. Refused: `feedback_not_due`.
    """
