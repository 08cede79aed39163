"""An auction of bundles as its rule and its solver know it, and the digest that tells its bids apart."""

import hashlib

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import MAX_INSTANT, Instant
from econonexus.domain.mechanisms.packages import Package, PackageAuction, Payment
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction

_DIGEST_BYTES = 8


def closed(state: State, auction: Auction, now: Instant) -> events.AuctionClosed:
    """An auction takes no more bids, and its outcome is waited for."""
    clear_by = Instant(min(now + auction.terms.clearing, MAX_INSTANT))
    return events.AuctionClosed(auction.id, digest_of(state, auction), clear_by)


def as_packages(state: State, auction: Auction) -> PackageAuction:
    """The bids of owners for bundles, in the order of acceptance. O(size of the bids)."""
    owner_of, terms = state.agents.by_id, auction.terms
    return PackageAuction(
        [
            Package(bid.id, bid.agent, owner_of[bid.agent].owner, bid.items, bid.price)
            for bid in auction.bids.values()
        ],
        auction.supply,
        {item: terms.reserve_of(item) for item in auction.supply},
        exclusive=terms.bidding == "xor",
    )


def rule_of(auction: Auction) -> Payment:
    """How its winners are charged."""
    return auction.terms.payment  # type: ignore[return-value]  # Checked when the market was made.


def digest_of(state: State, auction: Auction) -> int:
    """What an outcome must cite; see `AuctionClosed`. O(size of the bids)."""
    asked = as_packages(state, auction)
    said = (
        auction.id,
        auction.terms.payment,
        auction.terms.bidding,
        asked.supply,
        asked.reserve,
        [(bid.id, bid.agent, bid.owner, bid.items, bid.price) for bid in asked.bids],
    )
    digest = hashlib.sha256(msgspec.json.encode(said)).digest()
    return int.from_bytes(digest[:_DIGEST_BYTES], "big") >> 1
