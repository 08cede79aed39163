"""What an auction came to, shaped exactly as `econonexus clear` answers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain.flows.clearing import as_asked, parameters
from econonexus.domain.mechanisms.answers import answer_of, properties_of
from econonexus.domain.mechanisms.outcome import Award, Outcome
from econonexus.domain.mechanisms.rules import RULES
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Result

CERTIFIED = 100
"""Outcomes of so many bids at most are checked again when they are shown; whether somebody would rather have
another's deal takes time with the square of them."""


class Awarded(msgspec.Struct, frozen=True):
    """What one bid won, and pays for all of it."""

    bid: str
    agent: str
    items: dict[str, int]
    payment: int


class OutcomeView(msgspec.Struct, frozen=True):
    """Who won what for how much; amounts are in µcr."""

    mechanism: str
    status: Annotated[str, Meta(description="`cleared`, or `no_sale`.")]
    allocation: list[Awarded]
    welfare: Annotated[int, Meta(description="What the winners bid.")]
    revenue: int
    prices: Annotated[dict[str, int], Meta(description="Per unit, where the rule has one price for all.")]
    optimal: bool
    gap: float
    properties: Annotated[
        dict[str, bool], Meta(description=f"What was checked; of auctions with up to {CERTIFIED} bids.")
    ]


def outcome_of(state: State, auction: Auction) -> OutcomeView | None:
    """What an auction came to; None where it is not cleared."""
    if auction.result is None:
        return None
    outcome = outcome_again(state, auction, auction.result)
    answer = answer_of(outcome)
    answer["properties"] = _properties(state, auction, outcome)
    return msgspec.convert(answer, OutcomeView)


def outcome_again(state: State, auction: Auction, result: Result) -> Outcome:
    """The outcome as the rule had returned it."""
    owner_of = state.agents.by_id
    awards = tuple(
        Award(win.bid, win.agent, owner_of[win.agent].owner, win.items, win.payment) for win in result.wins
    )
    return Outcome(
        mechanism=auction.mechanism.value,
        status="cleared" if awards else "no_sale",
        allocation=awards,
        welfare=result.welfare,
        bound=result.bound,
        prices=result.prices,
    )


def _properties(state: State, auction: Auction, outcome: Outcome) -> dict[str, object]:
    rule = RULES.get(auction.mechanism.value)
    if rule is None or len(auction.bids) > CERTIFIED:
        return {}
    certificate = rule.certify(as_asked(state, auction), outcome, parameters(auction.terms))
    return properties_of(certificate)
