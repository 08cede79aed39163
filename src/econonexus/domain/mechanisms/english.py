"""English: an open ascending auction with proxy bids, each saying the most it would pay."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Charge, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first
from econonexus.domain.mechanisms.rivals import best_rivals, rival_of


def clear(auction: Auction, increment: int = 1) -> Outcome:
    """Where the ascending auction ends when every proxy bids for its owner, opening at the reserve.

    The highest limit wins and pays max(reserve, min(own limit, next other owner's limit + increment)).
    `increment` is >= 0, in the same unit as the bids.

    Source: Krishna, Auction Theory (2nd ed., 2010), section 1.1; proxies and increments as in Lucking-Reiley,
    Auctions on the Internet, Journal of Industrial Economics 48 (2000).
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance. Truthful up to one increment, exactly so at 0.
    """
    return sell("english", auction, highest_first, charge_by(increment))


def charge_by(increment: int) -> Charge:
    """What winners pay: an increment more than the best losing limit of another owner, within their own."""

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        rivals = best_rivals(ranking.lost)
        amounts = []
        for fill in ranking.won:
            rival = rival_of(fill.bid.owner, rivals)
            step_above = lot.reserve if rival is None else rival.bid.unit_price + increment
            amounts.append(max(lot.reserve, min(fill.bid.unit_price, step_above)))
        return Bill(amounts, price=max(amounts))

    return charge
