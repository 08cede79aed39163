"""Bids: placed, raised, withdrawn. What they offer is held at once, so nobody can promise it twice."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.auctioning import running
from econonexus.domain.flows.pledging import cannot_pledge, destination_of, drawing, pledge, reservable
from econonexus.domain.flows.selling import halted
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import CREDIT, AccountId, AgentId, AuctionId, BidId, Instant
from econonexus.domain.kinds import AccountKind, AuctionStatus, Mechanism, Revisions
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.auctions import Auction, Bid
from econonexus.domain.terms import Terms

MAX_BIDS = 100_000
"""In one auction."""
NEWCOMER = PPM_ONE // 2
"""The reputation of whoever has no record."""
SINGLE_UNIT = frozenset({Mechanism.FIRST_PRICE, Mechanism.SECOND_PRICE, Mechanism.ENGLISH})


def place(state: State, command: commands.PlaceBid, now: Instant) -> Decision | Refusal:
    """Offer money for units, and hold it."""
    auction = state.auctions.find(command.auction)
    refusal = (
        forms.name("bid", command.bid)
        or _odd(command.price, command.cap)
        or _odd_items(command.items)
        or _odd_here(auction, command)
    )
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    if auction is None:
        return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", command.auction)
    destination = destination_of(auction.terms)
    refusal = (
        earliest(cannot_pledge(state, agent, destination), _taken(auction, command.bid))
        or _not_for_sale(auction, command.items)
        or _below_reserve(auction, command.items, command.price)
        or not_taking_bids(state, auction)
        or not_admitted(state, auction.terms, agent)
    )
    if refusal:
        return refusal
    held = to_hold(auction, command.items, command.price, command.cap)
    pledged = pledge(state, agent, destination, held, now)
    if isinstance(pledged, Refusal):
        return pledged
    promise, overruns = pledged
    return (*overruns, _placed(command, promise))


def _placed(command: commands.PlaceBid, promise: Pledge) -> events.BidPlaced:
    return events.BidPlaced(
        command.bid,
        command.auction,
        command.agent,
        promise.source,
        promise.destination,
        command.items,
        command.price,
        promise.amount,
        promise.budgets,
    )


def raise_bid(state: State, command: commands.RaiseBid, now: Instant) -> Decision | Refusal:
    """Offer more for the same."""
    refusal = _odd(command.price, command.cap)
    if refusal:
        return refusal
    found = _own_bid(state, command.auction, command.bid, command.agent)
    if isinstance(found, Refusal):
        return found
    auction, bid = found
    before = bid.pledge
    held = max(before.amount, to_hold(auction, bid.items, command.price, command.cap))
    if held > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_BID, "price")
    closed = not_taking_bids(state, auction)
    if closed:
        return closed
    if auction.terms.revisions is Revisions.NONE or command.price <= bid.price:
        return Refusal(RefusalCode.BID_STANDS, "price", bid.id)
    source = state.ledger.accounts[before.source]
    overruns = reservable(
        state, source, before.budgets, held - before.amount, now, drawing(state, bid.agent, before)
    )
    if isinstance(overruns, Refusal):
        return overruns
    raised = events.BidRaised(bid.id, auction.id, bid.agent, before.source, command.price, held)
    return (*overruns, raised)


def withdraw(state: State, command: commands.WithdrawBid, _: Instant) -> Decision | Refusal:
    """Take a bid back."""
    found = _own_bid(state, command.auction, command.bid, command.agent)
    if isinstance(found, Refusal):
        return found
    auction, bid = found
    if auction.status is not AuctionStatus.OPEN:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    if auction.terms.revisions is not Revisions.WITHDRAW:
        return Refusal(RefusalCode.BID_STANDS, "bid", bid.id)
    return (events.BidWithdrawn(bid.id, auction.id, bid.agent),)


def not_taking_bids(state: State, auction: Auction) -> Refusal | None:
    """Whether an auction takes no bids now."""
    if auction.status is not AuctionStatus.OPEN:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    return halted(state.markets.by_id[auction.market])


def to_hold(auction: Auction, items: dict[str, int], price: int, cap: int | None) -> int:
    """What is held for a bid: its cap, or its price, for all of its units."""
    most = price if cap is None else cap
    return most if auction.mechanism is Mechanism.COMBINATORIAL else most * sum(items.values())


def _odd(price: Amount, cap: Amount | None) -> Refusal | None:
    for field, value in (("price", price), ("cap", price if cap is None else cap)):
        if value.__class__ is not int or not 1 <= value <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_BID, field)
    return Refusal(RefusalCode.INVALID_BID, "cap") if cap is not None and cap < price else None


def _odd_items(items: dict[str, int]) -> Refusal | None:
    for units in items.values():
        if units.__class__ is not int or not 1 <= units <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_BID, "items")
    return None if items else Refusal(RefusalCode.INVALID_BID, "items")


def _odd_here(auction: Auction | None, command: commands.PlaceBid) -> Refusal | None:
    """What no auction of a mechanism takes as a bid: several items, or units, or more than money can say."""
    if auction is None:
        return None
    if auction.mechanism is not Mechanism.COMBINATORIAL and len(command.items) > 1:
        return Refusal(RefusalCode.INVALID_BID, "items")
    if auction.mechanism in SINGLE_UNIT and set(command.items.values()) != {1}:
        return Refusal(RefusalCode.INVALID_BID, "items")
    if to_hold(auction, command.items, command.price, command.cap) > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_BID, "price")
    return Refusal(RefusalCode.INVALID_BID, "auction") if len(auction.bids) >= MAX_BIDS else None


def _taken(auction: Auction, bid: BidId) -> Refusal | None:
    return Refusal(RefusalCode.BID_EXISTS, "bid", bid) if bid in auction.bids else None


def _not_for_sale(auction: Auction, items: dict[str, int]) -> Refusal | None:
    """Whether a bid is for something that cannot be had here."""
    for item in items:
        if item not in auction.supply:
            return Refusal(RefusalCode.NOT_SOLD_HERE, "items", item)
    return None


def _below_reserve(auction: Auction, items: dict[str, int], price: int) -> Refusal | None:
    """The reserve is public; what was bid is not."""
    reserve = auction.terms.reserve
    least = reserve * sum(items.values()) if auction.mechanism is Mechanism.COMBINATORIAL else reserve
    return Refusal(RefusalCode.BELOW_RESERVE, "price", auction.id) if price < least else None


def not_admitted(state: State, terms: Terms, agent: Agent) -> Refusal | None:
    """Whether an agent has too little at stake, or too little reputation, for a market."""
    if terms.stake and at_stake(state, agent.id) < terms.stake:
        return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id)
    if terms.least_reputation > NEWCOMER:
        return Refusal(RefusalCode.REPUTATION_TOO_LOW, "agent", agent.id, terms.least_reputation, NEWCOMER)
    return None


def at_stake(state: State, agent: AgentId) -> int:
    """The credits that lie in an agent's own stake account, which bears its name: `stake:<agent>`."""
    account = state.ledger.accounts.get(AccountId(f"stake:{agent}"))
    if account is None or account.kind is not AccountKind.STAKE:
        return 0
    return account.balance if account.asset == CREDIT and account.owner == AccountId(agent) else 0


def _own_bid(
    state: State, auction_name: AuctionId, bid_name: BidId, agent: AgentId
) -> tuple[Auction, Bid] | Refusal:
    """An agent's bid in an auction that has not ended; another's is as good as unknown."""
    auction = running(state, auction_name)
    if isinstance(auction, Refusal):
        return auction
    bid = auction.bids.get(bid_name)
    if bid is None or bid.agent != agent:
        return Refusal(RefusalCode.UNKNOWN_BID, "bid", bid_name)
    return auction, bid
