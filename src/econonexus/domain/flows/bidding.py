"""Bids: placed, raised, withdrawn. What they offer is held at once, so nobody can promise it twice."""

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.flows import ascending, descending, forms, lending
from econonexus.domain.flows.auctioning import running
from econonexus.domain.flows.pledging import cannot_pledge, destination_of
from econonexus.domain.flows.reputing import known_of
from econonexus.domain.flows.selling import halted
from econonexus.domain.flows.spending import Decision
from econonexus.domain.flows.standings import suspended
from econonexus.domain.flows.valuing import Offer, least_price, odd_offer, offered
from econonexus.domain.ids import CREDIT, AccountId, AgentId, AuctionId, BidId, Instant
from econonexus.domain.kinds import AccountKind, AuctionStatus, Mechanism, Revisions
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.auctions import RANKED, Auction, Bid
from econonexus.domain.terms import Terms

MAX_BIDS = 100_000
"""In one auction."""
MAX_SIGNATURE = 128
OPEN = AuctionStatus.OPEN
COMBINATORIAL, DUTCH, ENGLISH = Mechanism.COMBINATORIAL, Mechanism.DUTCH, Mechanism.ENGLISH
"""With every bid they are asked for several times, and to look up a member of an enumeration is slow."""
SINGLE_UNIT = frozenset({Mechanism.FIRST_PRICE, Mechanism.SECOND_PRICE, ENGLISH})


def place(state: State, command: commands.PlaceBid, now: Instant) -> Decision | Refusal:
    """Offer money for units, and hold it."""
    auction = state.auctions.find(command.auction)
    refusal = (
        forms.name("bid", command.bid)
        or (forms.name("link", command.link) if command.link else None)
        or (forms.text("signature", command.signature, MAX_SIGNATURE) if command.signature else None)
        or odd_offer(command)
        or odd_items(command.items)
        or _odd_in(state, auction, command)
    )
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    if auction is None:
        return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", command.auction)
    terms, destination = auction.terms, destination_of(auction.terms)
    refusal = (
        earliest(
            cannot_pledge(state, agent, destination),
            taken(auction, command.bid),
            lending.no_line(state, agent, auction.terms),
        )
        or _commitment_needed(auction)
        or _signature_needed(auction, command.signature)
        or not_for_sale(auction, command.items)
    )
    if refusal:
        return refusal
    offer = offered(state, auction, command)
    refusal = (
        below_reserve(auction, command.items, offer.price)
        or not_taking_bids(state, auction)
        or _too_little_now(auction, offer.price)
        or not_admitted(state, terms, agent, now)
    )
    if refusal:
        return refusal
    held = to_hold(auction, command.items, offer.price, command.cap)
    funding = lending.fund(state, agent, terms, held, (auction.id, command.bid), now)
    if isinstance(funding, Refusal):
        return funding
    placed = _placed(command, offer, funding.pledge)
    if auction.mechanism not in RANKED:
        return (*funding.said, placed)
    bid = Bid(command.bid, agent.id, command.items, offer.price, funding.pledge, auction.places)
    return (*funding.said, placed, *_answered(state, auction, bid, now))


def _answered(state: State, auction: Auction, bid: Bid, now: Instant) -> Decision:
    """What follows at once from an offer, in the auctions that run over time."""
    match auction.mechanism:
        case Mechanism.ENGLISH:
            return ascending.answered(state, auction, bid, now)
        case Mechanism.DUTCH:
            return descending.answered(state, auction, bid, now)
        case _:
            return ()


def _placed(command: commands.PlaceBid, offer: Offer, promise: Pledge) -> events.BidPlaced:
    return events.BidPlaced(
        command.bid,
        command.auction,
        command.agent,
        promise.source,
        promise.destination,
        command.items,
        offer.price,
        promise.amount,
        promise.budgets,
        offer.reckoning,
        command.link,
        command.signature,
    )


def raise_bid(state: State, command: commands.RaiseBid, now: Instant) -> Decision | Refusal:
    """Offer more for the same."""
    refusal = forms.text("signature", command.signature, MAX_SIGNATURE) or odd(command.price, command.cap)
    if refusal:
        return refusal
    found = _own_bid(state, command.auction, command.bid, command.agent)
    if isinstance(found, Refusal):
        return found
    auction, bid = found
    before = bid.pledge
    held = max(before.amount, to_hold(auction, bid.items, command.price, command.cap))
    refusal = (
        _odd_in_all(auction, bid.items, command.price, command.cap)
        or _signature_needed(auction, command.signature)
        or not_taking_bids(state, auction)
        or _may_not_rise(auction, bid, command.price)
        or suspended(state, state.agents.by_id[bid.agent])
    )
    if refusal:
        return refusal
    agent = state.agents.by_id[bid.agent]
    funding = lending.fund_more(state, agent, before, held, (auction.id, bid.id), now)
    if isinstance(funding, Refusal):
        return funding
    raised = events.BidRaised(
        bid.id, auction.id, bid.agent, before.source, command.price, held, command.signature
    )
    offer = msgspec.structs.replace(bid, price=command.price, pledge=funding.pledge)
    return (*funding.said, raised, *_answered(state, auction, offer, now))


def withdraw(state: State, command: commands.WithdrawBid, _: Instant) -> Decision | Refusal:
    """Take a bid back."""
    found = _own_bid(state, command.auction, command.bid, command.agent)
    if isinstance(found, Refusal):
        return found
    auction, bid = found
    if auction.status is not AuctionStatus.OPEN:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    if auction.terms.revisions is not Revisions.WITHDRAW or _binds(state, auction, bid):
        return Refusal(RefusalCode.BID_STANDS, "bid", bid.id)
    return (events.BidWithdrawn(bid.id, auction.id, bid.agent),)


