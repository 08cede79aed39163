"""Auctions: where each stands in its life, the bids it has, and how it came out."""

import itertools
from bisect import insort
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import (
    SECOND,
    AccountId,
    AgentId,
    AuctionId,
    BidId,
    BudgetId,
    Duration,
    Instant,
    MarketId,
    Sequence,
)
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.ledger import Coming, Pledge
from econonexus.domain.life_cycle import Step, advanced
from econonexus.domain.mechanisms.descending import Calls, Take
from econonexus.domain.money import Amount
from econonexus.domain.terms import Terms

N = TypeVar("N", bound=str)

LEAST_PATIENCE = SECOND
ENDED_REMEMBERED = 10_000
BIDS_REMEMBERED = 100_000
"""So many auctions that have ended are remembered, with so many bids in all; or up to twice as many."""


HALTED = "halted"
"""Why an auction takes bids for longer: its market takes none now."""
RANKED = frozenset({Mechanism.ENGLISH, Mechanism.DUTCH})
"""The mechanisms that run over time: their bids are kept in order, since it matters who is next."""


class Bid(msgspec.Struct, gc=False, omit_defaults=True):
    """One offer, and what is held for it."""

    id: BidId
    agent: AgentId
    items: dict[str, int]
    price: Amount
    """Per unit, or for all of a bundle."""
    pledge: Pledge
    place: int = 0
    """In the order of acceptance, from 0; in the auctions that run over time alone."""
    link: str = ""
    """Its agent's name for the bids of which all are won or none."""
    sequence: Sequence = Sequence(0)
    """The record by which it was accepted."""
    raised: Sequence = Sequence(0)
    """The record by which it was raised last; 0 if it was not."""
    lent: Coming | None = None
    """What its agent's record lent for it as it was placed, or raised; None where nothing ever is."""


