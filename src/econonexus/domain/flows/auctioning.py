"""An auction's life: announced, opened, closed, cancelled. What it comes to is in `clearing`."""

from econonexus.domain import commands, events
from econonexus.domain.flows import descending, forms
from econonexus.domain.flows.clearing import clear, failed, is_over
from econonexus.domain.flows.linking import clear_together, wait_together
from econonexus.domain.flows.selling import halted, known_market
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import MAX_INSTANT, SECOND, AuctionId, Duration, Instant, ResourceId
from econonexus.domain.kinds import AUCTIONS, AuctionStatus
from econonexus.domain.mechanisms.descending import Calls
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import HALTED, Auction
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Terms

MAX_ID = 112
"""Grants are named after the auction they follow from, and need the rest of a name."""

LONGEST = Duration(3_660 * 86_400 * SECOND)
"""No clock runs for longer than about ten years: where time ends, a halt could not put anything off."""

LATE = "no outcome came in time"


def announce(state: State, command: commands.AnnounceAuction, now: Instant) -> Decision | Refusal:
    """Put units up for sale, and keep them back from now on."""
    refusal = forms.name("auction", command.auction) or _too_long(command.auction) or _odd(command)
    if refusal:
        return refusal
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    if state.auctions.find(command.auction) is not None:
        return Refusal(RefusalCode.AUCTION_EXISTS, "auction", command.auction)
    if market.mechanism not in AUCTIONS:
        return Refusal(RefusalCode.NOT_AN_AUCTION, "market", market.id)
    for item in command.supply:
        if item not in market.resources:
            return Refusal(RefusalCode.NOT_SOLD_HERE, "supply", item)
    announced = _announced(market, command, now)
    return _out_of_order(announced) or _over_capacity(state, announced, now) or halted(market) or (announced,)


def close(state: State, command: commands.CloseAuction, now: Instant) -> Decision | Refusal:
    """Close an auction before its time."""
    auction = running(state, command.auction)
    if isinstance(auction, Refusal):
        return auction
    if auction.status is not AuctionStatus.OPEN:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    if auction.terms.together:
        group = state.auctions.group(auction)
        return _not_all_open(state, group) or clear_together(state, group, now)
    return halted(state.markets.by_id[auction.market]) or _closed(state, auction, now)


