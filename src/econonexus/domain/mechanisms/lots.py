"""An auction taken apart into lots, one an item, each sold on its own; and the answers put together again."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.outcome import Award, Outcome, UnitPrice


class Lot(msgspec.Struct, frozen=True):
    """Units of one item and the bids that could win some, in file order."""

    item: str
    units: int
    reserve: int
    bids: list[Bid]


class Fill(msgspec.Struct, frozen=True, gc=False):
    """Units of a bid that win, or that lose."""

    bid: Bid
    units: int


class Ranking(msgspec.Struct, frozen=True):
    """Who wins and who loses, each the best first; a bid filled in part is among both."""

    won: Sequence[Fill]
    lost: Sequence[Fill]


class Bill(msgspec.Struct, frozen=True):
    """What each winner pays, in the order of the winners, and the unit price where there is one."""

    amounts: Sequence[int]
    price: UnitPrice | None


Rank = Callable[[Lot], Ranking]
Charge = Callable[[Lot, Ranking], Bill]


def lots_of(auction: Auction) -> Iterable[Lot]:
    """The lots of an auction, in the order of its supply; what cannot win is left out. O(bids).

    A bid cannot win that wants nothing, or more than there is, or that is below the reserve; it never sets a
    price either.
    """
    lots = {
        item: Lot(item, units, auction.reserve.get(item, 0), []) for item, units in auction.supply.items()
    }
    for bid in auction.bids:
        lot = lots[bid.item]
        if 0 < bid.units <= lot.units and bid.unit_price >= lot.reserve:
            lot.bids.append(bid)
    return lots.values()


def worth(fills: Sequence[Fill]) -> int:
    """What the bids say that these units are worth."""
    return sum(fill.units * fill.bid.unit_price for fill in fills)


def sell(mechanism: str, auction: Auction, rank: Rank, charge: Charge, best: Rank | None = None) -> Outcome:
    """Sell every lot by `rank` and `charge`. `best` finds the greatest welfare, where `rank` need not."""
    awards: list[Award] = []
    prices: dict[str, UnitPrice] = {}
    welfare = bound = 0
    for lot in lots_of(auction):
        ranking = rank(lot)
        welfare += worth(ranking.won)
        bound += worth(ranking.won if best is None else best(lot).won)
        if not ranking.won:
            continue
        bill = charge(lot, ranking)
        for fill, amount in zip(ranking.won, bill.amounts, strict=True):
            bid = fill.bid
            awards.append(Award(bid.id, bid.agent, bid.owner, {lot.item: fill.units}, amount))
        if bill.price is not None:
            prices[lot.item] = bill.price
    return Outcome(
        mechanism=mechanism,
        status="cleared" if awards else "no_sale",
        allocation=tuple(awards),
        welfare=welfare,
        bound=bound,
        prices=prices,
    )
