"""Why a bid got less than it asked for: one word, for people and for `explain`."""

from collections.abc import Collection, Mapping
from typing import Literal

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.crossing import crossings_of
from econonexus.domain.mechanisms.outcome import Outcome

Reason = Literal[
    "wants_nothing",
    "more_than_supply",
    "below_reserve",
    "above_ceiling",
    "never_called",
    "given_up",
    "no_counterpart",
    "outbid",
]
"""In order of precedence. `never_called`: the clock starts below the least price. `given_up`: the rule let
the trade go so that nobody gains by lying."""


def why_lost(auction: Auction, outcome: Outcome, *, ceiling: int | None = None) -> Mapping[str, Reason]:
    """The reason of each bid that got less than it asked for, by bid id. O(n log n).

    `ceiling` is that of procurement; the floor of a Dutch clock counts as a reserve.
    """
    filled = {award.bid: sum(award.items.values()) for award in outcome.allocation}
    short = [bid for bid in auction.bids if filled.get(bid.id, 0) < max(1, bid.units)]
    if outcome.mechanism == "procurement" or auction.supply:
        sold = {item for award in outcome.allocation for item in award.items}
        return {bid.id: _why_not_sold(auction, bid, ceiling, sold) for bid in short}
    return _why_not_traded(auction, short, filled)


def _why_not_sold(auction: Auction, bid: Bid, ceiling: int | None, sold: Collection[str]) -> Reason:
    if bid.units == 0:
        return "wants_nothing"
    if bid.units > auction.supply[bid.item]:
        return "more_than_supply"
    if bid.side == "buy" and bid.unit_price < auction.reserve.get(bid.item, 0):
        return "below_reserve"
    if bid.side == "sell" and ceiling is not None and bid.unit_price > ceiling:
        return "above_ceiling"
    # A bid that could win loses to another, or to a clock that is silent.
    return "outbid" if bid.item in sold else "never_called"


def _why_not_traded(auction: Auction, short: list[Bid], filled: Mapping[str, int]) -> Mapping[str, Reason]:
    crossed: dict[str, int] = {}
    best: dict[tuple[str, str], int] = {}
    for crossing in crossings_of(auction):
        for fill in (*crossing.bought, *crossing.sold):
            crossed[fill.bid.id] = fill.units
        for fills in ((*crossing.bought, *crossing.unbought), (*crossing.sold, *crossing.unsold)):
            if fills:
                best[crossing.item, fills[0].bid.side] = fills[0].bid.unit_price
    reasons: dict[str, Reason] = {}
    for bid in short:
        counterpart = best.get((bid.item, "sell" if bid.side == "buy" else "buy"))
        if bid.units == 0:
            reasons[bid.id] = "wants_nothing"
        elif crossed.get(bid.id, 0) > filled.get(bid.id, 0):
            reasons[bid.id] = "given_up"
        elif counterpart is None or not _agree(bid, counterpart):
            reasons[bid.id] = "no_counterpart"
        else:
            reasons[bid.id] = "outbid"
    return reasons


def _agree(bid: Bid, counterpart: int) -> bool:
    return bid.unit_price >= counterpart if bid.side == "buy" else bid.unit_price <= counterpart
