"""Reputations: what is known of owners, what that is worth to them, and how it came about."""

from typing import Annotated

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from econonexus.domain.flows.reputing import credibility_of, multiplier, record_of
from econonexus.domain.ids import AccountId, AgentId, Instant
from econonexus.domain.mechanisms.promises import beta, effects
from econonexus.domain.money import PPM_ONE
from econonexus.domain.promises import DAY, Component, Record
from econonexus.domain.state import State
from econonexus.domain.subjects.reputations import lower_bound, mean_of, score
from econonexus.interfaces.http.desk import AtDesk, Desk, not_found
from econonexus.interfaces.http.forms import Cursor, Page, PageSize, reads, rfc3339
from econonexus.interfaces.http.paths import AgentPath, OwnerPath
from econonexus.interfaces.http.problems import invalid
from econonexus.ports import Rating

Latest = Annotated[
    bool, QueryParameter(name="latest", description="Whether to show the last ones, and no further page.")
]
Share = Annotated[float, Meta(description="From 0 to 1.")]


class SideView(msgspec.Struct, frozen=True):
    """One side of a record: what was good and what was bad, in plain contracts, as faded until now."""

    score: Annotated[float, Meta(description="The mean of what is known, from 0 to 1; 0.5 where nothing is.")]
    lower_bound: Annotated[float, Meta(description="The truth is below this with a chance of one in twenty.")]
    good: Annotated[float, Meta(description="What was good, in plain contracts.")]
    bad: Annotated[float, Meta(description="What was bad, in plain contracts.")]


