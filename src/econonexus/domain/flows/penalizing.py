"""What an offence costs: the penalty by its contract's rules, the loss made good, and the ban.

Nothing of it touches what backs other promises. Who was harmed gets something only where somebody
independent spoke, so that nobody judges and collects.
"""

from typing import NamedTuple

from econonexus.domain import events
from econonexus.domain.flows.reputing import score_of
from econonexus.domain.flows.ruling import Ruling
from econonexus.domain.flows.tally import Tally
from econonexus.domain.ids import CREDIT, Instant
from econonexus.domain.kinds import AccountKind, Offence, Standing, Verdict
from econonexus.domain.ledger import Account, system_account
from econonexus.domain.mechanisms.promises import slashing
from econonexus.domain.money import Amount
from econonexus.domain.promises import Penalty
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.domain.subjects.tasks import Task

OFFENCES = {
    Verdict.POOR: Offence.TASK_FAILURE,
    Verdict.LATE: Offence.TIMEOUT_VIOLATION,
    Verdict.BYZANTINE: Offence.BYZANTINE_BEHAVIOR,
}
RECORD = "record"
"""What speaks where a score has fallen."""


class Case(NamedTuple):
    """A contract that ends as ruled, and what its end has moved so far."""

    state: State
    contract: Contract
    task: Task
    ruling: Ruling
    now: Instant
    tally: Tally

    def of(self, other: Contract, ruling: Ruling) -> "Case":
        """The same decision about another contract."""
        return self._replace(contract=other, task=self.state.tasks.by_id[other.task], ruling=ruling)

    def injured(self) -> Account:
        """Where what the requester is paid goes: to what held the task's price."""
        return self.state.ledger.accounts[self.task.pledge.source]

    def stake(self) -> Account:
        """The account in which lies what backs the contract."""
        return self.state.ledger.accounts[self.contract.bond.source]

    def rule(self, offence: Offence) -> Penalty:
        """What an offence costs under this contract."""
        rules = self.contract.rules
        match offence:
            case Offence.TASK_FAILURE:
                return rules.task_failure
            case Offence.TIMEOUT_VIOLATION:
                return rules.timeout_violation
            case Offence.BYZANTINE_BEHAVIOR:
                return rules.byzantine_behavior
            case Offence.REPUTATION_THRESHOLD:
                return rules.reputation_threshold

    def offences(self, offence: Offence) -> int:
        """How often the provider's owner has committed an offence in the window, this time included."""
        since = Instant(self.now - self.contract.rules.window)
        return self.state.stakes.offences_of(self.contract.owner, offence, since) + 1


def penalize(case: Case, loss: int) -> tuple[events.StakeSlashed, ...]:
    """What is lost for the offence that a verdict is, and who gets it; the injured no more than its loss."""
    offence = OFFENCES.get(case.ruling.verdict)
    if offence is None:
        return ()
    whole = offence is Offence.BYZANTINE_BEHAVIOR
    base = case.tally.available(case.stake()) if whole else case.contract.bond.amount
    return (_slashed(case, offence, base, loss, case.ruling.by.value),)


def penalize_fall(
    case: Case, changed: tuple[events.ReputationChanged, ...], slashed: tuple[events.StakeSlashed, ...]
) -> tuple[events.StakeSlashed, ...]:
    """The penalty for a score that falls below the threshold, where what let it fall has cost nothing itself.

    Once below, a score can fall further, but not below it again.
    """
    threshold, before = case.contract.rules.threshold, score_of(case.state, case.contract.owner, case.now)
    fell = any(before >= threshold > event.score for event in changed)
    if not fell or any(event.amount for event in slashed):
        return ()
    return (_slashed(case, Offence.REPUTATION_THRESHOLD, case.contract.bond.amount, 0, RECORD),)


def compensate(case: Case, slashed: tuple[events.StakeSlashed, ...]) -> tuple[events.LossCompensated, ...]:
    """What the bond makes good of a loss beyond what the penalty has paid, also of an offence forgiven."""
    made: list[events.LossCompensated] = []
    for penalty in slashed:
        left = max(0, case.contract.bond.amount - penalty.amount)
        stake, injured = case.stake(), case.injured()
        open_loss = penalty.loss - penalty.to_injured
        amount = min(open_loss, left, case.tally.room(injured))  # What is left of a bond lies in the stake.
        if amount > 0:
            case.tally.move(stake.id, injured.id, amount)
            made.append(
                events.LossCompensated(
                    case.contract.id,
                    case.contract.provider,
                    stake.id,
                    injured.id,
                    penalty.loss,
                    penalty.to_injured,
                    Amount(amount),
                )
            )
    return tuple(made)


def is_bad_faith(case: Case) -> bool:
    """Whether the provider acted in bad faith, and is not forgiven."""
    offence = Offence.BYZANTINE_BEHAVIOR
    if OFFENCES.get(case.ruling.verdict) is not offence:
        return False
    return slashing.repetition(case.offences(offence), case.rule(offence).grace) > 0


def ban(case: Case) -> tuple[events.StandingSet, ...]:
    """The ban of the provider's owner, unless that is banned already."""
    owner = case.contract.owner
    if case.state.stakes.standing_of(owner) is Standing.BANNED:
        return ()
    return (events.StandingSet(owner, Standing.BANNED, f"byzantine in {case.contract.id}"),)


def _slashed(case: Case, offence: Offence, base: int, loss: int, by: str) -> events.StakeSlashed:
    rules, rule, tally = case.contract.rules, case.rule(offence), case.tally
    stake, injured = case.stake(), case.injured()
    offences, reach = case.offences(offence), tally.available(stake)
    lost = slashing.penalty(reach, base, rule, offences, "compound" if rules.compound else "linear")
    to_injured = min(lost, loss, tally.room(injured))
    kind = AccountKind.INSURANCE if rules.to_insurance else AccountKind.BURN
    sink = case.state.ledger.accounts[system_account(kind, CREDIT)]
    to_sink = min(lost - to_injured, tally.room(sink))
    tally.move(stake.id, injured.id, to_injured)
    tally.move(stake.id, sink.id, to_sink)
    return events.StakeSlashed(
        case.contract.provider,
        case.contract.owner,
        offence,
        stake.id,
        Amount(to_injured + to_sink),
        Amount(base),
        Amount(reach),
        rule,
        rules.window,
        offences,
        by,
        case.ruling.independent,
        injured.id,
        Amount(loss),
        Amount(to_injured),
        sink.id,
        case.contract.id,
        rules.compound,
        tuple(case.contract.steps),
    )
