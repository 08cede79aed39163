"""Why a bid for a bundle lost, from a cleared auction."""

from econonexus.domain.flows.bundles import as_packages
from econonexus.domain.mechanisms.package_reasons import Reason, why_lost
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid
from econonexus.interfaces.http.outcomes import bundles_again

Facts = dict[str, int | str | bool | None]

_SENTENCES = {
    "wants_nothing": "it wants nothing",
    "more_than_supply": "it wants more than is sold",
    "below_reserve": "it is below the reserves of what it wants",
    "above_budget": "it is above its agent's budget",
    "other_bid_won": "another bid of its agent won, and of its bids one wins at most",
    "budget_spent": "its agent's budget was spent on other bids",
    "outbid": "other bundles were worth more together, and left too little of what it wants",
    "not_found": "nothing was in its way, but time was up before that was found",
}


def why_not_bundle(state: State, auction: Auction, bid: Bid) -> Facts:
    """Why it lost, and the bid or the item that it was for."""
    result = auction.result
    assert result is not None, "only what is cleared has losers"
    asked = as_packages(state, auction)
    reason = why_lost(asked, bundles_again(state, auction, result))[bid.id]
    best = {"welfare_ucr": result.welfare, "best_possible_welfare_ucr": result.bound}
    return {"why": _SENTENCES[reason.why], **_about(bid, reason), **best}


def _about(bid: Bid, reason: Reason) -> Facts:
    match reason.why:
        case "other_bid_won":
            return {"its_other_bid": reason.about}
        case "outbid":
            return {f"{reason.about}, wanted": bid.items[reason.about], f"{reason.about}, left": reason.left}
        case _:
            return {}
