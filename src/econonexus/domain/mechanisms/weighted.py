"""Auctions in which bids are weighed: the highest score wins, a price times its bidder's weight.

A winner pays the least that it could have bid and still won, so that a weight moves units and not the price
asked of whoever has it: with the second price and the Vickrey prices it is best to bid what a unit is worth,
whatever the weights are. Where winners pay their bids they still do.

Source: Myerson, Optimal Auction Design, Mathematics of Operations Research 6 (1981): an allocation that never
    takes units from a higher bid, with the least winning bid as payment, is truthful; Roberts, in Laffont
    (ed.), Aggregation and Revelation of Preferences (1979): weights on bidders are, beside constants, all
    that VCG payments can carry; Edelman, Ostrovsky and Schwarz, American Economic Review 97 (2007): search
    engines sell places by bid times quality.
Complexity: O(n log n).
Promises: individual rationality, budget balance; truthfulness as of the rule without weights. Not the
    greatest welfare by prices: a lower bid may win. Weights that are all equal change nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.first_price import pay_as_bid
from econonexus.domain.mechanisms.lots import Bill, Charge, Fill, Lot, Rank, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import fill_in_order, highest_first
from econonexus.domain.mechanisms.rivals import best_rivals, rival_of

Weights = Mapping[str, int]
"""Owner to weight, at least 1."""


def clear(mechanism: str, auction: Auction, weights: Weights) -> Outcome:
    """What an auction comes to by the scores of its bids; equal scores go to the earlier bid.

    Raises: KeyError for a mechanism whose prices cannot follow from scores.
    """
    return sell(mechanism, auction, _by_score(weights), _CHARGES[mechanism](weights), highest_first)


def _score(bid: Bid, weights: Weights) -> int:
    return bid.unit_price * weights[bid.owner]


def _by_score(weights: Weights) -> Rank:
    def rank(lot: Lot) -> Ranking:
        # Sorting in reverse keeps the file's order among equals.
        ordered = sorted(lot.bids, key=lambda bid: _score(bid, weights), reverse=True)
        return fill_in_order(lot.units, ordered)

    return rank


def _least(score: int, weight: int, reserve: int) -> int:
    """The least price that reaches a score, and the reserve."""
    return max(reserve, -(-score // weight))


def _second_prices(weights: Weights) -> Charge:
    """Each pays what the best losing score of another owner asks of it."""

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        rivals = best_rivals(ranking.lost)
        amounts = []
        for fill in ranking.won:
            rival = rival_of(fill.bid.owner, rivals)
            beaten = 0 if rival is None else _score(rival.bid, weights)
            amounts.append(_least(beaten, weights[fill.bid.owner], lot.reserve))
        return Bill(amounts, price=max(amounts))

    return charge


def _vickrey_prices(weights: Weights) -> Charge:
    """Each owner pays, for each of its units, what the losing unit that it keeps out asks of it."""

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        amounts = [0] * len(ranking.won)
        for owner in dict.fromkeys(fill.bid.owner for fill in ranking.won):
            places = [place for place, fill in enumerate(ranking.won) if fill.bid.owner == owner]
            units = sum(ranking.won[place].units for place in places)
            runs = list(_kept_out(owner, units, ranking.lost, weights, lot.reserve))
            for place in places:  # Its best bid takes the cheapest units, which come last.
                amounts[place] = _taken(runs, ranking.won[place].units)
        return Bill(amounts, price=None)

    return charge


def _kept_out(
    owner: str, units: int, lost: Sequence[Fill], weights: Weights, reserve: int
) -> Iterator[tuple[int, int]]:
    """What the units that an owner keeps out ask of it as (price, units), dearest first."""
    left = units
    for fill in lost:
        if left and fill.bid.owner != owner:
            taken = min(left, fill.units)
            left -= taken
            yield _least(_score(fill.bid, weights), weights[owner], reserve), taken
    if left:
        yield reserve, left


def _taken(runs: list[tuple[int, int]], units: int) -> int:
    """Take units from the end of `runs`; what they cost."""
    cost = 0
    while units:
        price, there = runs.pop()
        taken = min(units, there)
        cost, units = cost + price * taken, units - taken
        if taken < there:
            runs.append((price, there - taken))
    return cost


def _own_prices(_: Weights) -> Charge:
    return pay_as_bid


_CHARGES: Mapping[str, Callable[[Weights], Charge]] = {
    "first_price": _own_prices,
    "discriminatory": _own_prices,
    "second_price": _second_prices,
    "multi_unit_vickrey": _vickrey_prices,
}
WEIGHED = frozenset(_CHARGES)
"""The mechanisms whose prices can follow from weighted bids."""
