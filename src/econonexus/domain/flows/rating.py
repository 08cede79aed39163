"""What is said of owners: how a verdict changes what is known of one, and whose word counts how much."""

from econonexus.domain import commands, events
from econonexus.domain.flows.reputing import credibility_of, record_of
from econonexus.domain.flows.ruling import Ruling
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import AccountId, AgentId, Instant
from econonexus.domain.kinds import JudgedBy, Verdict
from econonexus.domain.mechanisms.promises import eigentrust, records
from econonexus.domain.money import PPM_ONE, Ppm, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects import reputations
from econonexus.domain.subjects.contracts import Contract

MOST_AT_ONCE = 5_000
"""Credibilities in one event."""


def changed(
    state: State, contract: Contract, ruling: Ruling, now: Instant
) -> tuple[events.ReputationChanged, ...]:
    """What is known of a provider's owner after a contract of it."""
    if ruling.verdict is Verdict.ENDED:
        return ()
    raters = _raters(state, contract, ruling)
    credibility = Ppm(min((_counts(state, rater, contract.owner) for rater in raters), default=PPM_ONE))
    whole = records.weight_of(contract.payment, contract.rules.plain_value, contract.rules.most_weight)
    weight = share_of(whole, credibility)
    before = record_of(state, contract.owner, now)
    after = records.after(before, ruling.verdict, ruling.quality, weight)
    return (
        events.ReputationChanged(
            contract.owner,
            after,
            reputations.score(after),
            reputations.lower_bound(after),
            contract.id,
            ruling.verdict,
            weight,
            credibility,
            tuple(rater for rater in raters if rater != contract.owner),
            whole,
        ),
    )


def weigh(state: State, command: commands.WeighFeedback, now: Instant) -> Decision | Refusal:
    """Find out anew whose word counts how much, and tell what is different from before."""
    known = state.reputations
    if known.weigh_at is None or known.weigh_at > now:
        return Refusal(RefusalCode.FEEDBACK_NOT_DUE, "now", "", now, known.weigh_at)
    trusted = state.stakes.rules.trusted
    found = eigentrust.credibilities(known.praise, trusted) if trusted else {}
    gone = ((owner, Ppm(0)) for owner in known.credibility if owner not in found)
    told = sorted(
        (*((owner, share) for owner, share in found.items() if share != known.credibility_of(owner)), *gone)
    )
    parts = [told[start : start + MOST_AT_ONCE] for start in range(0, len(told), MOST_AT_ONCE)] or [[]]
    return tuple(events.CredibilitiesSet(dict(part)) for part in parts)


def _raters(state: State, contract: Contract, ruling: Ruling) -> tuple[AccountId, ...]:
    """The owners whose word a verdict is; none where the clock speaks, or the operator."""
    match ruling.by:
        case JudgedBy.REQUESTER | JudgedBy.SILENCE:
            agents: tuple[AgentId, ...] = (contract.requester,)
        case JudgedBy.VERIFIER:
            agents = tuple(AgentId(judge) for judge in contract.judging.judges)
        case JudgedBy.ATTESTORS:
            agents = tuple(word.agent for word in contract.votes.values() if word.verdict is ruling.verdict)
        case JudgedBy.UNANSWERED:
            agents = _silent(contract)
        case _:
            agents = ()
    return tuple(dict.fromkeys(state.agents.by_id[agent].owner for agent in agents))


def _silent(contract: Contract) -> tuple[AgentId, ...]:
    """Whose word it is that a challenge was not answered: the requester's, unless it is the provider that
    admits to have failed."""
    challenge = contract.challenge
    by_provider = challenge is not None and challenge.agent == contract.provider
    return (contract.requester,) if by_provider else ()


def _counts(state: State, rater: AccountId, praised: AccountId) -> Ppm:
    """Nobody's word counts about itself."""
    return Ppm(0) if rater == praised else credibility_of(state, rater)
