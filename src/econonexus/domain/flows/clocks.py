"""The clocks of Dutch auctions: what each calls, and that it stands still while its market is halted."""

from econonexus.domain import events
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction
from econonexus.domain.subjects.markets import Market


def call(state: State, auction: Auction, now: Instant) -> int:
    """What the clock calls; while the market is halted it stands still."""
    market = state.markets.by_id[auction.market]
    at = Instant(_stands_since(market, auction) + auction.waited) if market.halted else now
    return auction.calls.price(auction.call_at(at))


def clocks_go_on(state: State, market: Market, now: Instant) -> Decision:
    """After a halt each clock goes on from the call at which it stood still.

    That is also said where it has waited just as long as it stood: from now on it has not.
    """
    return tuple(
        events.AuctionExtended(auction.id, Instant(auction.closes_at + stood - auction.waited), "resumed")
        for auction in state.auctions.by_id.values()
        if auction.market == market.id
        and auction.mechanism is Mechanism.DUTCH
        and auction.status is AuctionStatus.OPEN
        and ((stood := now - _stands_since(market, auction)) or auction.waited)
    )


def _stands_since(market: Market, auction: Auction) -> Instant:
    """Since when a clock stands still in a halted market: at most since its auction opened."""
    assert market.halted_at is not None, "only a halted market goes on"
    return max(market.halted_at, auction.opens_at)
