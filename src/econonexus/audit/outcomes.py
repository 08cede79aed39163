"""Who wins and pays what, worked out again from the bids by the description of each rule.

Shares nothing with the mechanisms. Bids are ranked by price, the earlier one first at a tie, and filled in
that order; every rule is then one sentence about who won and who lost.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Offer(NamedTuple):
    """What one bid offers: for so many units, so much each. Of several of one owner none prices another."""

    bid: str
    owner: str
    units: int
    price: int
    weight: int = 1
    """What its price is multiplied by for its score."""

    @property
    def score(self) -> int:
        """What it is ranked by."""
        return self.price * self.weight

    def to_beat(self, rival: "Offer") -> int:
        """The least price with which it has the score of another."""
        return -(-rival.score // self.weight)


class Part(NamedTuple):
    """Units of an offer that won, or that lost."""

    offer: Offer
    units: int


class Sale(NamedTuple):
    """What each winner gets and pays, the best first, the price per unit if there is one, and the welfare;
    and what bids were given of a reserved share."""

    won: list[tuple[str, int, int]]
    price: int | None
    welfare: int
    shared: Mapping[str, int] = {}


Bill = tuple[list[int], int | None]
Parts = Sequence[Part]


def sale(rule: str, offers: list[Offer], supply: int, reserve: int) -> Sale:
    """What comes of selling `supply` units of one item, at no less than the reserve, to these offers."""
    able = [offer for offer in offers if offer.units <= supply and offer.price >= reserve]
    ranked = sorted(able, key=lambda offer: -offer.score)  # Sorting keeps the order of equals.
    won, lost, left = [], [], supply
    for offer in ranked:
        given = min(offer.units, left)
        left -= given
        won += [Part(offer, given)] if given else []
        lost += [Part(offer, offer.units - given)] if given < offer.units else []
    amounts, price = RULES[rule](won, lost, reserve) if won else ([], None)
    welfare = sum(part.units * part.offer.price for part in won)
    won_by = [(part.offer.bid, part.units, amount) for part, amount in zip(won, amounts, strict=True)]
    return Sale(won_by, price, welfare)


def _as_bid(won: Parts, _lost: Parts, _reserve: int) -> Bill:
    """Everybody pays its own price."""
    return [part.units * part.offer.price for part in won], won[-1].offer.price


def _second(won: Parts, lost: Parts, reserve: int) -> Bill:
    """Everybody pays the best price that another owner lost with."""
    amounts = [
        part.units
        * max([reserve, *(part.offer.to_beat(rival.offer) for rival in _others(lost, part.offer.owner))])
        for part in won
    ]
    return amounts, max(amounts)


def _highest_losing(won: Parts, lost: Parts, reserve: int) -> Bill:
    """Everybody pays the best price that lost."""
    price = max([reserve, *(part.offer.price for part in lost)])
    return [part.units * price for part in won], price


def _lowest_winning(won: Parts, _lost: Parts, _reserve: int) -> Bill:
    """Everybody pays the least price that won."""
    price = won[-1].offer.price
    return [part.units * price for part in won], price


def _vickrey(won: Parts, lost: Parts, reserve: int) -> Bill:
    """An owner pays for as many units the best prices that others lost with; its best bid the least."""
    amounts = []
    taken: dict[str, int] = {}
    total: dict[str, int] = {}
    for part in won:
        total[part.offer.owner] = total.get(part.offer.owner, 0) + part.units
    for part in won:
        owner = part.offer.owner
        # What the owner displaces, from the least price up: its earlier bids have taken the first of it.
        prices = _displaced(lost, part.offer, total[owner], reserve)
        amounts.append(_between(prices, taken.get(owner, 0), part.units))
        taken[owner] = taken.get(owner, 0) + part.units
    return amounts, None


def _displaced(lost: Parts, offer: Offer, units: int, reserve: int) -> list[tuple[int, int]]:
    """The best `units` that others lost, then the reserve, as (price to beat, units) from the least price."""
    runs, left = [], units
    for part in _others(lost, offer.owner):
        if left:
            runs.append((max(reserve, offer.to_beat(part.offer)), min(left, part.units)))
            left -= min(left, part.units)
    return [(reserve, left), *reversed(runs)]


def _others(parts: Parts, owner: str) -> list[Part]:
    """What is not of an owner."""
    return [part for part in parts if part.offer.owner != owner]


def _between(runs: list[tuple[int, int]], skip: int, units: int) -> int:
    """What `units` cost, after the first `skip` of the runs."""
    cost = 0
    for price, there in runs:
        passed = min(skip, there)
        skip -= passed
        taken = min(units, there - passed)
        units -= taken
        cost += price * taken
    return cost


RULES: dict[str, Callable[[Parts, Parts, int], Bill]] = {
    "first_price": _as_bid,
    "discriminatory": _as_bid,
    "second_price": _second,
    "highest_losing": _highest_losing,
    "lowest_winning": _lowest_winning,
    "multi_unit_vickrey": _vickrey,
}
"""The rules that are worked out again; `uniform_price` goes by the name of its variant."""
