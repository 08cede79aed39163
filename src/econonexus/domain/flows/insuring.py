"""Insurance against contracts that fail: a premium into the fund, which pays what it has (`claiming`)."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.contracting import known
from econonexus.domain.flows.pledging import after_payments, reserve
from econonexus.domain.flows.reputing import reliability_of
from econonexus.domain.flows.spending import Decision, has_room
from econonexus.domain.ids import CREDIT, Instant
from econonexus.domain.kinds import AccountKind, ContractStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import Amount, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract


def insure(state: State, command: commands.InsureContract, now: Instant) -> Decision | Refusal:
    """Insure a requester, while it cannot be known yet how its contract will end."""
    refusal = forms.amount("cover", command.cover)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if command.agent != contract.requester:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    refusal = _cannot_be(contract, command.cover, now)
    if refusal:
        return refusal
    reliable = reliability_of(state, contract.owner)
    premium = effects.premium(command.cover, reliable, contract.rules.loading)
    fund = state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
    refusal = has_room(fund, premium)
    paid = refusal or reserve(state, state.agents.by_id[command.agent], fund, premium, now, "cover")
    if isinstance(paid, Refusal):
        return paid
    pledge, overruns = paid
    insured = events.ContractInsured(
        contract.id,
        command.agent,
        pledge.source,
        fund.id,
        premium,
        command.cover,
        reliable,
        pledge.budgets,
    )
    return (*overruns, insured, *after_payments(state, [(pledge, premium)], now))


def most_cover(contract: Contract) -> Amount:
    """What a contract can be insured for: its payment, and no more than a record can speak for."""
    rules = contract.rules
    return Amount(min(contract.payment, rules.most_weight * rules.plain_value))


def insurable_until(contract: Contract) -> Instant:
    """When the time is over in which nobody can know how a contract will end."""
    time = contract.due_at - contract.opened_at
    return Instant(contract.opened_at + share_of(time, contract.rules.insurable))


def _cannot_be(contract: Contract, cover: int, now: Instant) -> Refusal | None:
    """What of a contract stands against insuring it."""
    most, until = most_cover(contract), insurable_until(contract)
    if cover > most:
        return Refusal(RefusalCode.COVER_TOO_LARGE, "cover", contract.id, cover, most)
    if contract.status is not ContractStatus.OPEN:
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    if now > until:
        return Refusal(RefusalCode.TOO_LATE_TO_INSURE, "contract", contract.id, now, until)
    if contract.cover:
        return Refusal(RefusalCode.INSURED_ALREADY, "contract", contract.id)
    return None