def cancel(state: State, command: commands.CancelAuction, _: Instant) -> Decision | Refusal:
    """Take an auction back before it has closed."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    auction = running(state, command.auction)
    if isinstance(auction, Refusal):
        return auction
    if auction.status not in (AuctionStatus.ANNOUNCED, AuctionStatus.OPEN):
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    group = state.auctions.group(auction) if auction.terms.together else [auction]
    return tuple(events.AuctionCancelled(each.id, command.reason) for each in group)


def advance(state: State, command: commands.AdvanceAuction, now: Instant) -> Decision | Refusal:
    """Do what is due in an auction."""
    auction = running(state, command.auction)
    if isinstance(auction, Refusal):
        return auction
    if auction.due is None or auction.due > now:
        return Refusal(RefusalCode.AUCTION_NOT_DUE, "auction", auction.id)
    if auction.status is AuctionStatus.ANNOUNCED:
        return (events.AuctionOpened(auction.id),)
    if auction.status is AuctionStatus.CLEARING:
        return failed(state, auction, LATE, now)
    if auction.terms.together:
        return _advance_together(state, state.auctions.group(auction), now)
    if state.markets.by_id[auction.market].halted and not is_over(auction, now):
        return (_waiting(auction, auction.due, now),)
    if auction.takes_next:
        return descending.reached(state, auction, now)
    return _closed(state, auction, now)


def _closed(state: State, auction: Auction, now: Instant) -> Decision:
    """An open auction takes no more bids: it is cleared, unless commitments are to be revealed first."""
    rule = auction.terms.commitment
    if rule is None or not auction.commitments or auction.status is AuctionStatus.CLOSED:
        return clear(state, auction, now)
    until = Instant(min(now + rule.reveal_window, MAX_INSTANT))
    return (events.RevealStarted(auction.id, until),)


def _waiting(auction: Auction, due: Instant, now: Instant) -> events.AuctionExtended:
    """While its market is halted, what is due in an auction waits for another window; so does its end."""
    later = min(now + auction.patience, MAX_INSTANT)
    if auction.status is AuctionStatus.OPEN:
        later = min(auction.closes_at + later - due, MAX_INSTANT)
    return events.AuctionExtended(auction.id, Instant(later), HALTED)


def _advance_together(state: State, group: list[Auction], now: Instant) -> Decision:
    """Clear auctions whose time has come; while one of their markets is halted all of them wait."""
    waits = any(state.markets.by_id[auction.market].halted and not is_over(auction, now) for auction in group)
    return wait_together(group, now) if waits else clear_together(state, group, now)


def _not_all_open(state: State, group: list[Auction]) -> Refusal | None:
    """Whether some of these take no bids yet, or their market is halted."""
    for auction in group:
        if auction.status is not AuctionStatus.OPEN:
            return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    for auction in group:
        refusal = halted(state.markets.by_id[auction.market])
        if refusal:
            return refusal
    return None


def closes_at_of(terms: Terms, opens_at: Instant, asked: Instant | None) -> Instant:
    """When an auction closes: as asked, or by the market's terms, or once its clock has called the floor,
    or has run for `LONGEST`."""
    clock = terms.clock
    if clock is None:
        return Instant(min(opens_at + terms.bidding_window, MAX_INSTANT)) if asked is None else asked
    calls = Calls(clock.start, clock.step, max(clock.floor, terms.reserve))
    runs = min((calls.last + 1) * clock.tick, LONGEST)
    silent = Instant(min(opens_at + runs, MAX_INSTANT))
    return silent if asked is None else min(silent, asked)


def running(state: State, name: AuctionId) -> Auction | Refusal:
    """The auction of a name that has not ended."""
    auction = state.auctions.by_id.get(name)
    if auction is not None:
        return auction
    if name in state.auctions.ended:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", name)
    return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", name)


def _too_long(name: str) -> Refusal | None:
    if len(name) <= MAX_ID:
        return None
    return Refusal(RefusalCode.INVALID_ID, "auction", requested=len(name), available=MAX_ID)


def _odd(command: commands.AnnounceAuction) -> Refusal | None:
    """What is out of range, whatever the market."""
    times = {field: getattr(command, field) for field in ("opens_at", "closes_at", "starts_at", "ends_at")}
    refusal = earliest(*(forms.instant(field, at) for field, at in times.items() if at is not None))
    if refusal:
        return refusal
    for units in command.supply.values():
        if units.__class__ is not int or not 1 <= units <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_AUCTION, "supply")
    if not command.supply:
        return Refusal(RefusalCode.INVALID_AUCTION, "supply")
    if (command.starts_at is None) != (command.ends_at is None):
        return Refusal(RefusalCode.INVALID_AUCTION, "ends_at")
    return None


def _announced(market: Market, command: commands.AnnounceAuction, now: Instant) -> events.AuctionAnnounced:
    opens_at = now if command.opens_at is None else max(now, command.opens_at)
    closes_at = closes_at_of(market.terms, opens_at, command.closes_at)
    return events.AuctionAnnounced(
        command.auction,
        market.id,
        market.mechanism,
        command.supply,
        opens_at,
        closes_at,
        market.terms_now,
        command.starts_at,
        command.ends_at,
    )


def _out_of_order(announced: events.AuctionAnnounced) -> Refusal | None:
    """Whether it would close before it opens, or what it sells begin before it closes, or end at once."""
    opens_at, closes_at = announced.opens_at, announced.closes_at
    if closes_at <= opens_at:
        return Refusal(RefusalCode.DEADLINE_PASSED, "closes_at", "", closes_at, opens_at)
    starts_at, ends_at = announced.starts_at, announced.ends_at
    if starts_at is None or ends_at is None:
        return None
    if starts_at < closes_at:
        return Refusal(RefusalCode.DEADLINE_PASSED, "starts_at", "", starts_at, closes_at)
    if ends_at <= starts_at:
        return Refusal(RefusalCode.DEADLINE_PASSED, "ends_at", "", ends_at, starts_at)
    return None


def _over_capacity(state: State, announced: events.AuctionAnnounced, now: Instant) -> Refusal | None:
    """Whether more is to be sold of a resource than is free for all of the time; else it is kept back."""
    for item, units in announced.supply.items():
        resource = state.resources.by_id[ResourceId(item)]
        start = now if announced.starts_at is None else announced.starts_at
        end = MAX_INSTANT if announced.ends_at is None else announced.ends_at
        free = resource.free(start, end)
        if units > free:
            return Refusal(RefusalCode.OVER_CAPACITY, "supply", item, units, max(0, free))
    return None
