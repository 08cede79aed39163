"""Why a bid for a bundle lost: one word, for people and for `explain`."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import msgspec

from econonexus.domain.mechanisms.package_outcome import PackageOutcome
from econonexus.domain.mechanisms.packages import Package, PackageAuction, WhyOut

WhyLost = WhyOut | Literal["other_bid_won", "budget_spent", "outbid", "not_found"]
"""In order of precedence. `other_bid_won`: of its agent's bids another won. `not_found`: nothing is in its
way, but time was up before the search found that."""


class Reason(msgspec.Struct, frozen=True):
    """Why, and which bid or item it is about, if any; of an item so many units are left."""

    why: WhyLost
    about: str = ""
    left: int = 0


def why_lost(auction: PackageAuction, outcome: PackageOutcome) -> Mapping[str, Reason]:
    """The reason of each bid that did not win, by bid id. O(size of the bids)."""
    won = {award.bid for award in outcome.allocation}
    winning = {award.agent: award.bid for award in outcome.allocation}
    left = Counter(dict(auction.supply))
    spent = Counter[str]()
    for award in outcome.allocation:
        left.subtract(award.items)
        spent[award.agent] += award.price
    return {
        bid.id: _why(auction, bid, winning, left, spent[bid.agent])
        for bid in auction.bids
        if bid.id not in won
    }


def _why(
    auction: PackageAuction, bid: Package, winning: Mapping[str, str], left: Mapping[str, int], spent: int
) -> Reason:
    out = auction.why_out(bid)
    if out is not None:
        return Reason(out)
    if auction.exclusive and bid.agent in winning:
        return Reason("other_bid_won", winning[bid.agent])
    if spent + bid.price > auction.budgets.get(bid.agent, spent + bid.price):
        return Reason("budget_spent")
    for item, units in bid.items.items():
        if units > left[item]:
            return Reason("outbid", item, left[item])
    return Reason("not_found")
