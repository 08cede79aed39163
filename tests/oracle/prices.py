"""Who wins and pays what in a sealed auction, by laying out every single unit that somebody wants.

Shares no code with the mechanisms. A `Wish` is a bid as the rules know it; an outcome is told bid by bid, in
the order in which the units of an item were given.
"""

from collections.abc import Callable
from typing import NamedTuple


class Wish(NamedTuple):
    """What one bid wants, and of whom it is; `place` is its place in the order of acceptance."""

    bid: str
    owner: str
    item: str
    units: int
    price: int
    place: int


class Sale(NamedTuple):
    """Bid to (units, money) of those that won, the price per unit if there is one, and what winners bid."""

    won: dict[str, tuple[int, int]]
    price: int | None
    welfare: int


def fair_first(
    mechanism: str, wishes: list[Wish], supply: int, reserve: int, uniform: str, share: int
) -> tuple[Sale, dict[str, int]]:
    """The same, after a share of it was dealt out unit by unit to the owners in turn, at the reserve.

    Also bid to the units that it was dealt.
    """
    able = [wish for wish in wishes if wish.units <= supply and wish.price >= reserve]
    hands = {wish.owner: [] for wish in able}
    for wish in sorted(able, key=lambda wish: (-wish.price, wish.place)):
        hands[wish.owner] += [wish.bid] * wish.units
    dealt: list[str] = []
    left = supply * share // 1_000_000
    while left and any(hands.values()):
        for hand in hands.values():
            if left and hand:
                dealt.append(hand.pop(0))
                left -= 1
    fair = {bid: dealt.count(bid) for bid in dealt}
    rest = supply - len(dealt)
    still = [wish._replace(units=min(rest, wish.units - fair.get(wish.bid, 0))) for wish in able]
    bought = sold(mechanism, [wish for wish in still if wish.units], rest, reserve, uniform)
    won: dict[str, tuple[int, int]] = {}
    welfare = 0
    for wish in sorted(able, key=lambda wish: (-wish.price, wish.place)):
        units, money = bought.won.get(wish.bid, (0, 0))
        units += fair.get(wish.bid, 0)
        if units:
            won[wish.bid] = (units, money + fair.get(wish.bid, 0) * reserve)
            welfare += units * wish.price
    return Sale(won, bought.price, welfare), fair


Units = list[Wish]
"""Single units, the most wanted first: a wish for three stands here three times."""


def sold(mechanism: str, wishes: list[Wish], supply: int, reserve: int, uniform: str) -> Sale:
    """Sell `supply` units of one item to those who wish for them."""
    able = [wish for wish in wishes if wish.units <= supply and wish.price >= reserve]
    units = [wish for wish in able for _ in range(wish.units)]
    units.sort(key=lambda wish: (-wish.price, wish.place))
    won, lost = units[:supply], units[supply:]
    costs, price = _COSTS[f"{mechanism}:{uniform}" if mechanism == "uniform_price" else mechanism](
        won, lost, reserve
    )
    paid: dict[str, tuple[int, int]] = {}
    for wish, cost in zip(won, costs, strict=True):
        got, money = paid.get(wish.bid, (0, 0))
        paid[wish.bid] = (got + 1, money + cost)
    return Sale(paid, price if won else None, sum(wish.price for wish in won))


Costs = tuple[list[int], int | None]
"""What each unit won costs, and the price per unit if there is one."""


def _as_bid(won: Units, lost: Units, reserve: int) -> Costs:
    costs = [wish.price for wish in won]
    return costs, min(costs, default=None)


def _second(won: Units, lost: Units, reserve: int) -> Costs:
    """Each pays the best that another owner lost with."""
    costs = [max([reserve, *(rival.price for rival in lost if rival.owner != wish.owner)]) for wish in won]
    return costs, max(costs, default=None)


def _highest_losing(won: Units, lost: Units, reserve: int) -> Costs:
    price = max([reserve, *(wish.price for wish in lost)])
    return [price] * len(won), price


def _lowest_winning(won: Units, lost: Units, reserve: int) -> Costs:
    price = min((wish.price for wish in won), default=None)
    return [price] * len(won), price  # type: ignore[list-item]  # Somebody won, or nobody pays.


def _vickrey(won: Units, lost: Units, reserve: int) -> Costs:
    """An owner pays the best units that others lost, or the reserve; its best units cost it the least."""
    costs: dict[int, int] = {}
    for owner in {wish.owner for wish in won}:
        mine = [place for place, wish in enumerate(won) if wish.owner == owner]
        others = [rival.price for rival in lost if rival.owner != owner] + [reserve] * len(mine)
        displaced = sorted(others, reverse=True)[: len(mine)]
        costs |= dict(zip(mine, reversed(displaced), strict=True))
    return [costs[place] for place in range(len(won))], None


_COSTS: dict[str, Callable[[Units, Units, int], Costs]] = {
    "first_price": _as_bid,
    "discriminatory": _as_bid,
    "second_price": _second,
    "uniform_price:highest_losing": _highest_losing,
    "uniform_price:lowest_winning": _lowest_winning,
    "multi_unit_vickrey": _vickrey,
}
