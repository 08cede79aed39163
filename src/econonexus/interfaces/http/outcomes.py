"""What an auction came to, shaped exactly as `econonexus clear` answers."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain.flows.bundles import as_packages, rule_of
from econonexus.domain.flows.clearing import as_asked, parameters
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.answers import answer_of, properties_of
from econonexus.domain.mechanisms.outcome import Award, Outcome
from econonexus.domain.mechanisms.package_answers import answer_of as bundles_answer_of
from econonexus.domain.mechanisms.package_certificate import certify
from econonexus.domain.mechanisms.package_outcome import Blocking, PackageAward, PackageOutcome
from econonexus.domain.mechanisms.rules import RULES
from econonexus.domain.money import PPM_ONE
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Result

CERTIFIED = 100
"""Outcomes of so many bids at most are checked again when they are shown; whether somebody would rather have
another's deal takes time with the square of them."""


class Awarded(msgspec.Struct, frozen=True):
    """What one bid won, and pays for all of it."""

    bid: Annotated[str, Meta(description="The bid that won.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    items: Annotated[dict[str, int], Meta(description="What it won: units by name.")]
    payment: Annotated[int, Meta(description="What it pays for all of that, in µcr.")]


class Coalition(msgspec.Struct, frozen=True):
    """The bids that would have gained most by dealing with the seller alone; none gains more than `most`."""

    bids: Annotated[list[str], Meta(description="The ids of the bids that it is made of.")]
    gain: Annotated[
        int,
        Meta(description="What they and the seller would gain together, in µcr; 0 where none was found."),
    ]
    most: Annotated[int, Meta(description="What is proven that no coalition gains more than, in µcr.")]


class OutcomeView(msgspec.Struct, frozen=True):
    """Who won what for how much; amounts are in µcr."""

    mechanism: Annotated[str, Meta(description="The rule that found it, such as `second_price`.")]
    status: Annotated[str, Meta(description="What became of it: `cleared`, or `no_sale`.")]
    allocation: Annotated[list[Awarded], Meta(description="Who won what, and pays how much.")]
    welfare: Annotated[int, Meta(description="What the winners bid, in µcr.")]
    revenue: Annotated[int, Meta(description="What all winners pay together, in µcr.")]
    prices: Annotated[
        dict[str, int],
        Meta(description="The price of a unit by item, in µcr, where the rule has one for all."),
    ]
    optimal: Annotated[bool, Meta(description="Whether it is proven that no outcome has more welfare.")]
    gap: Annotated[
        float,
        Meta(description="How far the welfare may be from the best, as a share of what is the most."),
    ]
    properties: Annotated[
        dict[str, bool | Coalition],
        Meta(description=f"What was checked; of auctions with up to {CERTIFIED} bids."),
    ]
    bound: Annotated[
        int | msgspec.UnsetType, Meta(description="Of bundles: no outcome is worth more; that is proven.")
    ] = msgspec.UNSET
    payment: Annotated[
        str | msgspec.UnsetType, Meta(description="Of bundles: the rule by which they were paid for.")
    ] = msgspec.UNSET
    shared: Annotated[
        dict[str, int] | msgspec.UnsetType,
        Meta(description="Bid to those of its units that came out of the reserved share, at the reserve."),
    ] = msgspec.UNSET
    weights: Annotated[
        dict[str, float] | msgspec.UnsetType,
        Meta(description="Bid to what its price was multiplied by for its score, where records count."),
    ] = msgspec.UNSET


def outcome_of(state: State, auction: Auction) -> OutcomeView | None:
    """What an auction came to; None where it is not cleared."""
    if auction.result is None:
        return None
    if auction.mechanism is Mechanism.COMBINATORIAL:
        return _of_bundles(state, auction, auction.result)
    outcome = outcome_again(state, auction, auction.result)
    answer = answer_of(outcome)
    answer["properties"] = _properties(state, auction, outcome)
    if auction.terms.reserved_share is not None:
        answer["shared"] = auction.result.shared
    if auction.result.weights:
        answer["weights"] = {bid: weight / PPM_ONE for bid, weight in auction.result.weights.items()}
    return msgspec.convert(answer, OutcomeView)


def _of_bundles(state: State, auction: Auction, result: Result) -> OutcomeView:
    asked, outcome = as_packages(state, auction), bundles_again(state, auction, result)
    certificate = certify(asked, outcome) if len(auction.bids) <= CERTIFIED else None
    answer = bundles_answer_of(asked, outcome, certificate)
    return msgspec.convert(answer | {"payment": outcome.payment}, OutcomeView)


def bundles_again(state: State, auction: Auction, result: Result) -> PackageOutcome:
    """What a solver had found for bundles, as the economy accepted it."""
    places = {bid: place for place, bid in enumerate(auction.bids)}
    blocked, owner_of = result.blocked, state.agents.by_id
    return PackageOutcome(
        status="cleared" if result.wins else "no_sale",
        payment=result.payment or rule_of(auction),  # type: ignore[arg-type]  # One of the rules.
        allocation=tuple(
            PackageAward(
                win.bid,
                win.agent,
                owner_of[win.agent].owner,
                win.items,
                auction.bids[win.bid].price,
                win.payment,
                win.payment,
            )
            for win in result.wins
        ),
        welfare=result.welfare,
        bound=result.bound,
        blocking=None
        if blocked is None
        else Blocking(tuple(places[bid] for bid in blocked.bids), blocked.gain, blocked.most),
    )


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
    if rule is None or auction.result is None or len(auction.bids) > CERTIFIED:
        return {}
    if auction.result.weights:  # What the rule promises of prices it does not promise of scores.
        return {}
    dropped = {each.bid for each in auction.result.dropped}
    bids = {name: bid for name, bid in auction.bids.items() if name not in dropped}
    certificate = rule.certify(as_asked(state, auction, bids), outcome, parameters(auction.terms))
    return properties_of(certificate)
