"""What an auction comes to: the rule is asked, winners pay and get their grants, all else is released."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from econonexus.domain import events
from econonexus.domain.flows import lending
from econonexus.domain.flows.bundles import closed
from econonexus.domain.flows.granting import granted
from econonexus.domain.flows.halting import after_auction
from econonexus.domain.flows.pledging import Paid, after_payments, destination_of, overrun_by
from econonexus.domain.flows.reputing import known_of
from econonexus.domain.flows.spending import Decision, has_room
from econonexus.domain.ids import AccountId, BidId, Instant, MarketId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms import ascending, descending, dutch, reserved_first, weighted
from econonexus.domain.mechanisms import bids as asked
from econonexus.domain.mechanisms.descending import Take
from econonexus.domain.mechanisms.outcome import Award, Outcome
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.mechanisms.rules import RULES, Parameters
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid, Committed
from econonexus.domain.terms import Terms

FULL = "the proceeds are more than an account can hold"
OVER = "what it sells was over before it could be cleared"


def clear(state: State, auction: Auction, now: Instant) -> Decision:
    """Close an auction and settle it; where it sells bundles, a solver must be asked first."""
    if is_over(auction, now):
        return failed(state, auction, OVER, now)
    if auction.mechanism is Mechanism.COMBINATORIAL:
        return _bundles(state, auction, now)
    if auction.mechanism is Mechanism.DUTCH:
        return settle_clock(state, auction, auction.bids, auction.takes, now)
    return settle(state, auction, outcome_of(state, auction, as_asked(state, auction), now), now)


def outcome_of(state: State, auction: Auction, offers: asked.Auction, now: Instant) -> Outcome:
    """What the rule of an auction of one item makes of offers."""
    if auction.mechanism is Mechanism.ENGLISH:
        return ascending.close(offers, auction.standing, auction.increment)
    if auction.terms.reputation_weight:
        return weighted.clear(auction.mechanism.value, offers, weights_of(state, auction, now))
    rule, said = RULES[auction.mechanism.value], parameters(auction.terms)
    if auction.terms.reserved_share is None:
        return rule.clear(offers, said)
    share = auction.terms.reserved_share.share
    return reserved_first.clear(offers, share, lambda rest: rule.clear(rest, said))


def weights_of(state: State, auction: Auction, now: Instant) -> dict[str, int]:
    """What the records of those who bid count now, by owner; nothing where the market does not weigh them."""
    counts = auction.terms.reputation_weight
    if not counts:
        return {}
    owners = {state.agents.by_id[bid.agent].owner for bid in auction.bids.values()}
    return {owner: effects.bid_weight(known_of(state, owner, now), counts) for owner in owners}


def _bundles(state: State, auction: Auction, now: Instant) -> Decision:
    if not auction.bids:
        return settle(state, auction, Outcome(mechanism=auction.mechanism.value, status="no_sale"), now)
    return (closed(state, auction, now),)


def settle_clock(
    state: State, auction: Auction, bids: Mapping[BidId, Bid], takes: Mapping[BidId, Take], now: Instant
) -> Decision:
    """Settle what was taken from a Dutch clock, by `bids` as they will be."""
    offers = dutch.with_floor(as_asked(state, auction, bids), auction.calls.floor)
    return settle(state, auction, descending.close(offers, takes), now, bids)


def settle(
    state: State, auction: Auction, outcome: Outcome, now: Instant, bids: Mapping[BidId, Bid] | None = None
) -> Decision:
    """Let an outcome be: money moves, rights are granted, bonds of bids that were not revealed are lost.

    `bids` are those that the auction has, or will have once what is being decided has happened.
    """
    return settle_all(state, [Sale(auction, outcome, auction.bids if bids is None else bids)], now)


class Sale(NamedTuple):
    """What one auction came to, and by which bids; some may have been left out."""

    auction: Auction
    outcome: Outcome
    bids: Mapping[BidId, Bid]
    dropped: tuple[events.Dropped, ...] = ()


def settle_all(state: State, sales: Sequence[Sale], now: Instant) -> Decision:
    """Let outcomes be, all of them, or none where some account has no room for what it would be paid."""
    cleared = [_cleared(state, sale, now) for sale in sales]
    paid = [each for sale, event in zip(sales, cleared, strict=True) for each in _paid(sale, event)]
    if any(event.bound > MAX_AMOUNT for event in cleared) or _overflows(state, paid):
        return once_halted([each for sale in sales for each in failed(state, sale.auction, FULL, now)])
    happened: list[events.Event] = []
    fences: dict[str, int] = {}
    for sale, event in zip(sales, cleared, strict=True):
        commitments = sale.auction.commitments.items()
        happened += (_forfeited(sale.auction, name, each) for name, each in commitments)
        happened += _drawn(state, sale, event, now)
        happened += (event, *_granted(state, sale.auction, event, now, fences))
    happened += (*overrun_by(state, paid, now), *after_payments(state, paid, now))
    for event in cleared:
        price = next(iter(event.prices.values())) if len(event.prices) == 1 else None
        happened += after_auction(state.markets.by_id[event.market], False, price, now)
    return once_halted(happened)


def once_halted(happened: Sequence[events.Event]) -> Decision:
    """The same without further halts of a market that halts already: several of its auctions may ask."""
    halted: set[MarketId] = set()
    kept: list[events.Event] = []
    for event in happened:
        if isinstance(event, events.MarketHalted):
            if event.market in halted:
                continue
            halted.add(event.market)
        kept.append(event)
    return tuple(kept)


def _paid(sale: Sale, cleared: events.AuctionCleared) -> Paid:
    """What is paid of which pledge: by winners, and of bonds."""
    return [
        *((sale.bids[win.bid].pledge, win.payment) for win in cleared.wins),
        *((each.pledge, each.pledge.amount) for each in sale.auction.commitments.values()),
    ]


def _drawn(
    state: State, sale: Sale, cleared: events.AuctionCleared, now: Instant
) -> Iterator[events.LineDrawn]:
    """What of the payments is lent; it is owed from now on."""
    for win in cleared.wins:
        pledged = sale.bids[win.bid].pledge
        if pledged.line is not None:
            agent = state.agents.by_id[win.agent]
            yield from lending.drawn(state, agent, pledged, win.payment, (cleared.auction, win.bid), now)


def _cleared(state: State, sale: Sale, now: Instant) -> events.AuctionCleared:
    auction, outcome, bids = sale.auction, sale.outcome, sale.bids
    weights, agents = weights_of(state, auction, now), state.agents.by_id
    wins = tuple(_won(bids[BidId(award.bid)], award) for award in outcome.allocation)
    return events.AuctionCleared(
        auction.id,
        auction.market,
        tuple(opened(bid) for bid in bids.values()),
        wins,
        {item: Amount(price) for item, price in outcome.prices.items() if isinstance(price, int)},
        unsold(auction, wins),
        outcome.welfare,
        outcome.bound,
        destination_of(auction.terms),
        wanted(bids),
        dropped=sale.dropped,
        shared={BidId(bid): units for bid, units in outcome.shared.items()},
        weights={bid.id: weights[agents[bid.agent].owner] for bid in bids.values()} if weights else {},
    )


def _granted(
    state: State, auction: Auction, cleared: events.AuctionCleared, now: Instant, fences: dict[str, int]
) -> tuple[events.Granted, ...]:
    rights = [
        (win.agent, item, units, Amount(win.payment if len(win.items) == 1 else 0))
        for win in cleared.wins
        for item, units in win.items.items()
    ]
    return granted(state, auction.id, auction.market, rights, now, auction.starts_at, auction.ends_at, fences)


def failed(
    state: State, auction: Auction, reason: str, now: Instant, just: tuple[bool, ...] = ()
) -> Decision:
    """Let an auction fail, by which its market may halt; `just` as in `halting.after_auction`."""
    halt = after_auction(state.markets.by_id[auction.market], True, None, now, just)
    return (events.AuctionFailed(auction.id, reason), *halt)


def is_over(auction: Auction, now: Instant) -> bool:
    """Whether nobody could use any more what an auction sells: its market was halted for too long."""
    return auction.ends_at is not None and auction.ends_at <= now


def as_asked(state: State, auction: Auction, bids: Mapping[BidId, Bid] | None = None) -> asked.Auction:
    """The auction as its rule knows it: bids of owners for one item each, in the order of acceptance.

    `bids` are those that it has, or will have once what is being decided has happened.
    """
    owner_of = state.agents.by_id
    known = auction.bids if bids is None else bids
    offers = [_as_asked(bid, owner_of[bid.agent].owner) for bid in known.values()]
    return asked.Auction(offers, auction.supply, dict.fromkeys(auction.supply, auction.terms.reserve))


def parameters(terms: Terms) -> Parameters:
    """What a rule is told beside the bids."""
    return Parameters(increment=terms.increment, uniform=terms.uniform)  # type: ignore[arg-type]  # Checked.


def opened(bid: Bid) -> events.OpenedBid:
    """A bid for everybody to see."""
    return events.OpenedBid(bid.id, bid.price, Amount(bid.pledge.amount))


def wanted(bids: Mapping[BidId, Bid]) -> dict[str, int]:
    """What was bid for in all, item to units, as far as a number of units goes: whoever asks for more than
    there is must not spoil the sale for others."""
    units: dict[str, int] = {}
    for bid in bids.values():
        for item, asked_for in bid.items.items():
            units[item] = min(units.get(item, 0) + asked_for, MAX_AMOUNT)
    return units


def unsold(auction: Auction, wins: tuple[events.Win, ...]) -> dict[str, int]:
    """What nobody won, item to units; items sold out are left out."""
    left = dict(auction.supply)
    for win in wins:
        for item, units in win.items.items():
            left[item] -= units
    return {item: units for item, units in left.items() if units}


def _won(bid: Bid, award: Award) -> events.Win:
    pledged = bid.pledge
    return events.Win(
        bid.id, bid.agent, dict(award.items), Amount(award.amount), pledged.source, pledged.budgets
    )


def _forfeited(auction: Auction, name: BidId, committed: Committed) -> events.BondForfeited:
    bond = committed.pledge
    return events.BondForfeited(
        name,
        auction.id,
        committed.agent,
        bond.source,
        bond.destination,
        Amount(bond.amount),
        bond.budgets,
    )


def _as_asked(bid: Bid, owner: str) -> asked.Bid:
    ((item, units),) = bid.items.items()
    return asked.Bid(bid.id, bid.agent, owner, item, units, bid.price)


def _overflows(state: State, paid: Paid) -> bool:
    """Whether an account that is paid to has no room for all of it."""
    income: dict[AccountId, int] = {}
    for pledge, amount in paid:
        income[pledge.destination] = income.get(pledge.destination, 0) + amount
    accounts = state.ledger.accounts
    return any(has_room(accounts[name], amount) is not None for name, amount in income.items())
