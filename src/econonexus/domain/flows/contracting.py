"""A contract's life: delivered, judged, challenged, decided. What a verdict leads to is in `enforcing`."""

from collections import Counter

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.enforcing import KEPT, settle
from econonexus.domain.flows.penalizing import Ruling
from econonexus.domain.flows.pledging import reserve
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import CREDIT, AgentId, Instant
from econonexus.domain.kinds import AccountKind, ContractStatus, Verdict
from econonexus.domain.ledger import Pledge, system_account
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount, Ppm, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract

MAX_TEXT = 16_384
SYSTEM = "system"
GIVEN = (Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR, Verdict.BYZANTINE)
"""The verdicts that a judge can give."""


def deliver(state: State, command: commands.ReportDelivery, now: Instant) -> Decision | Refusal:
    """Say that the work is done."""
    refusal = forms.text("text", command.text, MAX_TEXT)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if command.agent != contract.provider:
        return Refusal(RefusalCode.UNKNOWN_CONTRACT, "contract", command.contract)
    if contract.status is not ContractStatus.OPEN:
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    judge_by = _after(now, contract.rules.judging)
    return (events.DeliveryReported(contract.id, contract.provider, judge_by, command.text),)


def judge(state: State, command: commands.JudgeContract, now: Instant) -> Decision | Refusal:
    """Say how the contract was kept: at once, or as one vote of several."""
    refusal = _odd(command.verdict, command.quality, command.evidence)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    judging = state.tasks.by_id[contract.task].judging
    if command.agent not in (judging.judges or (contract.requester,)):
        return Refusal(RefusalCode.NOT_A_JUDGE, "agent", command.agent)
    if command.agent in contract.votes:
        return Refusal(RefusalCode.VOTED_ALREADY, "agent", command.agent)
    if contract.status not in (ContractStatus.OPEN, ContractStatus.DELIVERED):
        return Refusal(RefusalCode.CONTRACT_NOT_OPEN, "contract", contract.id)
    if contract.status is ContractStatus.OPEN and command.verdict not in KEPT:
        return Refusal(RefusalCode.NOT_DELIVERED, "verdict", contract.id)
    if len(judging.judges) <= 1:
        by, independent = command.agent, _is_independent(state, contract, command.agent)
        return (_judged(contract, command.verdict, by, independent, command.quality, now, command.evidence),)
    vote = events.VoteCast(contract.id, command.agent, command.verdict, command.quality, command.evidence)
    return (vote, *_counted(state, contract, command, judging.quorum, now))


def challenge(state: State, command: commands.ChallengeVerdict, now: Instant) -> Decision | Refusal:
    """Put up a bond against a verdict."""
    contract = _party(state, command.contract, command.agent, command.evidence)
    if isinstance(contract, Refusal):
        return contract
    if contract.status is not ContractStatus.JUDGED:
        return Refusal(RefusalCode.CONTRACT_NOT_JUDGED, "contract", contract.id)
    bond = _challenge_bond(state, contract, command.agent, now)
    if isinstance(bond, Refusal):
        return bond
    pledge, overruns = bond
    made = events.VerdictChallenged(
        contract.id,
        command.agent,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        _after(now, contract.rules.challenge_window),
        pledge.budgets,
        command.evidence,
    )
    return (*overruns, made)


def defend(state: State, command: commands.DefendVerdict, now: Instant) -> Decision | Refusal:
    """Answer a challenge with a bond of one's own."""
    contract = _party(state, command.contract, command.agent, command.evidence)
    if isinstance(contract, Refusal):
        return contract
    if contract.status is not ContractStatus.CHALLENGED or contract.challenge is None:
        return Refusal(RefusalCode.CONTRACT_NOT_CHALLENGED, "contract", contract.id)
    if contract.challenge.agent == command.agent:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    bond = _challenge_bond(state, contract, command.agent, now)
    if isinstance(bond, Refusal):
        return bond
    pledge, overruns = bond
    made = events.VerdictDefended(
        contract.id,
        command.agent,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        pledge.budgets,
        command.evidence,
    )
    return (*overruns, made)


def decide(state: State, command: commands.DecideDispute, now: Instant) -> Decision | Refusal:
    """Decide a dispute for good. Whoever stood for the other verdict loses its bond."""
    refusal = _odd(command.verdict, command.quality, command.evidence)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    challenger, defender = contract.challenge, contract.defence
    if contract.status is not ContractStatus.DISPUTED or challenger is None or defender is None:
        return Refusal(RefusalCode.CONTRACT_NOT_DISPUTED, "contract", contract.id)
    stands = command.verdict is contract.verdict
    loser = challenger.agent if stands else defender.agent
    ruling = Ruling(command.verdict, "decision", True, command.quality, loser)
    return settle(state, contract, ruling, now)