def not_taking_bids(state: State, auction: Auction) -> Refusal | None:
    """Whether an auction takes no bids now."""
    if auction.status is not OPEN:
        return Refusal(RefusalCode.AUCTION_NOT_OPEN, "auction", auction.id)
    return halted(state.markets.by_id[auction.market])


def total(auction: Auction, items: dict[str, int], price: int) -> int:
    """What a bid offers for all of its units."""
    return price if auction.mechanism is COMBINATORIAL else price * sum(items.values())


def to_hold(auction: Auction, items: dict[str, int], price: int, cap: int | None) -> int:
    """What is held for a bid: its cap, or what it offers for all of its units."""
    return total(auction, items, price) if cap is None else cap


def odd(price: Amount, cap: Amount | None = None) -> Refusal | None:
    for field, value in (("price", price), ("cap", price if cap is None else cap)):
        if value.__class__ is not int or not 1 <= value <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_BID, field)
    return Refusal(RefusalCode.INVALID_BID, "cap") if cap is not None and cap < price else None


def odd_items(items: dict[str, int]) -> Refusal | None:
    for units in items.values():
        if units.__class__ is not int or not 1 <= units <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_BID, "items")
    return None if items else Refusal(RefusalCode.INVALID_BID, "items")


def _odd_in(state: State, auction: Auction | None, command: commands.PlaceBid) -> Refusal | None:
    """What an auction that is there does not take as a bid."""
    if auction is None:
        return None
    if command.link and not auction.terms.together:
        return Refusal(RefusalCode.INVALID_BID, "link")
    most = command.valuation if command.price is None else command.price
    assert most is not None, "one of them was said"
    return odd_here(auction, command.items, most, command.cap)


def odd_here(auction: Auction, items: dict[str, int], price: int, cap: int | None = None) -> Refusal | None:
    """What no auction of a mechanism takes as a bid: several items, or units, or more than money can say."""
    mechanism = auction.mechanism
    if mechanism is not COMBINATORIAL and len(items) > 1:
        return Refusal(RefusalCode.INVALID_BID, "items")
    if mechanism in SINGLE_UNIT and sum(items.values()) != 1:
        return Refusal(RefusalCode.INVALID_BID, "items")
    if mechanism is DUTCH and any(units > auction.supply.get(item, units) for item, units in items.items()):
        return Refusal(RefusalCode.INVALID_BID, "items")
    refusal = _odd_in_all(auction, items, price, cap)
    full = Refusal(RefusalCode.INVALID_BID, "auction") if len(auction.bids) >= MAX_BIDS else None
    return refusal or full


def _odd_in_all(auction: Auction, items: dict[str, int], price: int, cap: int | None) -> Refusal | None:
    """Whether all of its units cost more than money can say, or more than the cap."""
    in_all = total(auction, items, price)
    if in_all > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_BID, "price")
    return Refusal(RefusalCode.INVALID_BID, "cap") if cap is not None and cap < in_all else None


def taken(auction: Auction, bid: BidId) -> Refusal | None:
    """Whether there is a bid of this name, or a commitment to one."""
    known = bid in auction.bids or bid in auction.commitments or bid in auction.withdrawn
    return Refusal(RefusalCode.BID_EXISTS, "bid", bid) if known else None


def _commitment_needed(auction: Auction) -> Refusal | None:
    if auction.terms.commitment is None:
        return None
    return Refusal(RefusalCode.COMMITMENT_NEEDED, "auction", auction.id)


def _signature_needed(auction: Auction, signature: str) -> Refusal | None:
    """Whether a market asks for a signature that is not there; what it must be of, the edge has verified."""
    if signature or not auction.terms.signed:
        return None
    return Refusal(RefusalCode.SIGNATURE_NEEDED, "signature", auction.id)


def _too_little_now(auction: Auction, price: int) -> Refusal | None:
    return ascending.below_standing(auction, price) if auction.mechanism is ENGLISH else None


def _may_not_rise(auction: Auction, bid: Bid, price: int) -> Refusal | None:
    """Whether the rules let a bid be raised so: one that was outbid must offer as much as a new one."""
    refusal = None if bid.id in auction.leaders else _too_little_now(auction, price)
    stands = auction.terms.revisions is Revisions.NONE or price <= bid.price or bid.id in auction.takes
    return refusal or (Refusal(RefusalCode.BID_STANDS, "price", bid.id) if stands else None)


def _binds(state: State, auction: Auction, bid: Bid) -> bool:
    """Whether a bid has set a price already, and so cannot be taken back."""
    if auction.mechanism is Mechanism.ENGLISH:
        return ascending.binds(state, auction, bid)
    return bid.id in auction.takes


def not_for_sale(auction: Auction, items: dict[str, int]) -> Refusal | None:
    """Whether a bid is for something that cannot be had here."""
    for item in items:
        if item not in auction.supply:
            return Refusal(RefusalCode.NOT_SOLD_HERE, "items", item)
    return None


def below_reserve(auction: Auction, items: dict[str, int], price: int) -> Refusal | None:
    """The reserve is public; what was bid is not."""
    least = least_price(auction, items)
    return Refusal(RefusalCode.BELOW_RESERVE, "price", auction.id) if price < least else None


def not_admitted(state: State, terms: Terms, agent: Agent, now: Instant) -> Refusal | None:
    """Whether an agent has too little at stake, or too little reputation, for a market, or is suspended."""
    if terms.stake and at_stake(state, agent.id) < terms.stake:
        return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id)
    known = known_of(state, agent.owner, now) if terms.least_reputation else 0
    if known < terms.least_reputation:
        return Refusal(RefusalCode.REPUTATION_TOO_LOW, "agent", agent.id, terms.least_reputation, known)
    return suspended(state, agent)


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
