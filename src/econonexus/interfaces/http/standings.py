"""How an auction stands while it runs: the price that rises, the clock that falls, what is to be revealed."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain.flows.ascending import least
from econonexus.domain.flows.clocks import call
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction
from econonexus.interfaces.http.forms import rfc3339


class StandingView(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of an auction that runs; null where its rule has no such thing."""

    standing_price_ucr: Annotated[
        int | None, Meta(description="What nobody who leads an English auction would pay more than.")
    ]
    next_bid_ucr: Annotated[int | None, Meta(description="The least that a further bid must offer.")]
    leaders: Annotated[list[str] | None, Meta(description="The bids that lead, the best first.")]
    clock_ucr: Annotated[int | None, Meta(description="What a Dutch clock calls for a unit.")]
    next_call_at: Annotated[str | None, Meta(description="When a Dutch clock calls less.")]
    left: Annotated[int | None, Meta(description="How many units nobody has taken from the clock.")]
    commitments: Annotated[int | None, Meta(description="How many bids are committed to and not revealed.")]
    reveals_until: Annotated[
        str | None, Meta(description="Until when bids that were committed to may be revealed.")
    ]


def standing_of(state: State, auction: Auction, now: Instant) -> StandingView:
    """How an auction stands at an instant."""
    is_open = auction.status is AuctionStatus.OPEN
    rises = auction.mechanism is Mechanism.ENGLISH
    falls = auction.mechanism is Mechanism.DUTCH
    until = auction.reveals_until
    return StandingView(
        standing_price_ucr=auction.standing if rises else None,
        next_bid_ucr=least(auction) if rises and is_open else None,
        leaders=list(auction.leaders) if rises else None,
        clock_ucr=call(state, auction, now) if falls and is_open else None,
        next_call_at=_next_call(state, auction, now) if falls and is_open else None,
        left=auction.left if falls else None,
        commitments=None if auction.terms.commitment is None else len(auction.commitments),
        reveals_until=None if until is None else rfc3339(until),
    )


def _next_call(state: State, auction: Auction, now: Instant) -> str | None:
    """When the clock calls less; null at the floor, and while the market is halted."""
    number = auction.call_at(now)
    if number >= auction.calls.last or state.markets.by_id[auction.market].halted:
        return None
    return rfc3339(auction.called_at(number + 1))
