"""Procurement (reverse auction): agents bid to do a task; the best score wins, paid by the second."""

from fractions import Fraction

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.lots import Fill, Lot, Ranking, lots_of
from econonexus.domain.mechanisms.outcome import Award, Outcome, UnitPrice
from econonexus.domain.mechanisms.ranking import fill_in_order
from econonexus.domain.mechanisms.rivals import best_rivals, rival_of

NO_WEIGHT = Fraction(0)


def clear(auction: Auction, ceiling: int | None = None, quality_weight: Fraction = NO_WEIGHT) -> Outcome:
    """Give each task to the least score, price - quality_weight x quality, for the second score.

    The winner receives min(ceiling, second score + quality_weight x own quality), rounded down, the second
    score being the best of another owner; alone it receives the ceiling, or its own price if there is none. A
    price above the ceiling cannot win and sets no score. With several units of a task the least scores win
    one each. The unit price reported is the least that a winner receives. Welfare is what quality is worth
    less what it costs, rounded down: often negative.

    Source: Che, Design Competition through Multidimensional Auctions, RAND Journal of Economics 24 (1993),
    the second-score auction.
    Complexity: O(n log n).
    Promises: least score, individual rationality, truthfulness in price for owners with one offer a task,
    unless one of them bids alone without a ceiling. An owner with several offers for one task may gain by
    withholding the better one where the ceiling binds. Truthful in quality only if paid by the quality
    realised: see `owed`.
    """
    awards: list[Award] = []
    prices: dict[str, UnitPrice] = {}
    score = NO_WEIGHT
    for lot in lots_of(auction):
        ranking = _rank(lot, ceiling, quality_weight)
        received = _received(ranking, ceiling, quality_weight)
        for fill, amount in zip(ranking.won, received, strict=True):
            bid = fill.bid
            awards.append(Award(bid.id, bid.agent, bid.owner, {lot.item: fill.units}, amount, "sell"))
            score += score_of(bid, quality_weight)
        if received:
            prices[lot.item] = min(received)
    welfare = int(-score // 1)
    return Outcome(
        mechanism="procurement",
        status="cleared" if awards else "no_sale",
        allocation=tuple(awards),
        welfare=welfare,
        bound=welfare,
        prices=prices,
    )


def score_of(bid: Bid, quality_weight: Fraction) -> Fraction:
    """What a bid costs the buyer, once its quality is counted; less is better."""
    return bid.unit_price - quality_weight * bid.quality


def owed(second_score: Fraction, quality_weight: Fraction, quality: Fraction, ceiling: int | None) -> int:
    """What the winner receives for work of this quality, rounded down.

    Called with the quality realised it makes overstating quality unprofitable: who promises more than it
    delivers is paid by what it delivers, and may receive less than its price, even nothing.

    Source: Porter, Ronen, Shoham and Tennenholtz, Fault Tolerant Mechanism Design, Artificial Intelligence
    172 (2008).
    """
    amount = max(0, int((second_score + quality_weight * quality) // 1))
    return amount if ceiling is None else min(ceiling, amount)


def _rank(lot: Lot, ceiling: int | None, quality_weight: Fraction) -> Ranking:
    able = [bid for bid in lot.bids if ceiling is None or bid.unit_price <= ceiling]
    return fill_in_order(lot.units, sorted(able, key=lambda bid: score_of(bid, quality_weight)))


def _received(ranking: Ranking, ceiling: int | None, quality_weight: Fraction) -> list[int]:
    rivals = best_rivals(ranking.lost)
    return [_due(fill.bid, rival_of(fill.bid.owner, rivals), ceiling, quality_weight) for fill in ranking.won]


def _due(bid: Bid, rival: Fill | None, ceiling: int | None, quality_weight: Fraction) -> int:
    if rival is None:
        return bid.unit_price if ceiling is None else ceiling
    return owed(score_of(rival.bid, quality_weight), quality_weight, bid.quality, ceiling)
