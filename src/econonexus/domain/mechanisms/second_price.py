"""Second price (Vickrey): the highest bid wins and pays the best bid of another owner, or the reserve."""

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first
from econonexus.domain.mechanisms.rivals import best_rivals, rival_of


def clear(auction: Auction) -> Outcome:
    """Sell each item to its highest bid, for the best losing bid of another owner, at least the reserve.

    With several units of an item the highest bids win one each, and each pays by the same rule. The unit
    price reported is the highest that a winner pays: what a newcomer would have had to beat.

    Source: Vickrey, Counterspeculation, Auctions, and Competitive Sealed Tenders, Journal of Finance 16
    (1961); Krishna, Auction Theory (2nd ed., 2010), section 2.2.
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance; truthfulness for owners who want one unit; no
    envy with one unit. A lone bidder pays the reserve.
    """
    return sell("second_price", auction, highest_first, _charge)


def _charge(lot: Lot, ranking: Ranking) -> Bill:
    rivals = best_rivals(ranking.lost)
    amounts = []
    for fill in ranking.won:
        rival = rival_of(fill.bid.owner, rivals)
        amounts.append(lot.reserve if rival is None else rival.bid.unit_price)
    return Bill(amounts, price=max(amounts))
