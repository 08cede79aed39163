"""The contracts that tasks are done under: delivered, judged, challenged, decided, insured."""

from econonexus.domain.events.form import EventForm, Private
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId, Instant, TaskId
from econonexus.domain.kinds import JudgedBy, Verdict
from econonexus.domain.money import Amount, Ppm


class DeliveryReported(EventForm, frozen=True, tag="delivery_reported/1"):
    """A provider says that its work is done; until `judge_by` a verdict is waited for."""

    contract: ContractId
    provider: AgentId
    judge_by: Instant
    text: Private = ""


class VoteCast(EventForm, frozen=True, tag="vote_cast/1"):
    """One of several judges says how a contract was kept; `bond` of its stake, `source`, backs its word."""

    contract: ContractId
    agent: AgentId
    verdict: Verdict
    source: AccountId
    bond: Amount
    quality: Ppm | None = None
    evidence: Private = ""


class ContractJudged(EventForm, frozen=True, tag="contract_judged/1"):
    """There is a verdict; until then it can be challenged.

    It is `independent` where none of those who gave it belongs to either side.
    """

    contract: ContractId
    verdict: Verdict
    by: JudgedBy
    challenge_until: Instant
    independent: bool
    quality: Ppm | None = None
    evidence: Private = ""


class VerdictChallenged(EventForm, frozen=True, tag="verdict_challenged/1"):
    """One side claims another verdict and has put up a bond for it; until then the other may answer."""

    contract: ContractId
    agent: AgentId
    verdict: Verdict
    source: AccountId
    destination: AccountId
    bond: Amount
    answer_until: Instant
    quality: Ppm | None = None
    budgets: tuple[BudgetId, ...] = ()
    evidence: Private = ""


class VerdictDefended(EventForm, frozen=True, tag="verdict_defended/1"):
    """The other side has put up a bond, too; until then the operator decides."""

    contract: ContractId
    agent: AgentId
    source: AccountId
    destination: AccountId
    bond: Amount
    decide_by: Instant
    budgets: tuple[BudgetId, ...] = ()
    evidence: Private = ""


class VerdictReferred(EventForm, frozen=True, tag="verdict_referred/1"):
    """One side alone speaks of bad faith, and nobody is banned on that: until then the operator decides."""

    contract: ContractId
    decide_by: Instant


class ContractSettled(EventForm, frozen=True, tag="contract_settled/1"):
    """A contract is over: its provider was paid, and what backed it and its verdict is free again.

    `destination` is the provider's account; `budgets` are those the payment counts in. `evidence` is the
    operator's, where it has decided.
    """

    contract: ContractId
    task: TaskId
    verdict: Verdict
    by: JudgedBy
    source: AccountId
    destination: AccountId
    payment: Amount
    bonus: Amount
    budgets: tuple[BudgetId, ...] = ()
    quality: Ppm | None = None
    evidence: Private = ""


class DisputeBondLost(EventForm, frozen=True, tag="dispute_bond_lost/1"):
    """Whoever had put up a bond for a verdict was wrong, as the operator decided.

    It goes to the side that was right; where neither was, to where what is lost goes.
    """

    contract: ContractId
    agent: AgentId
    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
