"""Looks for lies that pay: clears the same auction again with one owner's bids misreported."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.outcome import Outcome

TRIES = 2_000


class Lie(msgspec.Struct, frozen=True):
    """What an owner would say instead of the truth, and how much better off it would be."""

    owner: str
    bids: tuple[Bid, ...]
    gain: int


class Verdict(msgspec.Struct, frozen=True):
    """How many lies were tried, and the best that pays, if any does. None is evidence, and no proof."""

    tried: int
    lie: Lie | None


class Dice:
    """Numbers that look random and are the same every time: Knuth's 64-bit linear congruential generator."""

    def __init__(self, seed: int) -> None:
        self._state = seed % 2**64

    def below(self, limit: int) -> int:
        """A number in [0, limit)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 32) * limit >> 32


def probe(
    auction: Auction, clear: Callable[[Auction], Outcome], *, tries: int = TRIES, seed: int = 1
) -> Verdict:
    """Try up to `tries` misreports, taking the bids as the truth, and return the best that pays.

    First each bid alone is moved next to every price and limit that matters, or asks for fewer units, each
    owner in turn; then all bids of an owner together, at random. A lie never asks to sell more than there is.

    Source: the search for regret in Dütting et al., Optimal Auctions through Deep Learning, JACM 71 (2024),
    with bids drawn from the prices at which an outcome can change.
    Complexity: `tries` clearings.
    """
    honest = clear(auction)
    owners = list(dict.fromkeys(bid.owner for bid in auction.bids))
    dice = Dice(seed)
    best: Lie | None = None
    tried = 0
    for owner, lies in _in_turn(auction, owners, dice):
        if tried == tries:
            break
        tried += 1
        told = tuple(lies.get(bid.id, bid) for bid in auction.bids)
        outcome = clear(msgspec.structs.replace(auction, bids=told))
        gain = utility(owner, auction.bids, outcome) - utility(owner, auction.bids, honest)
        if gain > (0 if best is None else best.gain):
            best = Lie(owner, tuple(lies.values()), gain)
    return Verdict(tried, best)


def _in_turn(auction: Auction, owners: Sequence[str], dice: Dice) -> Iterator[tuple[str, dict[str, Bid]]]:
    """Lies of each owner in turn: those that move one bid, as long as there are some, then any."""
    landmarks = _landmarks(auction)
    single = {owner: _single_lies(auction, owner, landmarks) for owner in owners}
    while single:
        for owner in list(single):
            lie = next(single[owner], None)
            if lie is None:
                del single[owner]
            else:
                yield owner, {lie.id: lie}
    while owners:
        for owner in owners:
            yield owner, _joint_lie(auction, owner, landmarks, dice)


def _landmarks(auction: Auction) -> Sequence[int]:
    """The prices around which an outcome can change."""
    prices = {0, *auction.reserve.values(), *(bid.unit_price for bid in auction.bids)}
    around = {price + step for price in prices for step in (-1, 0, 1)}
    return sorted(price for price in around | {2 * max(prices)} if price >= 0)


def _single_lies(auction: Auction, owner: str, landmarks: Sequence[int]) -> Iterator[Bid]:
    mine = [bid for bid in auction.bids if bid.owner == owner]
    for bid in mine:
        for units in _fewer(bid):
            yield msgspec.structs.replace(bid, units=units)
    for price in landmarks:
        for bid in mine:
            if price != bid.unit_price:
                yield msgspec.structs.replace(bid, unit_price=price)


def _fewer(bid: Bid) -> Sequence[int]:
    return sorted({0, min(1, bid.units), bid.units // 2, max(0, bid.units - 1)} - {bid.units})


def _joint_lie(auction: Auction, owner: str, landmarks: Sequence[int], dice: Dice) -> dict[str, Bid]:
    lies = {}
    for bid in auction.bids:
        if bid.owner == owner:
            units = [bid.units, bid.units, *_fewer(bid)]
            lies[bid.id] = msgspec.structs.replace(
                bid, units=units[dice.below(len(units))], unit_price=landmarks[dice.below(len(landmarks))]
            )
    return lies


def utility(owner: str, truth: Sequence[Bid], outcome: Outcome) -> int:
    """What an owner's units are worth to it, less what it pays; for a seller, what it receives less its
    costs. `truth` are the bids as they would be without a lie.

    Units of one item are alike, so the first ones bought are worth the owner's best bids, whichever were
    filled. Offers to do a task are not: each is work of its own quality, so what won costs its own price.
    """
    if outcome.mechanism == "procurement":
        cost = {bid.id: bid.unit_price for bid in truth}
        mine = [award for award in outcome.allocation if award.owner == owner]
        return sum(award.amount - sum(award.items.values()) * cost[award.bid] for award in mine)
    got: dict[tuple[str, str], int] = {}
    money = 0
    for award in outcome.allocation:
        if award.owner == owner:
            money += award.amount if award.side == "sell" else -award.amount
            for item, units in award.items.items():
                got[item, award.side] = got.get((item, award.side), 0) + units
    for bid in sorted(truth, key=lambda bid: bid.unit_price if bid.side == "sell" else -bid.unit_price):
        if bid.owner == owner:
            units = min(bid.units, got.get((bid.item, bid.side), 0))
            if units:
                got[bid.item, bid.side] -= units
                money += units * (bid.unit_price if bid.side == "buy" else -bid.unit_price)
    return money
