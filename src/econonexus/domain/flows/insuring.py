"""Insurance against contracts that fail: a premium into the fund, which pays what it has."""

from econonexus.domain import commands, events
from econonexus.domain.flows.contracting import known
from econonexus.domain.flows.pledging import after_payments, reserve
from econonexus.domain.flows.spending import Decision, has_room
from econonexus.domain.ids import CREDIT, Instant
from econonexus.domain.kinds import AccountKind, ContractStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.reputations import lower_bound


def insure(state: State, command: commands.InsureContract, now: Instant) -> Decision | Refusal:
    """Insure a requester, before anything is delivered."""
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if command.cover.__class__ is not int or not 1 <= command.cover <= contract.payment:
        return Refusal(RefusalCode.INVALID_COVER, "cover", contract.id, command.cover, contract.payment)
    if command.agent != contract.requester:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    if contract.status is not ContractStatus.OPEN:
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    if contract.cover:
        return Refusal(RefusalCode.INSURED_ALREADY, "contract", contract.id)
    rules = contract.rules
    known_of = lower_bound(state.reputations.of(contract.owner))
    premium = effects.premium(command.cover, known_of, rules.premium_least, rules.premium_most)
    fund = state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
    paid = reserve(state, state.agents.by_id[command.agent], fund, premium, now, "cover")
    refusal = paid if isinstance(paid, Refusal) else has_room(fund, premium)
    if isinstance(paid, Refusal) or refusal:
        assert refusal is not None, "one of them refused"
        return refusal
    pledge, overruns = paid
    insured = events.ContractInsured(
        contract.id, command.agent, pledge.source, fund.id, Amount(premium), command.cover, pledge.budgets
    )
    return (*overruns, insured, *after_payments(state, [(pledge, premium)], now))
