"""What a verdict leads to: pay, penalties, records, bans, the runner-up's turn, what the insurance pays.

All of it is decided at once, from the state before, so what several parts do to one account is added up.
"""

from fractions import Fraction
from typing import NamedTuple

import msgspec

from econonexus.domain import events
from econonexus.domain.flows.pledging import after_payments
from econonexus.domain.flows.spending import Decision, above, earner, has_room
from econonexus.domain.flows.staking import room
from econonexus.domain.flows.tasking import award
from econonexus.domain.ids import CREDIT, AgentId, Instant
from econonexus.domain.kinds import AccountKind, Offence, Standing, Verdict
from econonexus.domain.ledger import Account, Pledge, system_account
from econonexus.domain.mechanisms import procurement
from econonexus.domain.mechanisms.promises import effects, records, slashing
from econonexus.domain.money import PPM_ONE, Amount, Ppm, share_of
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.domain.subjects.reputations import lower_bound, score
from econonexus.domain.subjects.tasks import Task

OFFENCES = {
    Verdict.POOR: Offence.TASK_FAILURE,
    Verdict.LATE: Offence.TIMEOUT_VIOLATION,
    Verdict.BYZANTINE: Offence.BYZANTINE_BEHAVIOR,
}
KEPT = (Verdict.EXCELLENT, Verdict.SATISFACTORY)
DAY_NS = 86_400_000_000_000


Again = events.ContractOpened | events.TaskFailed


class Ruling(NamedTuple):
    """A verdict that stands."""

    verdict: Verdict
    by: str
    independent: bool
    """Whether neither side said so."""
    quality: Ppm | None = None
    loser: AgentId | None = None
    """Whose challenge bond goes to the other side."""


def settle(state: State, contract: Contract, ruling: Ruling, now: Instant) -> Decision:
    """End a contract as ruled, with all that follows."""
    task = state.tasks.by_id[contract.task]
    settled = _settled(state, contract, task, ruling)
    again = None if ruling.verdict in KEPT else _awarded_again(state, contract, task, ruling, now)
    slashed = _slashed(state, contract, task, ruling, again, now)
    changed = _changed(state, contract, ruling, now)
    return (
        *_others_ended(state, contract, ruling, now),
        settled,
        *slashed,
        *changed,
        *_crossed(state, contract, changed, slashed, now),
        *_banned(contract, ruling),
        *_claimed(state, contract, ruling),
        *((again,) if again else ()),
        *_after_payment(state, task, settled, now),
    )


def _settled(state: State, contract: Contract, task: Task, ruling: Ruling) -> events.ContractSettled:
    """What the provider is paid, and which budgets that leaves."""
    destination = _account_of(state, contract.provider)
    payment, bonus = _due_to_provider(state, contract, task, ruling)
    if has_room(
        destination, payment + bonus
    ):  # A balance that is full takes nothing; the requester keeps it.
        payment, bonus = Amount(0), Amount(0)
    kept = above(state, destination) if task.pledge.budgets else ()
    return events.ContractSettled(
        contract.id,
        task.id,
        ruling.verdict,
        ruling.by,
        task.pledge.source,
        destination.id,
        payment,
        bonus,
        tuple(level for level in task.pledge.budgets if level not in kept),
        ruling.loser,
        ruling.quality,
    )


def _due_to_provider(state: State, contract: Contract, task: Task, ruling: Ruling) -> tuple[Amount, Amount]:
    """The payment, by the quality realised where that was agreed, and the bonus, which the record scales."""
    if ruling.verdict not in KEPT:
        return Amount(0), Amount(0)
    payment = contract.payment
    if contract.second_score is not None and ruling.quality is not None:
        realised = Fraction(ruling.quality, PPM_ONE)
        owed = procurement.owed(
            Fraction(contract.second_score), Fraction(task.quality_weight), realised, task.ceiling
        )
        payment = Amount(min(owed, task.ceiling))
    if ruling.verdict is not Verdict.EXCELLENT:
        return payment, Amount(0)
    multiplier = effects.reward_multiplier(score(state.reputations.of(contract.owner)))
    return payment, Amount(min(contract.bonus, share_of(contract.bonus, multiplier)))


def _awarded_again(state: State, contract: Contract, task: Task, ruling: Ruling, now: Instant) -> Again:
    """The runner-up's contract, or the end of the task; whoever is banned by this is no runner-up."""
    offers = task.offers
    if ruling.verdict is Verdict.BYZANTINE:
        owner_of = state.agents.by_id
        offers = {name: price for name, price in offers.items() if owner_of[name].owner != contract.owner}
    return award(state, msgspec.structs.replace(task, offers=offers), now)


def _loss(contract: Contract, task: Task, again: Again | None) -> int:
    """What the requester lost: what the runner-up costs more, or else what it would have paid more."""
    dearer = again.payment if isinstance(again, events.ContractOpened) else task.ceiling
    return max(0, dearer - contract.payment)


