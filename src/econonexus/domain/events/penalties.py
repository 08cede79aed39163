"""What broken promises lead to: stakes that are lost, losses made good, and what insurance takes and pays."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId, Duration, Sequence
from econonexus.domain.kinds import Offence
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import Penalty


class StakeSlashed(EventForm, frozen=True, tag="stake_slashed/1"):
    """For an offence `amount` of an agent's stake is lost: so much to whom it harmed, the rest to `sink`.

    It is a share of `base`, by `rule`, and never more than `reach`, which is all that backs nothing else.
    `offences` are those of its owner and kind within `window`, this one included; as many as the rule's grace
    cost nothing. `loss` is what the injured lost, as far as somebody independent spoke. `evidence` are the
    records in which the contract's sides and judges said what they said.
    """

    agent: AgentId
    owner: AccountId
    offence: Offence
    source: AccountId
    amount: Amount
    base: Amount
    reach: Amount
    rule: Penalty
    window: Duration
    offences: int
    by: str
    independent: bool
    injured: AccountId
    loss: Amount
    to_injured: Amount
    sink: AccountId
    contract: ContractId
    compound: bool = False
    evidence: tuple[Sequence, ...] = ()


class LossCompensated(EventForm, frozen=True, tag="loss_compensated/1"):
    """The bond of a contract that failed made good what its requester lost: the cost of awarding it again.

    `loss` is what was lost in all, and `paid` what of it the penalty had made good.
    """

    contract: ContractId
    agent: AgentId
    source: AccountId
    injured: AccountId
    loss: Amount
    paid: Amount
    amount: Amount


class ContractInsured(EventForm, frozen=True, tag="contract_insured/1"):
    """A requester has paid a premium into the fund, to be compensated if a contract fails.

    `lower_bound` is that of its provider's reliability, by which the premium was reckoned.
    """

    contract: ContractId
    agent: AgentId
    source: AccountId
    destination: AccountId
    premium: Amount
    cover: Amount
    lower_bound: Ppm
    budgets: tuple[BudgetId, ...] = ()


class ClaimPaid(EventForm, frozen=True, tag="claim_paid/1"):
    """The fund has paid for a contract that failed: the cover less what the bond `compensated`, or what the
    fund had."""

    contract: ContractId
    agent: AgentId
    source: AccountId
    destination: AccountId
    amount: Amount
    cover: Amount
    compensated: Amount
