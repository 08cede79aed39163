"""What the two sides say of a verdict: a claim backed by a bond, an answer backed by another, a decision.

A claim that nobody answers stands. Where both sides have put up a bond the operator decides, and until then
who was wrong loses its bond to who was right; past its last date the verdict stands and both go back.
"""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.contracting import GIVEN, MAX_TEXT, after, known, odd
from econonexus.domain.flows.enforcing import settle
from econonexus.domain.flows.pledging import reserve
from econonexus.domain.flows.ruling import Ruling, word_bond
from econonexus.domain.flows.spending import Decision
from econonexus.domain.flows.staking import free_stake, stake_account
from econonexus.domain.ids import CREDIT, AgentId, Instant
from econonexus.domain.kinds import AccountKind, ContractStatus, JudgedBy, Verdict
from econonexus.domain.ledger import Pledge, system_account
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract, Word

Bonded = tuple[Pledge, tuple[events.BudgetOverrun, ...]]


def challenge(state: State, command: commands.ChallengeVerdict, now: Instant) -> Decision | Refusal:
    """Claim another verdict."""
    refusal = odd(command.verdict, command.quality, command.evidence)
    if refusal:
        return refusal
    contract = _party(state, command.contract, command.agent)
    if isinstance(contract, Refusal):
        return contract
    refusal = _cannot_claim(contract, command)
    if refusal:
        return refusal
    bond = _bond(state, contract, command.agent, now)
    if isinstance(bond, Refusal):
        return bond
    pledge, overruns = bond
    made = events.VerdictChallenged(
        contract.id,
        command.agent,
        command.verdict,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        after(now, contract.rules.challenge_window),
        command.quality,
        pledge.budgets,
        command.evidence,
    )
    return (*overruns, made)


def defend(state: State, command: commands.DefendVerdict, now: Instant) -> Decision | Refusal:
    """Answer a challenge."""
    refusal = forms.text("evidence", command.evidence, MAX_TEXT)
    if refusal:
        return refusal
    contract = _party(state, command.contract, command.agent)
    if isinstance(contract, Refusal):
        return contract
    claim = contract.challenge
    if claim is not None and claim.agent == command.agent:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    if contract.status is not ContractStatus.CHALLENGED:
        return Refusal(RefusalCode.CONTRACT_NOT_CHALLENGED, "contract", contract.id)
    bond = _bond(state, contract, command.agent, now)
    if isinstance(bond, Refusal):
        return bond
    pledge, overruns = bond
    made = events.VerdictDefended(
        contract.id,
        command.agent,
        pledge.source,
        pledge.destination,
        Amount(pledge.amount),
        after(now, contract.rules.deciding),
        pledge.budgets,
        command.evidence,
    )
    return (*overruns, made)


def decide(state: State, command: commands.DecideDispute, now: Instant) -> Decision | Refusal:
    """Decide a dispute for good."""
    refusal = odd(command.verdict, command.quality, command.evidence)
    if refusal:
        return refusal
    contract = known(state, command.contract)
    if isinstance(contract, Refusal):
        return contract
    if contract.status is not ContractStatus.DISPUTED:
        return Refusal(RefusalCode.CONTRACT_NOT_DISPUTED, "contract", contract.id)
    verdict, quality = command.verdict, command.quality
    right, wrong = _right(contract, verdict, quality)
    votes = tuple(word for word in contract.votes.values() if word.verdict is not verdict)
    ruling = Ruling(verdict, JudgedBy.OPERATOR, True, quality, right, (*wrong, *votes), command.evidence)
    return settle(state, contract, ruling, now)


def better(verdict: Verdict, quality: Ppm | None, than: Verdict, with_quality: Ppm | None) -> int:
    """Whether one verdict is better for the provider than another: 1, or -1 where it is worse, else 0.

    Of two that are the same the higher quality is better, where both name one.
    """
    ranks = GIVEN.index(than) - GIVEN.index(verdict)
    if ranks or quality is None or with_quality is None:
        return (ranks > 0) - (ranks < 0)
    return (quality > with_quality) - (quality < with_quality)


def _party(state: State, name: str, agent: AgentId) -> Contract | Refusal:
    """The contract of a name, if an agent is one of its sides."""
    contract = known(state, name)
    if isinstance(contract, Refusal):
        return contract
    if agent not in (contract.provider, contract.requester):
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", agent)
    return contract


def _cannot_claim(contract: Contract, command: commands.ChallengeVerdict) -> Refusal | None:
    """Nobody challenges its own word, and a claim must better the claimant's lot."""
    own = contract.by is JudgedBy.REQUESTER and command.agent == contract.requester
    if own and contract.status is ContractStatus.JUDGED:
        return Refusal(RefusalCode.NOT_A_PARTY, "agent", command.agent)
    if contract.status is not ContractStatus.JUDGED or contract.verdict is None:
        return Refusal(RefusalCode.CONTRACT_NOT_JUDGED, "contract", contract.id)
    gain = better(command.verdict, command.quality, contract.verdict, contract.quality)
    if gain != (1 if command.agent == contract.provider else -1):
        return Refusal(RefusalCode.CLAIMS_NOTHING, "verdict", contract.verdict.value)
    return None


def _bond(state: State, contract: Contract, agent: AgentId, now: Instant) -> Bonded | Refusal:
    """What one side puts up: from what pays for it, else from its stake.

    So that who is frozen, or has all it owns at stake, can still stand up for itself.
    """
    amount = word_bond(contract)
    escrow = state.ledger.accounts[system_account(AccountKind.ESCROW, CREDIT)]
    bond = reserve(state, state.agents.by_id[agent], escrow, amount, now, "agent")
    if isinstance(bond, Refusal) and free_stake(state, agent) >= amount:
        return Pledge(stake_account(agent), escrow.id, amount), ()
    return bond


def _right(
    contract: Contract, verdict: Verdict, quality: Ppm | None
) -> tuple[AgentId | None, tuple[Word, ...]]:
    """Which side was right, and what the other had put up.

    Nobody where the decision lies between the two, or does not say what they differ about.
    """
    claim = contract.challenge
    if claim is None or contract.verdict is None:
        return None, ()
    other = contract.requester if claim.agent == contract.provider else contract.provider
    up = better(claim.verdict, claim.quality, contract.verdict, contract.quality)
    beyond_claim = up * better(verdict, quality, claim.verdict, claim.quality)
    beyond_verdict = up * better(verdict, quality, contract.verdict, contract.quality)
    if beyond_claim >= 0 and beyond_verdict > 0:
        return claim.agent, () if contract.defence is None else (contract.defence,)
    if beyond_claim < 0 and beyond_verdict <= 0:
        return other, (claim,)
    return None, ()