class Committed(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A bid of which only a digest is known, and the bond that is held for it."""

    agent: AgentId
    digest: str
    pledge: Pledge
    sequence: Sequence = Sequence(0)
    """The record by which it was accepted."""
    broken: Sequence = Sequence(0)
    """The record by which its bond was lost; 0 if it was not."""


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
    dropped: tuple[events.Dropped, ...] = ()
    shared: dict[BidId, int] = {}
    """What bids had out of a reserved share."""
    weights: dict[BidId, int] = {}
    """What their prices were multiplied by for their scores, where records count; in millionths."""


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
    ranking: list[BidId] = []
    """The best first: all bids of an English auction, those of a Dutch one that wait for the clock."""
    places: int = 0
    """How many places were given to bids in it."""
    standing: Amount = Amount(0)
    """What nobody who leads in an English auction would pay more than."""
    increment: Amount = Amount(0)
    """By how much the next bid in an English auction must outbid it."""
    clock_at: Instant = Instant(0)
    """When a Dutch clock makes its first call."""
    waited: Duration = Duration(0)
    """For how long it was extended because its market is halted."""
    takes: dict[BidId, Take] = {}
    """What was taken from a Dutch clock, in that order."""
    commitments: dict[BidId, Committed] = {}
    """The bids that were committed to and are not revealed."""
    broken: dict[BidId, Committed] = {}
    """Those that never were, whose bonds are lost."""
    withdrawn: dict[BidId, None] = {}
    """Where bids are signed, those that were taken back: nobody may place them again."""
    reveals_until: Instant | None = None
    """When it is too late to reveal them."""
    digest: int = 0
    """Of its bids, once it is being cleared."""
    clear_by: Instant | None = None
    """By when its outcome must have come."""
    result: Result | None = None
    steps: tuple[Sequence, ...] = ()
    """The records of its life, from its announcement on."""

    def pledges(self) -> Iterator[Pledge]:
        """What is held for its bids, and as bonds for commitments to bids."""
        yield from (bid.pledge for bid in self.bids.values())
        yield from (each.pledge for each in self.commitments.values())

    @property
    def remembers(self) -> int:
        """How many bids, and what was committed to and became none, it keeps once it is over."""
        return len(self.bids) + len(self.commitments) + len(self.broken)

    @property
    def patience(self) -> Duration:
        """How long it waits at a time while its market is halted; not so briefly that it only waits."""
        return max(self.terms.bidding_window, LEAST_PATIENCE)

    @property
    def due(self) -> Instant | None:
        """When something falls due in it next."""
        if self.status is AuctionStatus.ANNOUNCED:
            return self.opens_at
        if self.status is AuctionStatus.CLOSED:
            return self.reveals_until
        if self.status is AuctionStatus.CLEARING:
            return self.clear_by
        if self.status is not AuctionStatus.OPEN:
            return None
        return self._next_take if self.takes_next else self.closes_at

    @property
    def takes_next(self) -> bool:
        """Whether a bid takes the clock before this auction closes."""
        return self.mechanism is Mechanism.DUTCH and bool(self.ranking) and self._next_take < self.closes_at

    @property
    def units(self) -> int:
        """How many are sold, of all items together."""
        return sum(self.supply.values())

    @property
    def left(self) -> int:
        """The units that nobody has taken from the clock."""
        return self.units - sum(take.units for take in self.takes.values())

    @property
    def leaders(self) -> list[BidId]:
        """The bids that would win in an English auction now, the best first."""
        return self.ranking[: self.units]

    @property
    def calls(self) -> Calls:
        """What the clock of a Dutch auction calls."""
        clock = self.terms.clock
        assert clock is not None, "a Dutch auction has a clock"
        return Calls(clock.start, clock.step, max(clock.floor, self.terms.reserve))

    def call_at(self, now: Instant) -> int:
        """The number of the call that stands at an instant, from 0."""
        clock = self.terms.clock
        assert clock is not None, "a Dutch auction has a clock"
        return min(self.calls.last, max(0, now - self.clock_at) // clock.tick)

    def called_at(self, number: int) -> Instant:
        """When a Dutch clock makes a call."""
        clock = self.terms.clock
        assert clock is not None, "a Dutch auction has a clock"
        return Instant(self.clock_at + number * clock.tick)

    @property
    def _next_take(self) -> Instant:
        number = self.calls.first_at_most(self.bids[self.ranking[0]].price)
        assert number is not None, "a bid below the floor is refused"
        return self.called_at(number)


class Auctions(msgspec.Struct):
    """All auctions that run, and those that ended last. Only events change them."""

    by_id: dict[AuctionId, Auction] = {}
    ended: dict[AuctionId, Auction] = {}
    sealed: dict[AccountId, int] = {}
    """What each account has on hold for bids that are still sealed, and for commitments to bids."""
    sealed_in: dict[BudgetId, int] = {}
    """What each budget counts as held for them."""
    together: dict[str, dict[AuctionId, None]] = {}
    """Those that run and are cleared together with others, by what their terms call that."""
    turnout: dict[MarketId, int] = {}
    """How many owners bid in the last auction of each market that was cleared, as far as bidders count on."""
    remembered: int = 0
    """The bids of all auctions that have ended and are remembered."""

    def find(self, name: AuctionId) -> Auction | None:
        """An auction that runs, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What is held for all bids."""
        for auction in self.by_id.values():
            yield from auction.pledges()

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
            standing=event.terms.reserve,
            increment=event.terms.increment,
            clock_at=event.opens_at,
        )

        if event.terms.together:
            self.together.setdefault(event.terms.together, {})[event.auction] = None

    def group(self, auction: Auction) -> list[Auction]:
        """The auctions that are cleared together with one, itself among them, in order of announcement."""
        names = self.together.get(auction.terms.together, {})
        return [each for each in map(self.by_id.__getitem__, names) if each.closes_at == auction.closes_at]

    def note(self, name: AuctionId, sequence: Sequence) -> None:
        """Note a record of an auction's life, for who asks later."""
        auction = self.find(name)
        assert auction is not None, "it was there a moment ago"
        auction.steps = (*auction.steps, sequence)

    def step(self, name: AuctionId, *steps: Step) -> Auction:
        """Take an auction on in its life."""
        auction = self.by_id[name]
        auction.status = advanced(auction.status, *steps)
        return auction

    def extend(self, event: events.AuctionExtended) -> None:
        """Let an auction take bids, or be revealed, for longer; its clock stands still meanwhile."""
        auction = self.by_id[event.auction]
        if auction.status is AuctionStatus.CLOSED:
            auction.reveals_until = event.closes_at
            return
        longer = event.closes_at - auction.closes_at
        auction.clock_at = Instant(auction.clock_at + longer)
        auction.waited = Duration(auction.waited + longer if event.reason == HALTED else 0)
        auction.closes_at = event.closes_at
        if event.increment is not None:
            auction.increment = event.increment

    def close(self, event: events.AuctionClosed) -> None:
        """Let an auction be computed."""
        assert isinstance(event.digest, int), "the state is never built from withheld digests"
        auction = self.step(event.auction, Step.CLOSE, Step.SOLVE)
        auction.digest, auction.clear_by = event.digest, event.clear_by

    def place(self, event: events.BidPlaced, pledge: Pledge, sequence: Sequence) -> Auction:
        """Add a bid at the end of the queue; the auction that it is in."""
        assert isinstance(event.price, int), "the state is never built from withheld prices"
        auction = self.by_id[event.auction]
        # Many bids want all there is: they share what says so, which nothing changes; in the same order, as
        # the digest of the bids is of what their records say.
        items = auction.supply if _same(event.items, auction.supply) else event.items
        bid = Bid(event.bid, event.agent, items, event.price, pledge, 0, event.link, sequence)  # type: ignore[arg-type]  # An amount.
        auction.bids[event.bid] = bid
        if auction.mechanism in RANKED:
            _rank(auction, bid)
        self._seal(pledge, 1)
        return auction

    def raise_bid(self, event: events.BidRaised, pledge: Pledge, sequence: Sequence) -> Pledge:
        """Put a higher price and hold in the place of those before; what was held before."""
        assert isinstance(event.price, int), "the state is never built from withheld prices"
        auction = self.by_id[event.auction]
        bid = auction.bids[event.bid]
        bid.price, bid.raised = Amount(event.price), sequence
        if auction.mechanism in RANKED:
            _rank_again(auction, bid)
        return self.pledge_again(bid, pledge)

    def withdraw(self, event: events.BidWithdrawn) -> Pledge:
        """Take a bid out; what was held for it."""
        auction = self.by_id[event.auction]
        if auction.mechanism in RANKED:
            auction.ranking.remove(event.bid)
        pledge = auction.bids.pop(event.bid).pledge
        if auction.terms.signed:
            auction.withdrawn[event.bid] = None
        self._seal(pledge, -1)
        return pledge

    def pledge_again(self, bid: Bid, pledge: Pledge) -> Pledge:
        """Hold something else for a bid; what was held before."""
        before = bid.pledge
        self._seal(before, -1)
        bid.pledge = pledge
        self._seal(pledge, 1)
        return before

    def take(self, event: events.ClockTaken) -> Bid:
        """Let a bid have taken the clock."""
        auction = self.by_id[event.auction]
        auction.ranking.remove(event.bid)
        auction.takes[event.bid] = Take(event.units, event.price)
        return auction.bids[event.bid]

    def commit(self, event: events.BidCommitted, pledge: Pledge, sequence: Sequence) -> None:
        """Add a bid of which only a digest is known."""
        committed = Committed(event.agent, event.commitment, pledge, sequence)
        self.by_id[event.auction].commitments[event.bid] = committed
        self._seal(pledge, 1)

    def reveal(self, event: events.RevealStarted) -> None:
        """Let what was committed to be revealed."""
        self.step(event.auction, Step.CLOSE).reveals_until = event.reveals_until

    def uncommit(self, auction: AuctionId, bid: BidId) -> Committed:
        """Let a commitment be over, kept or not; what it was."""
        committed = self.by_id[auction].commitments.pop(bid)
        self._seal(committed.pledge, -1)
        return committed

    def forfeit(self, event: events.BondForfeited, sequence: Sequence) -> Pledge:
        """Let a commitment be broken; the bond that is lost."""
        committed = self.uncommit(event.auction, event.bid)
        broken = msgspec.structs.replace(committed, broken=sequence)
        self.by_id[event.auction].broken[event.bid] = broken
        return broken.pledge

    def end(self, name: AuctionId, *steps: Step) -> Auction:
        """Let an auction be over: nothing about it is sealed any more."""
        auction = self.step(name, *steps)
        del self.by_id[name]
        for pledge in auction.pledges():
            self._seal(pledge, -1)
        together = auction.terms.together
        if together:
            del self.together[together][name]
            if not self.together[together]:
                del self.together[together]
        self.ended[name] = auction
        self.remembered += auction.remembers
        if len(self.ended) > 2 * ENDED_REMEMBERED or self.remembered > 2 * BIDS_REMEMBERED:
            self._forget()
        return auction

    def _forget(self) -> None:
        """Forget the auctions that ended first, all at once: a dictionary walks over what was deleted."""
        kept: list[Auction] = []
        bids = 0
        for auction in itertools.islice(reversed(self.ended.values()), ENDED_REMEMBERED):
            bids += auction.remembers
            if kept and bids > BIDS_REMEMBERED:
                break
            kept.append(auction)
        self.ended = {auction.id: auction for auction in reversed(kept)}
        self.remembered = sum(auction.remembers for auction in kept)

    def _seal(self, pledge: Pledge, sign: int) -> None:
        """Count what is on hold and nobody else may see; nothing is kept of what is zero."""
        if pledge.line is None:
            _count(self.sealed, pledge.source, sign * pledge.amount)
        else:
            for name, amount in pledge.parts():
                _count(self.sealed, name, sign * amount)
        for level in pledge.budgets:
            _count(self.sealed_in, level, sign * pledge.amount)


def _same(items: dict[str, int], others: dict[str, int]) -> bool:
    """Whether items and units are the same, in the same order."""
    return items == others and (len(items) == 1 or [*items] == [*others])


def _rank(auction: Auction, bid: Bid) -> None:
    """Give a bid the next place, and put it where its price belongs, behind its equals."""
    bid.place = auction.places
    auction.places += 1
    insort(auction.ranking, bid.id, key=lambda name: -auction.bids[name].price)


def _rank_again(auction: Auction, bid: Bid) -> None:
    """Put a raised bid where it belongs: by its old place, or by a new one if it had been outbid."""
    outbid = auction.mechanism is Mechanism.ENGLISH and bid.id not in auction.leaders
    auction.ranking.remove(bid.id)
    if outbid:
        auction.bids[bid.id] = auction.bids.pop(bid.id)
        return _rank(auction, bid)
    bids = auction.bids
    return insort(auction.ranking, bid.id, key=lambda name: (-bids[name].price, bids[name].place))


def _count(totals: dict[N, int], name: N, by: int) -> None:
    total = totals.get(name, 0) + by
    if total:
        totals[name] = total
    else:
        totals.pop(name, None)
