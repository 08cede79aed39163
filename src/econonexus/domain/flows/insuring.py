"""Insurance against contracts that fail: a premium into the fund, which pays what it has (`claiming`)."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.contracting import known
from econonexus.domain.flows.pledging import drawing
from econonexus.domain.flows.reputing import reliability_of
from econonexus.domain.flows.spending import (
    Decision,
    alerts,
    can_afford,
    has_room,
    levels_left,
    within_budgets,
)
from econonexus.domain.ids import CREDIT, AccountId, Instant
from econonexus.domain.kinds import AccountKind, ContractStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import Amount, Ppm, share_of
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
    return _insured(state, contract, command.cover, reliable(state, contract.owner, now), now)


def reliable(state: State, owner: AccountId, now: Instant) -> Ppm:
    """What a premium goes by: what is proven of an owner's reliability, by those whose word counts.

    Where nobody is trusted two names can prove anything of each other, so nothing is proven: insuring costs
    what it covers.
    """
    return reliability_of(state, owner, now) if state.stakes.rules.trusted else Ppm(0)


def most_cover(contract: Contract) -> Amount:
    """What a contract can be insured for: its payment, and no more than a record can speak for.

    Nor more than its bond, where one is asked for: else two owners with a good record would gain together by
    many contracts that are to fail all at once.
    """
    rules, backed = contract.rules, contract.bond.amount or contract.payment
    return Amount(min(contract.payment, backed, rules.most_weight * rules.plain_value))


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


def _insured(
    state: State, contract: Contract, cover: Amount, lower_bound: Ppm, now: Instant
) -> Decision | Refusal:
    """The premium, paid by what holds the task's price, which is where a claim would go."""
    premium = effects.premium(cover, lower_bound, contract.rules.loading)
    fund = state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
    held = state.tasks.by_id[contract.task].pledge
    source, member = state.ledger.accounts[held.source], drawing(state, contract.requester, held)
    levels = levels_left(state, source, fund, member)
    refusal = has_room(fund, premium) or can_afford(state, source, premium, member)
    overruns = refusal or within_budgets(state, levels, premium, now, "cover")
    if isinstance(overruns, Refusal):
        return overruns
    insured = events.ContractInsured(
        contract.id, contract.requester, source.id, fund.id, premium, cover, lower_bound, levels
    )
    return (*overruns, insured, *alerts(state, levels, premium, now))
