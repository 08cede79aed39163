"""Credits put at risk, the rules they are lost by, and what owners may do."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId, Instant
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import PromiseRules, Record


class PromiseRulesSet(EventForm, frozen=True, tag="promise_rules_set/1"):
    """By these rules promises are kept from now on."""

    rules: PromiseRules


class StakePosted(EventForm, frozen=True, tag="stake_posted/1"):
    """`amount` went from source into an agent's stake account, which is opened with the first."""

    agent: AgentId
    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()


class StakeUnbonding(EventForm, frozen=True, tag="stake_unbonding/1"):
    """`amount` of an agent's stake is to be given back at `ready_at`."""

    agent: AgentId
    amount: Amount
    ready_at: Instant


class StakeReleased(EventForm, frozen=True, tag="stake_released/1"):
    """`amount` went from an agent's stake back to where it may be spent.

    Less than was unbonded where some of it has been lost.
    """

    agent: AgentId
    source: AccountId
    destination: AccountId
    amount: Amount


class StandingSet(EventForm, frozen=True, tag="standing_set/1"):
    """From now on an owner's agents may do what its standing says."""

    owner: AccountId
    standing: Standing
    reason: str = ""


class ReputationChanged(EventForm, frozen=True, tag="reputation_changed/1"):
    """What is known of an owner now, after a verdict on a contract of it that weighed so much.

    `weight` is that of the contract's value, times how much the word of those counts who judged:
    `credibility`. `raters` are their owners, none where the clock or the operator spoke, and `said` is what
    they praised the owner for, or blamed it, before that.
    """

    owner: AccountId
    record: Record
    score: Ppm
    lower_bound: Ppm
    contract: ContractId
    verdict: Verdict
    weight: int
    credibility: Ppm
    raters: tuple[AccountId, ...]
    said: int


class CredibilitiesSet(EventForm, frozen=True, tag="credibilities_set/1"):
    """How much the word of these owners counts from now on; of all others it counts as before."""

    credibility: dict[AccountId, Ppm]
