"""What a bid offers: its price, or the one that follows from what the units are worth to the agent."""

import msgspec

from econonexus.domain import commands
from econonexus.domain.ids import AgentId
from econonexus.domain.kinds import BidStyle, Mechanism
from econonexus.domain.mechanisms.bid_styles import FEWEST, MOST, bid_for
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction


class Offer(msgspec.Struct, frozen=True, gc=False):
    """The price of a bid, and how it came about where the agent did not say it."""

    price: Amount
    reckoning: str = ""


def odd_offer(command: commands.PlaceBid) -> Refusal | None:
    """Whether a bid says neither or both of a price and a valuation with its style, or one out of range."""
    if (command.valuation is None) != (command.style is None):
        return Refusal(RefusalCode.INVALID_BID, "style" if command.style is None else "valuation")
    field, worth = "price", command.price
    if command.valuation is not None:
        if command.price is not None:
            return Refusal(RefusalCode.INVALID_BID, "price")
        field, worth = "valuation", command.valuation
    if not _in_range(worth):
        return Refusal(RefusalCode.INVALID_BID, field)
    if command.cap is None:
        return None
    covered = _in_range(command.cap) and worth is not None and command.cap >= worth
    return None if covered else Refusal(RefusalCode.INVALID_BID, "cap")


def offered(state: State, auction: Auction, command: commands.PlaceBid) -> Offer:
    """The price of a bid that is not odd: as the agent said it, or by its style."""
    if command.price is not None:
        return Offer(command.price)
    valuation, style = command.valuation, command.style
    assert valuation is not None, "it is not odd"
    assert style is not None, "it is not odd"
    reserve = least_price(auction, command.items)
    bidders = expected_bidders(state, auction, command.agent)
    competing = min(max(bidders - _places(auction, command.items) + 1, FEWEST), MOST)
    free = not pays_own_bid(auction)
    price = bid_for(valuation, style, pays_own_bid=not free, bidders=competing, reserve=reserve)
    return Offer(Amount(price), _reckoning(style, valuation, None if free else competing, reserve))


def least_price(auction: Auction, items: dict[str, int]) -> int:
    """The least that may be bid for so many units: per unit, or for all of a bundle."""
    terms = auction.terms
    if auction.mechanism is Mechanism.COMBINATORIAL:
        return sum(units * terms.reserve_of(item) for item, units in items.items())
    return terms.reserve if terms.clock is None else auction.calls.floor


def pays_own_bid(auction: Auction) -> bool:
    """Whether what a winner pays depends on its own bid, so that to bid less than the worth can be best."""
    match auction.mechanism:
        case Mechanism.FIRST_PRICE | Mechanism.DISCRIMINATORY | Mechanism.DUTCH:
            return True
        case Mechanism.UNIFORM_PRICE:
            return auction.terms.uniform == "lowest_winning"
        case Mechanism.COMBINATORIAL:
            return auction.terms.payment == "pay_as_bid"
        case _:
            return False


def expected_bidders(state: State, auction: Auction, agent: AgentId) -> int:
    """How many owners compete: as many as bid in the market's last auction, or in this one if they are more.

    The agent's own counts. Beyond `MOST` nobody counts on: O(MOST), and more only where one owner bids often.
    """
    agents = state.agents.by_id
    owners = {agents[agent].owner}
    for bid in auction.bids.values():
        owners.add(agents[bid.agent].owner)
        if len(owners) >= MOST:
            break
    return max(len(owners), state.auctions.turnout.get(auction.market, 0))


def _in_range(amount: int | None) -> bool:
    return amount.__class__ is int and amount is not None and 1 <= amount <= MAX_AMOUNT


def _places(auction: Auction, items: dict[str, int]) -> int:
    """How many bids like this one the supply is enough for, at least 1."""
    return max(1, min(auction.supply.get(item, 0) // units for item, units in items.items()))


def _reckoning(style: BidStyle, valuation: int, competing: int | None, reserve: int) -> str:
    """In words, for the agent alone: what was reckoned with."""
    if competing is None:
        return f"{style.value}: worth {valuation}, and truth is best here, whatever others bid"
    return (
        f"{style.value}: worth {valuation}, with {competing} bidders reckoned with and a reserve of {reserve}"
    )
