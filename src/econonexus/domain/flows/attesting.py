"""What several judges say: every vote is backed by stake, and so many of them must agree.

As soon as `quorum` judges say the very same, that is the verdict. Once all have voted, or the time for it is
over, more than that is taken together: who says excellent also says kept, and who says byzantine also says
not kept. Where even that is not enough, nobody has shown that the work was bad; it counts as satisfactory,
and either side can challenge that as any other verdict.
"""

from collections.abc import Iterable
from typing import NamedTuple

from econonexus.domain import commands, events
from econonexus.domain.flows.enforcing import KEPT
from econonexus.domain.flows.ruling import word_bond
from econonexus.domain.flows.spending import Decision
from econonexus.domain.flows.staking import free_stake, stake_account, told_of_free
from econonexus.domain.flows.standings import suspended
from econonexus.domain.ids import AgentId, Instant
from econonexus.domain.kinds import JudgedBy, Verdict
from econonexus.domain.money import MAX_AMOUNT, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract


class Said(NamedTuple):
    """One judge's word."""

    agent: AgentId
    verdict: Verdict
    quality: Ppm | None


def cast(
    state: State, contract: Contract, command: commands.JudgeContract, now: Instant
) -> Decision | Refusal:
    """One vote, and the verdict where it decides."""
    bond = word_bond(contract)
    refusal = _cannot_vouch(state, contract, command.agent, bond)
    if refusal:
        return refusal
    said = [*_said(contract), Said(command.agent, command.verdict, command.quality)]
    vote = events.VoteCast(
        contract.id,
        command.agent,
        command.verdict,
        stake_account(command.agent),
        bond,
        command.quality,
        command.evidence,
    )
    agree = [each for each in said if each.verdict is command.verdict]
    if len(agree) >= contract.judging.quorum:
        return (vote, _judged(state, contract, command.verdict, agree, now))
    if len(said) == len(contract.judging.judges):
        return (vote, _taken_together(state, contract, said, now))
    return (vote,)


def in_the_end(state: State, contract: Contract, now: Instant) -> events.ContractJudged:
    """What comes of the votes there are, once the time for them is over."""
    return _taken_together(state, contract, _said(contract), now)


def are_independent(state: State, contract: Contract, agents: Iterable[AgentId]) -> bool:
    """Whether no judge among these belongs to either side."""
    sides = (contract.owner, state.agents.by_id[contract.requester].owner)
    return all(state.agents.by_id[agent].owner not in sides for agent in agents)


def _cannot_vouch(state: State, contract: Contract, agent: AgentId, bond: int) -> Refusal | None:
    """Why an agent's word is not good for a vote: too little at stake, or its owner is suspended."""
    account = state.ledger.accounts.get(stake_account(agent))
    posted, least = 0 if account is None else account.balance, contract.rules.identity_stake
    if posted < least:
        return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent, least, posted)
    if free_stake(state, agent) < bond:
        return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent, bond, told_of_free(state, agent))
    return suspended(state, state.agents.by_id[agent])


def _said(contract: Contract) -> list[Said]:
    return [Said(word.agent, word.verdict, word.quality) for word in contract.votes.values()]


def _taken_together(
    state: State, contract: Contract, said: list[Said], now: Instant
) -> events.ContractJudged:
    """Kept or not kept, if enough say so; else in favour of whoever did the work."""
    kept = [each for each in said if each.verdict in KEPT]
    failed = [each for each in said if each.verdict not in KEPT]
    if len(kept) >= contract.judging.quorum:
        return _judged(state, contract, Verdict.SATISFACTORY, kept, now)
    if len(failed) >= contract.judging.quorum:
        return _judged(state, contract, Verdict.POOR, failed, now)
    return _judged(state, contract, Verdict.SATISFACTORY, [], now)


def _judged(
    state: State, contract: Contract, verdict: Verdict, voices: list[Said], now: Instant
) -> events.ContractJudged:
    """A verdict of those who agree; nobody's where none do."""
    by = JudgedBy.ATTESTORS if voices else JudgedBy.SILENCE
    independent = bool(voices) and are_independent(state, contract, (each.agent for each in voices))
    until = Instant(min(now + contract.rules.challenge_window, MAX_AMOUNT))
    return events.ContractJudged(contract.id, verdict, by, until, independent, _median(voices))


def _median(voices: list[Said]) -> Ppm | None:
    """The middle of the qualities that were named, the lower one where there are two; None without any."""
    named = sorted(each.quality for each in voices if each.quality is not None)
    return named[(len(named) - 1) // 2] if named else None
