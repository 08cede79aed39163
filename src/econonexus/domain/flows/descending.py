"""Dutch auctions while they run: bids take the clock as they come, or when it has come down to them."""

import msgspec

from econonexus.domain import events
from econonexus.domain.flows.clearing import settle_clock
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import BidId, Instant
from econonexus.domain.mechanisms.descending import Take
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid


def answered(state: State, auction: Auction, offer: Bid, now: Instant) -> Decision:
    """What follows from a new bid, or from a higher price of one: it takes the clock, or waits."""
    call = auction.calls.price(auction.call_at(now))
    if offer.price < call:
        return ()
    return _taken(state, auction, [offer], call, now)


def reached(state: State, auction: Auction, now: Instant) -> Decision:
    """The clock has come down to the best bid that waits: it takes, with all that take at the same call."""
    calls = auction.calls
    number = calls.first_at_most(auction.bids[auction.ranking[0]].price)
    assert number is not None, "a bid below the floor is refused"
    asked = calls.price(number)
    at_call = []
    for name in auction.ranking:
        if auction.bids[name].price < asked:
            break
        at_call.append(auction.bids[name])
    # At one call the earlier bid comes first, whatever each would have paid.
    at_call.sort(key=lambda bid: bid.place)
    return _taken(state, auction, at_call, asked, now)


def _taken(state: State, auction: Auction, bids: list[Bid], asked: int, now: Instant) -> Decision:
    """Serve bids in turn at one call, until nothing is left; then there is nothing more to call."""
    left = auction.left
    taken: list[events.ClockTaken] = []
    for bid in bids:
        units = min(left, sum(bid.items.values()))
        left -= units
        taken.append(events.ClockTaken(auction.id, bid.id, bid.agent, units, Amount(asked), left))
        if not left:
            return (*taken, *_sold_out(state, auction, {bid.id: bid for bid in bids}, taken, now))
    return tuple(taken)


def _sold_out(
    state: State,
    auction: Auction,
    takers: dict[BidId, Bid],
    taken: list[events.ClockTaken],
    now: Instant,
) -> Decision:
    """The auction is cleared at once, as it stands once these have taken."""
    for each in taken:
        bid = takers[each.bid]
        paid = bid.pledge.of(each.units * each.price)
        takers[each.bid] = msgspec.structs.replace(bid, pledge=paid)
    takes = auction.takes | {each.bid: Take(each.units, each.price) for each in taken}
    return settle_clock(state, auction, auction.bids | takers, takes, now)
