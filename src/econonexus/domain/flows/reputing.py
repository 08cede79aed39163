"""What is known of owners today, and what it is worth to them. Records fade by the day, UTC."""

from econonexus.domain.ids import AccountId, Instant
from econonexus.domain.mechanisms.promises import effects, records
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.promises import DAY, Record
from econonexus.domain.state import State
from econonexus.domain.subjects import reputations


def record_of(state: State, owner: AccountId, now: Instant) -> Record:
    """An owner's record, faded to the day."""
    record = state.reputations.of(owner)
    return records.faded_to(record, now // DAY, state.stakes.rules.half_life_days)


def known_of(state: State, owner: AccountId, now: Instant) -> Ppm:
    """How far an owner's record lets one trust it, but for one chance in twenty; what benefits go by."""
    return reputations.lower_bound(record_of(state, owner, now))


def quality_of(state: State, owner: AccountId, now: Instant) -> Ppm:
    """How good an owner's work is at least, but for one chance in twenty."""
    return reputations.proven_quality(record_of(state, owner, now))


def reliability_of(state: State, owner: AccountId, now: Instant) -> Ppm:
    """How often an owner's promises are kept at least, but for one chance in twenty."""
    return reputations.proven_reliability(record_of(state, owner, now))


def score_of(state: State, owner: AccountId, now: Instant) -> Ppm:
    """An owner's overall score, as it is shown."""
    return reputations.score(record_of(state, owner, now))


def multiplier_of(state: State, owner: AccountId, now: Instant) -> Ppm:
    """What an owner's bonuses are multiplied by. It goes by what is proven, so a new name buys nothing."""
    return multiplier(state, record_of(state, owner, now))


def multiplier(state: State, record: Record) -> Ppm:
    """What a record multiplies bonuses by."""
    rules, bonuses = state.stakes.rules, 0
    if reputations.proven_reliability(record) > effects.STEADY:
        bonuses += rules.consistency_bonus
    if reputations.mean_of(record.cooperation) > effects.STEADY:
        bonuses += rules.cooperation_bonus
    return effects.reward_multiplier(reputations.lower_bound(record), Ppm(bonuses))


def credibility_of(state: State, owner: AccountId) -> Ppm:
    """How much an owner's word about others counts: all of it, unless the operator says whom it trusts."""
    return state.reputations.credibility_of(owner) if state.stakes.rules.trusted else PPM_ONE
