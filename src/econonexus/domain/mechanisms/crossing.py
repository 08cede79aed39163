"""Where demand and supply cross: which bids and asks trade in a call market, and between which prices."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.lots import Fill, worth
from econonexus.domain.mechanisms.outcome import Award, Interval, Outcome, Spread, UnitPrice
from econonexus.domain.mechanisms.ranking import fill_in_order, from_highest, from_lowest


class Crossing(msgspec.Struct, frozen=True):
    """One item: the fills that trade and those that do not, each side with its best first.

    A bid or an ask filled in part is the last that trades and the first that does not.
    """

    item: str
    units: int
    bought: Sequence[Fill]
    sold: Sequence[Fill]
    unbought: Sequence[Fill]
    unsold: Sequence[Fill]


class Terms(msgspec.Struct, frozen=True):
    """How many units of those that could trade do, and what a unit costs buyers and brings sellers."""

    units: int
    buy: int
    sell: int


def crossings_of(auction: Auction) -> Iterator[Crossing]:
    """Each item's crossing, in the order in which items are first named. O(n log n)."""
    sides: dict[str, tuple[list[Bid], list[Bid]]] = {}
    for bid in auction.bids:
        buys, sells = sides.setdefault(bid.item, ([], []))
        if bid.units:
            (buys if bid.side == "buy" else sells).append(bid)
    for item, (buys, sells) in sides.items():
        yield cross(item, buys, sells)


def cross(item: str, buys: Sequence[Bid], sells: Sequence[Bid]) -> Crossing:
    """Match the highest bid with the lowest ask as long as the bid is no lower; ties go by file order.

    So the units that trade are the most that can while welfare is greatest. O(n log n).
    """
    demand, supply = from_highest(buys), from_lowest(sells)
    units = _units(demand, supply)
    bought, sold = fill_in_order(units, demand), fill_in_order(units, supply)
    return Crossing(item, units, bought.won, sold.won, bought.lost, sold.lost)


def _units(demand: Sequence[Bid], supply: Sequence[Bid]) -> int:
    """How many units find a bid that is no lower than the ask. O(n)."""
    traded = bid_units = ask_units = 0
    place = -1
    for ask in supply:
        ask_units += ask.units
        while traded < ask_units:
            if traded == bid_units:
                place += 1
                if place == len(demand):
                    return traded
                bid_units += demand[place].units
            if demand[place].unit_price < ask.unit_price:
                return traded
            traded = min(bid_units, ask_units)
    return traded


def clearing_interval(crossing: Crossing) -> Interval:
    """Every price at which whoever trades wants to, and whoever does not trade does not want to. O(1).

    Source: Mas-Colell, Whinston and Green, Microeconomic Theory (1995), section 10.C; for unit steps,
    Shapley and Shubik, The Assignment Game I, International Journal of Game Theory 1 (1971).
    """
    lows = [*crossing.sold[-1:], *crossing.unbought[:1]]
    highs = [*crossing.bought[-1:], *crossing.unsold[:1]]
    return Interval(
        low=max((fill.bid.unit_price for fill in lows), default=None),
        high=min((fill.bid.unit_price for fill in highs), default=None),
    )


def first_units(fills: Sequence[Fill], units: int) -> Sequence[Fill]:
    """The best `units` of these fills."""
    kept = []
    for fill in fills:
        if units <= 0:
            break
        kept.append(Fill(fill.bid, min(fill.units, units)))
        units -= fill.units
    return kept


def trade(mechanism: str, auction: Auction, settle: Callable[[Crossing], Terms]) -> Outcome:
    """Trade every item that crosses on the terms that `settle` sets."""
    awards: list[Award] = []
    prices: dict[str, UnitPrice] = {}
    welfare = bound = 0
    for crossing in crossings_of(auction):
        if not crossing.units:
            continue
        bound += worth(crossing.bought) - worth(crossing.sold)
        terms = settle(crossing)
        if not terms.units:
            continue
        bought = first_units(crossing.bought, terms.units)
        sold = first_units(crossing.sold, terms.units)
        welfare += worth(bought) - worth(sold)
        awards += [award_of(fill, terms.buy) for fill in bought]
        awards += [award_of(fill, terms.sell) for fill in sold]
        prices[crossing.item] = terms.buy if terms.buy == terms.sell else Spread(terms.buy, terms.sell)
    return Outcome(
        mechanism=mechanism,
        status="cleared" if awards else "no_trade",
        allocation=tuple(awards),
        welfare=welfare,
        bound=bound,
        prices=prices,
    )


def award_of(fill: Fill, unit_price: int) -> Award:
    """A fill at a unit price."""
    bid = fill.bid
    return Award(bid.id, bid.agent, bid.owner, {bid.item: fill.units}, fill.units * unit_price, bid.side)