class ReputationView(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an owner, all of whose agents share it, and what it is worth."""

    owner: Annotated[str, Meta(description="Whose record it is.")]
    score: Annotated[
        float, Meta(description="As it is shown: the mean of the four sides, 0.5 for a newcomer.")
    ]
    lower_bound: Annotated[float, Meta(description="What benefits go by: the weakest side's; 0.05 at first.")]
    tier: Annotated[str, Meta(description="`platinum`, `gold`, `silver` or `bronze`, by the score.")]
    reliability: Annotated[SideView, Meta(description="Whether what was promised was done.")]
    performance: Annotated[SideView, Meta(description="How well it was done.")]
    honesty: Annotated[SideView, Meta(description="Whether it was promised in good faith.")]
    cooperation: Annotated[SideView, Meta(description="Whether anything was delivered in time.")]
    evidence: Annotated[float, Meta(description="How many plain contracts what is known weighs.")]
    as_of: Annotated[
        str | None, Meta(description="The day on which something was said last; null where nothing was.")
    ]
    reward_multiplier: Annotated[
        float,
        Meta(description="What funded bonuses are multiplied by; never is more than all of one paid."),
    ]
    bidding_power: Annotated[
        float, Meta(description="How many times its own funds it may bid in markets that lend by record.")
    ]
    bond_relief: Annotated[
        float, Meta(description="What part of each contract's bond it need not put up, from 0 to 1.")
    ]
    premium_resources: Annotated[bool, Meta(description="Whether its lower bound is above 0.8.")]
    credibility: Annotated[float, Meta(description="How much its own word about others counts, from 0 to 1.")]
    standing: Annotated[
        str, Meta(description="What its agents may do: `active`, `probation`, `suspended` or `banned`.")
    ]


class RatingView(msgspec.Struct, frozen=True, kw_only=True):
    """What one verdict left known of an owner. Contracts and judges are told to the owner's own agents."""

    sequence: Annotated[int, Meta(description="The journal's record of it.")]
    time: Annotated[str, Meta(description="When it was said.")]
    verdict: Annotated[str, Meta(description="How the contract was kept.")]
    weight: Annotated[
        float, Meta(description="What it counts, in plain contracts, after how much the judge's word does.")
    ]
    credibility: Annotated[
        float, Meta(description="How much the word of those counts who judged, from 0 to 1.")
    ]
    score: Annotated[float, Meta(description="The record's score after it, from 0 to 1.")]
    lower_bound: Annotated[float, Meta(description="What benefits go by after it, from 0 to 1.")]
    reliability: Annotated[float, Meta(description="The mean of that side after it, from 0 to 1.")]
    performance: Annotated[float, Meta(description="The mean of that side after it, from 0 to 1.")]
    honesty: Annotated[float, Meta(description="The mean of that side after it, from 0 to 1.")]
    cooperation: Annotated[float, Meta(description="The mean of that side after it, from 0 to 1.")]
    contract: Annotated[
        str | None, Meta(description="The contract that was judged; null to all agents but the owner's own.")
    ]
    judged_by: Annotated[
        list[str] | None,
        Meta(description="The owners who judged; none where the clock or the operator did, null to others."),
    ]


@reads("/agents/{id:str}/reputation")
async def show_reputation(id: AgentPath, desk: AtDesk) -> ReputationView:
    """What is known of an agent, which is what is known of its owner; everybody may know."""
    now = desk.now()
    return await desk.read(lambda state: view_of(state, owner_of(state, id), now))


@reads("/agents/{id:str}/reputation/history")
async def list_reputation(
    id: AgentPath, desk: AtDesk, latest: Latest = False, cursor: Cursor = None, limit: PageSize = 100
) -> Page[RatingView]:
    """What was said of an agent's owner, oldest first."""
    owner = await desk.read(lambda state: owner_of(state, id))
    return await _history(desk, owner, latest, cursor, limit)


@reads("/owners/{id:str}/reputation")
async def show_owner_reputation(id: OwnerPath, desk: AtDesk) -> ReputationView:
    """What is known of an owner. Of whom nothing is known need not exist."""
    now = desk.now()
    return await desk.read(lambda state: view_of(state, AccountId(id), now))


@reads("/owners/{id:str}/reputation/history")
async def list_owner_reputation(
    id: OwnerPath, desk: AtDesk, latest: Latest = False, cursor: Cursor = None, limit: PageSize = 100
) -> Page[RatingView]:
    """What was said of an owner, oldest first."""
    return await _history(desk, AccountId(id), latest, cursor, limit)


def owner_of(state: State, name: str) -> AccountId:
    """Whose agent it is. Raises: Declined where there is none of this name."""
    agent = state.agents.by_id.get(AgentId(name))
    if agent is None:
        raise not_found("unknown_agent", "No such agent.")
    return agent.owner


def view_of(state: State, owner: AccountId, now: Instant) -> ReputationView:
    """How an owner stands now."""
    record, rules = record_of(state, owner, now), state.stakes.rules
    bound, reliability = lower_bound(record), record.reliability
    known = owner in state.reputations.by_owner
    relief = rules.relief * max(0, 2 * bound - PPM_ONE) // PPM_ONE
    return ReputationView(
        owner=owner,
        score=_share(score(record)),
        lower_bound=_share(bound),
        tier=effects.tier(score(record)),
        reliability=_side(reliability),
        performance=_side(record.performance),
        honesty=_side(record.honesty),
        cooperation=_side(record.cooperation),
        evidence=_share(reliability.good + reliability.bad),
        as_of=_day(state.reputations.of(owner)) if known else None,
        reward_multiplier=_share(multiplier(state, record)),
        bidding_power=_share(effects.bidding_power(bound)),
        bond_relief=_share(relief),
        premium_resources=bound > effects.PREMIUM_RESOURCES,
        credibility=_share(credibility_of(state, owner)),
        standing=state.stakes.standing_of(owner).value,
    )


async def _history(
    desk: Desk, owner: AccountId, latest: bool, cursor: str | None, limit: int
) -> Page[RatingView]:
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20):
        raise invalid("cursor", "It is not one that a page before gave.")
    after = None if latest else int(cursor or 0)
    found = await desk.node.ratings(owner, after, limit if latest else limit + 1)
    kept = found[:limit]
    told = await desk.read(lambda state: _is_told(state, desk.caller.agent, owner))
    more = str(kept[-1].sequence) if len(found) > limit else None
    return Page([_rating(each, told) for each in kept], more)


def _is_told(state: State, viewer: AgentId | None, owner: AccountId) -> bool:
    """Whether somebody may know for which contracts and by whom an owner was judged."""
    return viewer is None or state.agents.by_id[viewer].owner == owner


def _rating(rating: Rating, told: bool) -> RatingView:
    return RatingView(
        sequence=rating.sequence,
        time=rfc3339(rating.time),
        verdict=rating.verdict,
        weight=_share(rating.weight),
        credibility=_share(rating.credibility),
        score=_share(rating.score),
        lower_bound=_share(rating.lower_bound),
        reliability=_share(rating.reliability),
        performance=_share(rating.performance),
        honesty=_share(rating.honesty),
        cooperation=_share(rating.cooperation),
        contract=rating.contract if told else None,
        judged_by=rating.raters.split() if told else None,
    )


def _side(side: Component) -> SideView:
    bound = beta.lower_bound(side.good, side.bad)
    return SideView(_share(mean_of(side)), _share(bound), _share(side.good), _share(side.bad))


def _day(record: Record) -> str:
    return rfc3339(record.day * DAY)[:10]


def _share(millionths: int) -> float:
    return millionths / PPM_ONE


ROUTES = [show_reputation, list_reputation, show_owner_reputation, list_owner_reputation]