def _slashed(
    state: State, contract: Contract, task: Task, ruling: Ruling, again: Again | None, now: Instant
) -> tuple[events.StakeSlashed, ...]:
    """What is lost for the offence, and who gets it."""
    offence = OFFENCES.get(ruling.verdict)
    if offence is None:
        return ()
    loss = _loss(contract, task, again) if ruling.independent else 0
    everything = offence is Offence.BYZANTINE_BEHAVIOR
    account = state.ledger.accounts[contract.bond.source]
    base = account.balance if everything else contract.bond.amount
    return (_penalty(state, contract, offence, base, loss, now),)


def _penalty(
    state: State, contract: Contract, offence: Offence, base: int, loss: int, now: Instant
) -> events.StakeSlashed:
    rules, account = contract.rules, state.ledger.accounts[contract.bond.source]
    rule = getattr(rules, offence.value)
    since = Instant(max(0, now - rules.window))
    offences = state.stakes.offences_of(contract.owner, offence, since) + 1
    # What backs other contracts is theirs, except where all is lost.
    elsewhere = 0 if offence is Offence.BYZANTINE_BEHAVIOR else account.held - contract.bond.amount
    stake = max(0, account.balance - elsewhere)
    lost = slashing.penalty(stake, base, rule, offences, "compound" if rules.compound else "linear")
    if offence is Offence.BYZANTINE_BEHAVIOR and slashing.repetition(offences, rule.grace):
        lost = Amount(stake)
    injured = _account_of(state, contract.requester)
    sink = AccountKind.INSURANCE if rules.to_insurance else AccountKind.BURN
    return events.StakeSlashed(
        contract.provider,
        contract.owner,
        offence,
        account.id,
        lost,
        Amount(base),
        offences,
        injured.id,
        Amount(min(lost, loss, room(injured))),
        system_account(sink, CREDIT),
        contract.id,
    )


def _changed(
    state: State, contract: Contract, ruling: Ruling, now: Instant
) -> tuple[events.ReputationChanged, ...]:
    """What is known of the provider's owner after this."""
    if ruling.verdict is Verdict.ENDED:
        return ()
    rules = contract.rules
    weight = records.weight_of(contract.payment, rules.plain_value, rules.most_weight)
    before = state.reputations.of(contract.owner)
    after = records.after(before, ruling.verdict, ruling.quality, weight, now // DAY_NS, rules.half_life_days)
    return (
        events.ReputationChanged(
            contract.owner, after, score(after), lower_bound(after), contract.id, weight
        ),
    )


def _crossed(
    state: State,
    contract: Contract,
    changed: tuple[events.ReputationChanged, ...],
    slashed: tuple[events.StakeSlashed, ...],
    now: Instant,
) -> tuple[events.StakeSlashed, ...]:
    """The penalty for a score that falls below the threshold; never where this verdict has cost something."""
    threshold, before = contract.rules.threshold, score(state.reputations.of(contract.owner))
    fell = any(before >= threshold > event.score for event in changed)
    if not fell or any(event.amount for event in slashed):
        return ()
    return (_penalty(state, contract, Offence.REPUTATION_THRESHOLD, contract.bond.amount, 0, now),)


def _others_ended(state: State, contract: Contract, ruling: Ruling, now: Instant) -> tuple[events.Event, ...]:
    """All other contracts of an owner that is banned end without an offence of their own."""
    if ruling.verdict is not Verdict.BYZANTINE:
        return ()
    ended: list[events.Event] = []
    for name in state.contracts.of_owner.get(contract.owner, ()):
        other = state.contracts.by_id[name]
        if other.id == contract.id:
            continue
        task = state.tasks.by_id[other.task]
        ended.append(_settled(state, other, task, Ruling(Verdict.ENDED, "system", True)))
        ended.append(events.TaskReopened(task.id, other.id, now))
    return tuple(ended)


def _banned(contract: Contract, ruling: Ruling) -> tuple[events.StandingSet, ...]:
    if ruling.verdict is not Verdict.BYZANTINE:
        return ()
    return (events.StandingSet(contract.owner, Standing.BANNED, f"byzantine in {contract.id}"),)


def _claimed(state: State, contract: Contract, ruling: Ruling) -> tuple[events.ClaimPaid, ...]:
    """What the fund pays for a contract that failed: never more than it has."""
    if not contract.cover or ruling.verdict in KEPT:
        return ()
    fund = state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
    insured = _account_of(state, contract.requester)
    amount = max(0, min(contract.cover, fund.available, room(insured)))
    return (
        events.ClaimPaid(
            contract.id, contract.requester, fund.id, insured.id, Amount(amount), contract.cover
        ),
    )


def _after_payment(state: State, task: Task, settled: events.ContractSettled, now: Instant) -> Decision:
    """Alerts of budgets, and debts that the income repays."""
    paid = settled.payment + settled.bonus
    if not paid:
        return ()
    pledge = Pledge(settled.source, settled.destination, paid, settled.budgets)
    return after_payments(state, [(pledge, paid)], now)


def _account_of(state: State, agent: AgentId) -> Account:
    """Where an agent's income goes: its wallet, or its team's."""
    return earner(state, state.agents.by_id[agent])