def advance(state: State, command: commands.AdvanceContract, now: Instant) -> Decision | Refusal:
    """Do what is due: late, silent, unchallenged, or undefended."""
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if contract.due is None or contract.due > now:
        return Refusal(RefusalCode.CONTRACT_NOT_DUE, "contract", contract.id)
    return settle(state, contract, _due(contract), now)


def known(state: State, name: str) -> Contract | Refusal:
    """The contract of a name."""
    contract = state.contracts.find(name)  # type: ignore[arg-type]  # A name, whoever's.
    return Refusal(RefusalCode.UNKNOWN_CONTRACT, "contract", name) if contract is None else contract


def _due(contract: Contract) -> Ruling:
    """What time has decided."""
    if contract.status is ContractStatus.OPEN:
        return Ruling(Verdict.LATE, SYSTEM, True)
    if contract.status is ContractStatus.DELIVERED:  # Silence is satisfaction.
        return Ruling(Verdict.SATISFACTORY, SYSTEM, True)
    assert contract.verdict is not None, "nothing else is due without a verdict"
    ruling = Ruling(contract.verdict, contract.by, contract.independent, contract.quality)
    if contract.challenge is None:
        return ruling
    # Nobody stood up for the verdict, so the challenger has it its way.
    return ruling._replace(verdict=_opposite(contract), by=SYSTEM, independent=True, quality=None)


def _opposite(contract: Contract) -> Verdict:
    """What an undefended challenge makes of a verdict: what the challenger would rather have."""
    assert contract.challenge is not None, "there is a challenge"
    by_provider = contract.challenge.agent == contract.provider
    return Verdict.SATISFACTORY if by_provider else Verdict.POOR


def _counted(
    state: State, contract: Contract, command: commands.JudgeContract, quorum: int, now: Instant
) -> Decision:
    """The verdict, if with this vote enough judges say the same; its quality is the median of theirs."""
    votes = Counter(vote.verdict for vote in contract.votes.values())
    votes[command.verdict] += 1
    if votes[command.verdict] < quorum:
        return ()
    said = [vote.quality for vote in contract.votes.values() if vote.verdict is command.verdict]
    known_qualities = sorted(quality for quality in (*said, command.quality) if quality is not None)
    quality = known_qualities[(len(known_qualities) - 1) // 2] if known_qualities else None
    independent = all(_is_independent(state, contract, agent) for agent in (*contract.votes, command.agent))
    return (_judged(contract, command.verdict, "attestors", independent, quality, now, ""),)


def _judged(
    contract: Contract,
    verdict: Verdict,
    by: str,
    independent: bool,
    quality: Ppm | None,
    now: Instant,
    evidence: str,
) -> events.ContractJudged:
    until = _after(now, contract.rules.challenge_window)
    return events.ContractJudged(contract.id, verdict, by, until, independent, quality, evidence)


def _is_independent(state: State, contract: Contract, agent: AgentId) -> bool:
    """Whether a judge belongs to neither side."""
    owner = state.agents.by_id[agent].owner
    return owner not in (contract.owner, state.agents.by_id[contract.requester].owner)


def _party(state: State, name: str, agent: AgentId, evidence: str) -> Contract | Refusal:
    """The contract of a name, if an agent is one of its sides."""
    refusal = forms.text("evidence", evidence, MAX_TEXT)
    if refusal:
        return refusal
    contract = known(state, name)
    if isinstance(contract, Refusal):
        return contract
    if agent not in (contract.provider, contract.requester):
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", agent)
    return contract


def _challenge_bond(
    state: State, contract: Contract, agent: AgentId, now: Instant
) -> tuple[Pledge, tuple[events.BudgetOverrun, ...]] | Refusal:
    amount = max(1, share_of(contract.payment, contract.rules.challenge_bond))
    escrow = state.ledger.accounts[system_account(AccountKind.ESCROW, CREDIT)]
    return reserve(state, state.agents.by_id[agent], escrow, amount, now, "agent")


def _odd(verdict: Verdict, quality: Ppm | None, evidence: str) -> Refusal | None:
    refusal = forms.text("evidence", evidence, MAX_TEXT)
    if refusal:
        return refusal
    if verdict not in GIVEN:
        return Refusal(RefusalCode.INVALID_VERDICT, "verdict", verdict.value)
    if quality is not None and not 0 <= quality <= PPM_ONE:
        return Refusal(RefusalCode.INVALID_VERDICT, "quality")
    return None


def _after(now: Instant, duration: int) -> Instant:
    return Instant(min(now + duration, MAX_AMOUNT))
