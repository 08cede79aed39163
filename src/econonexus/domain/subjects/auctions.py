"""Auctions: where each stands in its life, the bids it has, and how it came out."""

import itertools
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, AgentId, AuctionId, BidId, BudgetId, Instant, MarketId
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.ledger import Pledge
from econonexus.domain.life_cycle import Step, advanced
from econonexus.domain.money import Amount
from econonexus.domain.terms import Terms

N = TypeVar("N", bound=str)

ENDED_REMEMBERED = 10_000
BIDS_REMEMBERED = 1_000_000
"""So many auctions that have ended are remembered, with so many bids in all; or up to twice as many."""


class Bid(msgspec.Struct, gc=False, omit_defaults=True):
    """One offer, and what is held for it."""

    id: BidId
    agent: AgentId
    items: dict[str, int]
    price: Amount
    """Per unit, or for all of a bundle."""
    pledge: Pledge


class Result(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How an auction came out, by which its bids are open."""

    wins: tuple[events.Win, ...]
    prices: dict[str, Amount]
    unsold: dict[str, int]
    welfare: int
    bound: int
    payment: str = ""
    """By which rule bundles were paid for."""
    blocked: events.Coalition | None = None


class Auction(msgspec.Struct, gc=False, omit_defaults=True):
    """One selling event."""

    id: AuctionId
    market: MarketId
    mechanism: Mechanism
    terms: Terms
    supply: dict[str, int]
    opens_at: Instant
    closes_at: Instant
    starts_at: Instant | None
    """From when until when what is won may be used; None from the clearing on, for a period."""
    ends_at: Instant | None
    status: AuctionStatus
    bids: dict[BidId, Bid] = {}
    """In the order of their acceptance."""
    reason: str = ""
    """Why it failed or was cancelled."""
    digest: int = 0
    """Of its bids, once it is being cleared."""
    clear_by: Instant | None = None
    """By when its outcome must have come."""
    result: Result | None = None

    @property
    def due(self) -> Instant | None:
        """When something falls due in it next."""
        if self.status is AuctionStatus.ANNOUNCED:
            return self.opens_at
        if self.status is AuctionStatus.CLEARING:
            return self.clear_by
        return self.closes_at if self.status is AuctionStatus.OPEN else None


class Auctions(msgspec.Struct):
    """All auctions that run, and those that ended last. Only events change them."""

    by_id: dict[AuctionId, Auction] = {}
    ended: dict[AuctionId, Auction] = {}
    sealed: dict[AccountId, int] = {}
    """What each account has on hold for bids that are still sealed."""
    sealed_in: dict[BudgetId, int] = {}
    """What each budget counts as held for bids that are still sealed."""
    remembered: int = 0
    """The bids of all auctions that have ended and are remembered."""

    def find(self, name: AuctionId) -> Auction | None:
        """An auction that runs, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What is held for all bids."""
        return (bid.pledge for auction in self.by_id.values() for bid in auction.bids.values())

    def announce(self, event: events.AuctionAnnounced, at: Instant) -> None:
        """Add an auction, which opens at once if its time has come."""
        is_open = event.opens_at <= at
        self.by_id[event.auction] = Auction(
            event.auction,
            event.market,
            event.mechanism,
            event.terms,
            event.supply,
            event.opens_at,
            event.closes_at,
            event.starts_at,
            event.ends_at,
            AuctionStatus.OPEN if is_open else AuctionStatus.ANNOUNCED,
        )

    def step(self, name: AuctionId, *steps: Step) -> Auction:
        """Take an auction on in its life."""
        auction = self.by_id[name]
        auction.status = advanced(auction.status, *steps)
        return auction

    def extend(self, event: events.AuctionExtended) -> None:
        """Let an auction take bids for longer."""
        self.by_id[event.auction].closes_at = event.closes_at

    def close(self, event: events.AuctionClosed) -> None:
        """Let an auction be computed."""
        assert isinstance(event.digest, int), "the state is never built from withheld digests"
        auction = self.step(event.auction, Step.CLOSE, Step.SOLVE)
        auction.digest, auction.clear_by = event.digest, event.clear_by

    def place(self, event: events.BidPlaced, pledge: Pledge) -> None:
        """Add a bid at the end of the queue."""
        assert isinstance(event.price, int), "the state is never built from withheld prices"
        auction = self.by_id[event.auction]
        auction.bids[event.bid] = Bid(event.bid, event.agent, event.items, Amount(event.price), pledge)
        self._seal(pledge, pledge.amount)

    def raise_bid(self, event: events.BidRaised, pledge: Pledge) -> Pledge:
        """Put a higher price and hold in the place of those before; what was held before."""
        assert isinstance(event.price, int), "the state is never built from withheld prices"
        bid = self.by_id[event.auction].bids[event.bid]
        before = bid.pledge
        self._seal(before, -before.amount)
        bid.price, bid.pledge = Amount(event.price), pledge
        self._seal(pledge, pledge.amount)
        return before

    def withdraw(self, event: events.BidWithdrawn) -> Pledge:
        """Take a bid out; what was held for it."""
        pledge = self.by_id[event.auction].bids.pop(event.bid).pledge
        self._seal(pledge, -pledge.amount)
        return pledge

    def end(self, name: AuctionId, *steps: Step) -> Auction:
        """Let an auction be over: nothing about it is sealed any more."""
        auction = self.step(name, *steps)
        del self.by_id[name]
        for bid in auction.bids.values():
            self._seal(bid.pledge, -bid.pledge.amount)
        self.ended[name] = auction
        self.remembered += len(auction.bids)
        if len(self.ended) > 2 * ENDED_REMEMBERED or self.remembered > 2 * BIDS_REMEMBERED:
            self._forget()
        return auction

    def _forget(self) -> None:
        """Forget the auctions that ended first, all at once: a dictionary walks over what was deleted."""
        kept: list[Auction] = []
        bids = 0
        for auction in itertools.islice(reversed(self.ended.values()), ENDED_REMEMBERED):
            bids += len(auction.bids)
            if kept and bids > BIDS_REMEMBERED:
                break
            kept.append(auction)
        self.ended = {auction.id: auction for auction in reversed(kept)}
        self.remembered = sum(len(auction.bids) for auction in kept)

    def _seal(self, pledge: Pledge, amount: int) -> None:
        """Count what is on hold and nobody else may see; nothing is kept of what is zero."""
        _count(self.sealed, pledge.source, amount)
        for level in pledge.budgets:
            _count(self.sealed_in, level, amount)


def _count(totals: dict[N, int], name: N, by: int) -> None:
    total = totals.get(name, 0) + by
    if total:
        totals[name] = total
    else:
        totals.pop(name, None)
