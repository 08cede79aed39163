"""Whether an owner would rather have another owner's deal for a unit; part of the certificate."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from econonexus.domain.mechanisms.bids import Bid
from econonexus.domain.mechanisms.outcome import Award, Outcome

Deal = tuple[Fraction, str]
"""What a unit cost, and whose it is; the smaller the better. What a seller receives is a negative cost."""


def envious(candidates: Sequence[Bid], outcome: Outcome) -> tuple[str, str] | None:
    """A bid that would rather have the unit price of another owner, and that owner; None if there is none.

    `candidates` are the bids that may win at all. A bid compares with what it pays for a unit, and, where
    some of its units went without, with what a unit is worth to it.

    Source: Foley, Resource Allocation and the Public Sector, Yale Economic Essays 7 (1967), for units of one
    item.
    Complexity: O(n log n).
    """
    awards = {award.bid: award for award in outcome.allocation}
    best = _best_deals(_deals(candidates, awards))
    for bid in candidates:
        at_stake = _at_stake(bid, awards.get(bid.id))
        for price, owner in best.get((bid.item, bid.side), ()):
            if owner != bid.owner and at_stake is not None and price < at_stake:
                return bid.id, owner
    return None


def _deals(candidates: Iterable[Bid], awards: dict[str, Award]) -> Iterable[tuple[tuple[str, str], Deal]]:
    for bid in candidates:
        if bid.id in awards:
            yield (bid.item, bid.side), (_unit_cost(awards[bid.id]), bid.owner)


def _best_deals(deals: Iterable[tuple[tuple[str, str], Deal]]) -> dict[tuple[str, str], Sequence[Deal]]:
    """On each side of each item the best deal, and the best of any other owner: one of them is another's."""
    best: dict[tuple[str, str], Sequence[Deal]] = {}
    for key, deal in sorted(deals, key=lambda found: found[1]):
        known = best.get(key, ())
        if not known or (len(known) == 1 and deal[1] != known[0][1]):
            best[key] = (*known, deal)
    return best


def _at_stake(bid: Bid, award: Award | None) -> Fraction | None:
    """The most that a unit costs this bid, or would be worth to it; None where it wants nothing."""
    costs = [] if award is None else [_unit_cost(award)]
    if bid.units > (0 if award is None else sum(award.items.values())):
        costs.append(Fraction(bid.unit_price if bid.side == "buy" else -bid.unit_price))
    return max(costs, default=None)


def _unit_cost(award: Award) -> Fraction:
    amount = award.amount if award.side == "buy" else -award.amount
    return Fraction(amount, sum(award.items.values()))
