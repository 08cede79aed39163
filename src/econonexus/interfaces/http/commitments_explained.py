"""How a commitment to a bid stands, and why its bond was lost: it never became a bid."""

import itertools
from collections.abc import Iterator

from econonexus.domain.ids import AgentId, BidId, Sequence
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.subjects.auctions import Auction, Committed
from econonexus.interfaces.http.forms import rfc3339

Facts = dict[str, int | str | bool | None]
Found = tuple[str, Facts, tuple[Sequence, ...]]
MOST = 100
"""So many lost bonds are told of an auction."""


def of_commitment(auction: Auction, committed: Committed) -> Found:
    """How it stands in a word, the numbers, and its records."""
    facts: Facts = {
        "auction": auction.id,
        "market": auction.market,
        "mechanism": auction.mechanism.value,
        "agent": committed.agent,
        "digest": committed.digest,
        "bond_ucr": committed.pledge.amount,
    }
    steps = (committed.sequence,)
    if committed.broken:
        why = f"nothing was revealed by {_until(auction)}"
        return "bond lost", facts | {"why": why}, (*steps, committed.broken)
    if auction.due is None:
        why = f"the auction is {auction.status.value}: {auction.reason or 'no reason said'}"
        return "bond released", facts | {"why": why}, (*steps, *auction.steps[-1:])
    if auction.status is AuctionStatus.CLOSED:
        return "to be revealed", facts | {"reveal_until": _until(auction)}, steps
    return "committed", facts | {"reveal_from": rfc3339(auction.closes_at)}, steps


def bonds_lost(auction: Auction, viewer: AgentId | None) -> Facts:
    """What was committed to in an auction and never revealed; whose it was is for the agent and persons."""
    if not auction.broken:
        return {}
    facts: Facts = {
        "never_revealed": len(auction.broken),
        "bonds_lost_ucr": sum(each.pledge.amount for each in auction.broken.values()),
    }
    for name, each in _shown(auction, viewer):
        facts[f"commitment {name}"] = f"{each.agent} revealed nothing; lost {each.pledge.amount:,} µcr"
    return facts


def broken_in(auction: Auction, viewer: AgentId | None) -> tuple[Sequence, ...]:
    """The records by which bonds were lost in an auction, as far as whoever asks may see them."""
    return tuple(each.broken for _, each in _shown(auction, viewer))


def _shown(auction: Auction, viewer: AgentId | None) -> Iterator[tuple[BidId, Committed]]:
    own = ((name, each) for name, each in auction.broken.items() if viewer in (None, each.agent))
    return itertools.islice(own, MOST)


def _until(auction: Auction) -> str:
    return "" if auction.reveals_until is None else rfc3339(auction.reveals_until)
