"""What a verdict leads to: pay, penalties, records, bans, the runner-up's turn, what the insurance pays.

All of it is decided at once, from the state before; what each part moves, the parts after it count (`Tally`).
"""

from econonexus.domain import events
from econonexus.domain.flows import lending, rating, reputing
from econonexus.domain.flows.awarding import award
from econonexus.domain.flows.claiming import claim
from econonexus.domain.flows.penalizing import Case, ban, compensate, is_bad_faith, penalize, penalize_fall
from econonexus.domain.flows.ruling import Ruling, forfeited, word_bond
from econonexus.domain.flows.spending import Decision, above
from econonexus.domain.flows.tally import Tally
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.mechanisms.promises import awards
from econonexus.domain.money import PPM_ONE, Amount, share_of
from econonexus.domain.promises import DAY
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.domain.subjects.tasks import Task

KEPT = (Verdict.EXCELLENT, Verdict.SATISFACTORY)

Again = events.ContractOpened | events.TaskFailed


def settle(state: State, contract: Contract, ruling: Ruling, now: Instant) -> Decision:
    """End a contract as ruled, with all that follows."""
    case = Case(state, contract, state.tasks.by_id[contract.task], ruling, now, Tally(state))
    bad_faith = is_bad_faith(case)
    others = _unfinished(case) if bad_faith else ()
    ended = [event for other in others for event in _ended(other)]
    settled = _settled(case)
    lost = _lost(case)
    # No agent of an owner whose contract failed is next, so what it loses here changes nothing about that.
    again = None if ruling.verdict in KEPT else award(state, case.task, now)
    slashed = penalize(case, _loss(case, again))
    compensated = compensate(case, slashed)
    changed = rating.changed(state, contract, ruling, now)
    fallen = penalize_fall(case, changed, slashed)
    made_good = sum(each.to_injured for each in slashed) + sum(each.amount for each in compensated)
    claims = [*claim(case, made_good), *(paid for other in others for paid in claim(other))]
    return (
        *ended,
        settled,
        *lost,
        *slashed,
        *compensated,
        *changed,
        *fallen,
        *(ban(case) if bad_faith else ()),
        *claims,
        *_verified(case, settled),
        *((again,) if again else ()),
        *case.tally.follow_ups(now),
    )


def _settled(case: Case) -> events.ContractSettled:
    """What the provider is paid, and which budgets that leaves."""
    state, contract, task, ruling, _, tally = case
    destination = state.ledger.accounts[contract.destination]
    payment, bonus = _due_to_provider(case)
    if payment + bonus > tally.room(destination):
        # A balance that is full takes nothing; the requester keeps it.
        payment, bonus = Amount(0), Amount(0)
    kept = above(state, destination) if task.pledge.budgets else ()
    left = tuple(level for level in task.pledge.budgets if level not in kept)
    for pledge in contract.pledges():
        tally.free(pledge)
    tally.move(task.pledge.source, destination.id, payment + bonus, left)
    return events.ContractSettled(
        contract.id,
        task.id,
        ruling.verdict,
        ruling.by,
        task.pledge.source,
        destination.id,
        payment,
        bonus,
        left,
        ruling.quality,
        ruling.evidence,
    )


def _lost(case: Case) -> tuple[events.DisputeBondLost, ...]:
    """What was put up for words that were wrong."""
    lost = forfeited(case.state, case.contract, case.ruling, case.tally.room)
    for each in lost:
        case.tally.move(each.source, each.destination, each.amount, each.budgets)
    return lost


def _due_to_provider(case: Case) -> tuple[Amount, Amount]:
    """The payment, by the quality realised where that was agreed, and the bonus, which the record scales."""
    contract, task, ruling = case.contract, case.task, case.ruling
    if ruling.verdict not in KEPT:
        return Amount(0), Amount(0)
    payment = _with_what_its_word_cost(contract, task, ruling, _realised(contract, task, ruling))
    if ruling.verdict is not Verdict.EXCELLENT:
        return payment, Amount(0)
    multiplier = reputing.multiplier_of(case.state, contract.owner, case.now)
    earned = share_of(contract.bonus * multiplier // PPM_ONE, task.bonus_multiplier)
    return payment, Amount(min(contract.bonus, earned))


def _realised(contract: Contract, task: Task, ruling: Ruling) -> Amount:
    """The payment for the quality that was judged; a requester's own word takes nothing from it, as the
    requester would keep that."""
    second, payment = contract.second, contract.payment
    if not task.quality_weight or second is None or second.quality is None or ruling.quality is None:
        return payment
    rival = awards.Offer(second.agent, "", second.price, second.quality)
    realised = awards.realised(rival, ruling.quality, task.ceiling, task.quality_weight)
    return realised if ruling.independent else Amount(max(payment, realised))


def _with_what_its_word_cost(contract: Contract, task: Task, ruling: Ruling, payment: Amount) -> Amount:
    """The payment, and on top what a requester that alone called the work bad would have put up for that: it
    was challenged and did not answer. Else it would cost nothing to try; the ceiling is the most it pays."""
    alone = contract.by is JudgedBy.REQUESTER and contract.verdict not in KEPT
    if not alone or ruling.by is not JudgedBy.UNANSWERED:
        return payment
    return Amount(max(payment, min(task.ceiling, payment + word_bond(contract))))


def _loss(case: Case, again: Again | None) -> int:
    """What awarding the task again costs its requester: what the runner-up costs more, or else what it would
    have paid more; nothing where nobody independent says that the contract failed, or where it was never to
    be awarded again: who need not buy again could make its loss as large as it liked by a high ceiling."""
    if again is None or not case.ruling.independent or not case.task.fallback:
        return 0
    dearer = again.payment if isinstance(again, events.ContractOpened) else case.task.ceiling
    return max(0, dearer - case.contract.payment)


def _unfinished(case: Case) -> tuple[Case, ...]:
    """The other contracts of an owner that is banned, as far as nothing was delivered: who has been delivered
    something judges that, and pays for it."""
    contracts = case.state.contracts
    others = [contracts.by_id[name] for name in contracts.of_owner.get(case.contract.owner, ())]
    ended = Ruling(Verdict.ENDED, JudgedBy.SYSTEM, case.ruling.independent)
    return tuple(
        case.of(other, ended)
        for other in others
        if other.id != case.contract.id and other.status is ContractStatus.OPEN
    )


def _verified(case: Case, settled: events.ContractSettled) -> tuple[events.SurplusVerified, ...]:
    """What the provider's owner was paid, where somebody independent says that it was earned."""
    owner, paid = case.contract.owner, Amount(settled.payment + settled.bonus)
    if not (case.ruling.independent and case.ruling.verdict in KEPT and paid):
        return ()
    total = lending.verified(case.state, owner, paid, case.now)
    return (events.SurplusVerified(owner, case.contract.id, paid, total, case.now // DAY),)


def _ended(case: Case) -> Decision:
    """The end of a contract that is no offence; its task is awarded again."""
    return _settled(case), events.TaskReopened(case.task.id, case.contract.id, case.now)
