"""Commit and reveal: bids that not even the operator can read before the close."""

from econonexus.domain import commands, commitments, events
from econonexus.domain.flows import bidding, forms
from econonexus.domain.flows.pledging import cannot_pledge, destination_of, drawing, pledge, reservable
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Committed


def commit(state: State, command: commands.CommitBid, now: Instant) -> Decision | Refusal:
    """Promise a bid, unread, and put up its bond."""
    auction = state.auctions.find(command.auction)
    refusal = forms.name("bid", command.bid)
    if not commitments.is_commitment(command.digest):
        refusal = refusal or Refusal(RefusalCode.INVALID_COMMITMENT, "digest")
    refusal = refusal or _full(auction)
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    if auction is None:
        return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", command.auction)
    destination = destination_of(auction.terms)
    refusal = (
        earliest(cannot_pledge(state, agent, destination), bidding.taken(auction, command.bid))
        or _no_commitments(auction)
        or bidding.not_taking_bids(state, auction)
        or bidding.not_admitted(state, auction.terms, agent, now)
    )
    if refusal:
        return refusal
    rule = auction.terms.commitment
    assert rule is not None, "it takes commitments"
    bond = pledge(state, agent, destination, rule.bond, now)
    if isinstance(bond, Refusal):
        return bond
    return (
        events.BidCommitted(
            command.bid,
            auction.id,
            agent.id,
            bond.source,
            bond.destination,
            command.digest,
            rule.bond,
            bond.budgets,
        ),
    )


def reveal(state: State, command: commands.RevealBid, now: Instant) -> Decision | Refusal:
    """Say what was committed to."""
    auction = state.auctions.find(command.auction)
    refusal = _odd(auction, command)
    if refusal:
        return refusal
    if auction is None:
        return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", command.auction)
    committed = _committed(auction, command)
    if isinstance(committed, Refusal):
        return committed
    items = {item: command.items[item] for item in sorted(command.items)}
    refusal = (
        _broken(command, committed)
        or bidding.not_for_sale(auction, items)
        or bidding.below_reserve(auction, items, command.price)
        or _not_revealing(auction)
    )
    if refusal:
        return refusal
    held = bidding.to_hold(auction, items, command.price, None)
    bond = committed.pledge
    overruns = reservable(
        state,
        state.ledger.accounts[bond.source],
        bond.budgets,
        max(0, held - bond.amount),
        now,
        drawing(state, committed.agent, bond),
    )
    if isinstance(overruns, Refusal):
        return overruns
    kept = events.CommitmentKept(command.bid, auction.id, committed.agent)
    return (kept, _placed(command, items, bond.of(held)))


def _full(auction: Auction | None) -> Refusal | None:
    """Whether no more can be committed to: whatever is, must find room as a bid when it is revealed."""
    if auction is None or len(auction.bids) + len(auction.commitments) < bidding.MAX_BIDS:
        return None
    return Refusal(RefusalCode.INVALID_COMMITMENT, "auction")


def _no_commitments(auction: Auction) -> Refusal | None:
    if auction.terms.commitment is not None:
        return None
    return Refusal(RefusalCode.NO_COMMITMENTS, "auction", auction.id)


def _not_revealing(auction: Auction) -> Refusal | None:
    if auction.status is AuctionStatus.CLOSED:
        return None
    return Refusal(RefusalCode.NOT_REVEALING, "auction", auction.id)


def _odd(auction: Auction | None, command: commands.RevealBid) -> Refusal | None:
    """What is out of range, and what no auction of the mechanism takes as a bid."""
    refusal = bidding.odd(command.price) or bidding.odd_items(command.items)
    if not commitments.is_nonce(command.nonce):
        refusal = refusal or Refusal(RefusalCode.INVALID_BID, "nonce")
    if refusal or auction is None:
        return refusal
    return bidding.odd_here(auction, command.items, command.price)


def _committed(auction: Auction, command: commands.RevealBid) -> Committed | Refusal:
    """An agent's commitment that is not revealed; another's is as good as unknown."""
    committed = auction.commitments.get(command.bid)
    if committed is not None and committed.agent == command.agent:
        return committed
    bid = auction.bids.get(command.bid)
    known = bid is not None and bid.agent == command.agent
    return Refusal(RefusalCode.BID_EXISTS if known else RefusalCode.UNKNOWN_BID, "bid", command.bid)


def _broken(command: commands.RevealBid, committed: Committed) -> Refusal | None:
    """Whether what is revealed is another bid than the one committed to."""
    revealed = commitments.digest(
        command.auction, command.bid, command.agent, command.items, command.price, command.nonce
    )
    return None if revealed == committed.digest else Refusal(RefusalCode.COMMITMENT_BROKEN, "nonce")


def _placed(command: commands.RevealBid, items: dict[str, int], promise: Pledge) -> events.BidPlaced:
    return events.BidPlaced(
        command.bid,
        command.auction,
        command.agent,
        promise.source,
        promise.destination,
        items,
        command.price,
        promise.amount,
        promise.budgets,
    )
