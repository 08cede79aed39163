"""A contract's life: delivered, judged, and on when its time has come.

What several judges say is in `attesting`, what two sides say of a verdict in `disputing`, and what a verdict
leads to in `enforcing`. Nobody is banned on the word of one side, and no silence lasts for ever.
"""

from typing import assert_never

from econonexus.domain import commands, events
from econonexus.domain.flows import attesting, forms
from econonexus.domain.flows.enforcing import KEPT, settle
from econonexus.domain.flows.ruling import Ruling
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import ContractId, Instant
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract

MAX_TEXT = 16_384
GIVEN = (Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR, Verdict.BYZANTINE)
"""The verdicts that can be given, the best first."""


def deliver(state: State, command: commands.ReportDelivery, now: Instant) -> Decision | Refusal:
    """Say that the work is done."""
    refusal = forms.text("text", command.text, MAX_TEXT)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if command.agent != contract.provider:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    if contract.status is not ContractStatus.OPEN:
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    judge_by = after(now, contract.rules.judging)
    return (events.DeliveryReported(contract.id, contract.provider, judge_by, command.text),)


def judge(state: State, command: commands.JudgeContract, now: Instant) -> Decision | Refusal:
    """Say how the contract was kept: at once, or as one vote of several."""
    refusal = odd(command.verdict, command.quality, command.evidence)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    judges = judges_of(contract)
    if command.agent not in judges:
        return Refusal(RefusalCode.NOT_A_JUDGE, "agent", command.agent)
    refusal = _not_the_time(contract, command)
    if refusal:
        return refusal
    if len(judges) > 1:
        return attesting.cast(state, contract, command, now)
    return _judged_by_one(state, contract, command, now)


def advance(state: State, command: commands.AdvanceContract, now: Instant) -> Decision | Refusal:
    """Do what is due: late, silent, unchallenged, unanswered or undecided."""
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if contract.due is None or contract.due > now:
        return Refusal(RefusalCode.CONTRACT_NOT_DUE, "contract", contract.id)
    if contract.status is ContractStatus.DELIVERED and judges_of(contract) != (contract.requester,):
        return (attesting.in_the_end(state, contract, now),)
    if _needs_decision(contract):
        return (events.VerdictReferred(contract.id, after(now, contract.rules.deciding)),)
    return settle(state, contract, _due(contract), now)


def known(state: State, name: str) -> Contract | Refusal:
    """The contract of a name."""
    contract = state.contracts.find(ContractId(name))
    return Refusal(RefusalCode.UNKNOWN_CONTRACT, "contract", name) if contract is None else contract


def judges_of(contract: Contract) -> tuple[str, ...]:
    """Who can judge a contract."""
    return contract.judging.judges or (contract.requester,)


def odd(verdict: Verdict, quality: Ppm | None, evidence: str) -> Refusal | None:
    """What of a verdict cannot be said of any contract."""
    refusal = forms.text("evidence", evidence, MAX_TEXT)
    if refusal:
        return refusal
    if verdict not in GIVEN:
        return Refusal(RefusalCode.INVALID_VERDICT, "verdict", verdict.value)
    if quality is not None and (quality.__class__ is not int or not 0 <= quality <= PPM_ONE):
        return Refusal(RefusalCode.INVALID_VERDICT, "quality")
    return None


def after(now: Instant, duration: int) -> Instant:
    """The instant so much later, or the last that there is."""
    return Instant(min(now + duration, MAX_AMOUNT))


def _not_the_time(contract: Contract, command: commands.JudgeContract) -> Refusal | None:
    """Before the delivery only a requester that judges itself can speak, and only to be satisfied."""
    if contract.status not in (ContractStatus.OPEN, ContractStatus.DELIVERED):
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    satisfied = judges_of(contract) == (contract.requester,) and command.verdict in KEPT
    if contract.status is ContractStatus.OPEN and not satisfied:
        return Refusal(RefusalCode.NOT_DELIVERED, "contract", contract.id)
    if command.agent in contract.votes:
        return Refusal(RefusalCode.VOTED_ALREADY, "agent", command.agent)
    return None


def _judged_by_one(
    state: State, contract: Contract, command: commands.JudgeContract, now: Instant
) -> Decision:
    """The word of the requester or of its verifier."""
    by = JudgedBy.REQUESTER if command.agent == contract.requester else JudgedBy.VERIFIER
    ruling = Ruling(
        command.verdict,
        by,
        attesting.are_independent(state, contract, (command.agent,)),
        command.quality,
    )
    if by is JudgedBy.REQUESTER and _pays_in_full(state, contract, ruling):
        return (_given(contract, ruling, now, command.evidence), *settle(state, contract, ruling, now))
    return (_given(contract, ruling, after(now, contract.rules.challenge_window), command.evidence),)


def _pays_in_full(state: State, contract: Contract, ruling: Ruling) -> bool:
    """Whether a requester is satisfied and pays all that was promised, so that nobody waits for a challenge.

    Where the quality counts in the pay, it does if it says nothing against it.
    """
    counts = state.tasks.by_id[contract.task].quality_weight > 0
    return ruling.verdict in KEPT and not (counts and ruling.quality not in (None, PPM_ONE))


def _given(contract: Contract, ruling: Ruling, until: Instant, evidence: str) -> events.ContractJudged:
    return events.ContractJudged(
        contract.id, ruling.verdict, ruling.by, until, ruling.independent, ruling.quality, evidence
    )


def _needs_decision(contract: Contract) -> bool:
    """Whether what would stand now is that one side alone speaks of bad faith."""
    if contract.status is ContractStatus.JUDGED:
        return contract.verdict is Verdict.BYZANTINE and not contract.independent
    challenge = contract.challenge
    unanswered = contract.status is ContractStatus.CHALLENGED
    return unanswered and challenge is not None and challenge.verdict is Verdict.BYZANTINE


def _due(contract: Contract) -> Ruling:
    """What time has decided."""
    match contract.status:
        case ContractStatus.OPEN:
            return Ruling(Verdict.LATE, JudgedBy.SYSTEM, True)
        case ContractStatus.DELIVERED:  # Silence is satisfaction.
            return Ruling(Verdict.SATISFACTORY, JudgedBy.SILENCE, False)
        case ContractStatus.CHALLENGED:
            return _as_claimed(contract)
        case ContractStatus.JUDGED | ContractStatus.DISPUTED:
            undefended = contract.challenge is not None and contract.defence is None
            return _as_claimed(contract) if undefended else _as_judged(contract)
        case ContractStatus.SETTLED:
            raise AssertionError("nothing is due any more")
    assert_never(contract.status)


def _as_judged(contract: Contract) -> Ruling:
    """The verdict as it was given."""
    assert contract.verdict is not None, "nothing else is due without a verdict"
    verdict = contract.verdict if contract.independent else _at_most_poor(contract.verdict)
    return Ruling(verdict, contract.by, contract.independent, contract.quality)


def _as_claimed(contract: Contract) -> Ruling:
    """What the challenger would rather have: nobody stood up for the verdict."""
    claim = contract.challenge
    assert claim is not None, "there is a challenge"
    return Ruling(_at_most_poor(claim.verdict), JudgedBy.UNANSWERED, False, claim.quality)


def _at_most_poor(verdict: Verdict) -> Verdict:
    """What one side's word of bad faith comes to where nobody has decided."""
    return Verdict.POOR if verdict is Verdict.BYZANTINE else verdict
