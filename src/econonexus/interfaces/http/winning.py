"""Of a cleared auction: why a bid did not win, or not all that it wanted, and which bid made the price."""

from econonexus.domain.flows.clearing import as_asked
from econonexus.domain.ids import BidId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.reasons import why_lost
from econonexus.domain.money import PPM_ONE
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid, Result
from econonexus.interfaces.http.bundles_explained import why_not_bundle
from econonexus.interfaces.http.outcomes import outcome_again

Facts = dict[str, int | str | bool | None]

OWN = frozenset({Mechanism.FIRST_PRICE, Mechanism.DISCRIMINATORY, Mechanism.DUTCH})
"""The mechanisms in which every winner pays its own bid, or the call that it took."""


def price_makers(auction: Auction, item: str) -> str:
    """What made the price of an item: a bid that got less than it wanted, the last winner, the reserve."""
    result = auction.result
    assert result is not None, "only what is cleared has a price"
    price = result.prices[item]
    if auction.mechanism in OWN:
        return "each winner's own bid"
    if result.weights:
        return "the best score that lost, or the reserve"
    got = {win.bid: win.items.get(item, 0) for win in result.wins}
    bought = {bid: units - result.shared.get(bid, 0) for bid, units in got.items()}
    standing = _standing(auction).values()
    short = [bid for bid in standing if got.get(bid.id, 0) < bid.items.get(item, 0)]
    lowest = auction.mechanism is Mechanism.UNIFORM_PRICE and auction.terms.uniform == "lowest_winning"
    makers = [bid for bid in auction.bids.values() if bought.get(bid.id)] if lowest else short
    exact = [bid.id for bid in makers if bid.price == price]
    if exact:
        return f"bid {exact[0]}"
    if auction.mechanism is Mechanism.ENGLISH and short:
        best = max(short, key=lambda bid: bid.price)
        return f"bid {best.id}, and what it takes to outbid it"
    return "the reserve" if price == auction.terms.reserve else "the bids together"


def why_not(state: State, auction: Auction, bid: Bid, won: int) -> Facts:
    """Why a bid won only so many units of what it wanted, or none."""
    result = auction.result
    assert result is not None, "only what is cleared has losers"
    dropped = next((each for each in result.dropped if each.bid == bid.id), None)
    if dropped is not None:
        return {"why": f"{dropped.lost} in {dropped.auction}, with which it was linked, was not won in full"}
    if auction.mechanism is Mechanism.COMBINATORIAL:
        return why_not_bundle(state, auction, bid)
    asked = as_asked(state, auction, _standing(auction))
    reason = why_lost(asked, outcome_again(state, auction, result)).get(bid.id, "outbid")
    (item,) = bid.items
    if reason == "more_than_supply":
        return {"why": "it wants more than is sold", "for_sale": auction.supply[item]}
    if reason == "below_reserve":
        return {"why": "it is below the reserve"}
    winners = [
        auction.bids[win.bid] for win in result.wins if win.items.get(item, 0) > result.shared.get(win.bid, 0)
    ]
    if won:
        return {"why": f"only {won:,} of its {bid.items[item]:,} units were left"}
    if result.shared and not winners:
        return {"why": "all that is sold was shared out fairly"}
    if not winners:
        return {"why": "no price that was called is as low as it"}
    if result.weights:
        return _outscored(auction, bid, min(winners, key=lambda each: score(result, each)))
    return _outbid(auction, bid, min(winners, key=lambda each: each.price))


def score(result: Result, bid: Bid) -> int:
    """What a bid was ranked by, in µcr per unit: its price times what its owner's record counts."""
    return bid.price * result.weights.get(bid.id, PPM_ONE) // PPM_ONE


def _outscored(auction: Auction, bid: Bid, last: Bid) -> Facts:
    """By how much the score of a bid fell short of the last that won."""
    result = auction.result
    assert result is not None, "only what is cleared has losers"
    return {
        "why": "others score more, or as much and earlier: a score is a price times what a record counts",
        "last_to_win": last.id,
        "least_winning_score_ucr": score(result, last),
        "would_have_won_above_ucr": -(-last.price * result.weights[last.id] // result.weights[bid.id]),
    }


def _standing(auction: Auction) -> dict[BidId, Bid]:
    """The bids that were not left out for their links."""
    dropped = frozenset() if auction.result is None else {each.bid for each in auction.result.dropped}
    return {name: bid for name, bid in auction.bids.items() if name not in dropped}


def _outbid(auction: Auction, bid: Bid, last: Bid) -> Facts:
    """By how much a bid lost to the last that won, or by which order of acceptance."""
    facts: Facts = {"last_to_win": last.id, "least_winning_unit_price_ucr": last.price}
    if last.price > bid.price:
        return {"why": "others bid more", **facts, "short_by_ucr": last.price - bid.price}
    if last.price == bid.price:
        order = list(auction.bids)
        before = f"{last.id} came as number {order.index(last.id) + 1}, {bid.id} as {order.index(bid.id) + 1}"
        return {"why": f"another bid as much, and earlier: {before}", **facts}
    return {"why": "another took the clock before it", **facts}
