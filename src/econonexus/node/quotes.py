"""What events say of prices: quotes of a market's history. Pure; nothing sealed is in them.

An auction is quoted when it is cleared, by what it sold, was asked for and had for sale. An order book is
quoted by the second: what buyers and sellers brought to it, what they traded, and at which prices. A posted
price, and what is shared without one, is quoted at the end of each period: the price from then on, and what
was asked for and given in the period.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Never

from econonexus.domain import events
from econonexus.domain.money import MAX_AMOUNT
from econonexus.node.records import Record
from econonexus.ports import Quote

SECOND_NS = 1_000_000_000


def quotes(records: Iterable[Record]) -> list[Quote]:
    """The quotes of these records, those of one place summed."""
    found: dict[tuple[str, int, str, str], Quote] = {}
    for record in records:
        quote = _QUOTES.get(type(record.event))
        if quote is None:
            continue
        for each in quote(record.event, record.time):  # type: ignore[arg-type]  # The key is its type.
            before = found.get(each[:4])
            found[each[:4]] = each if before is None else _together(before, each)
    return list(found.values())


def _together(first: Quote, then: Quote) -> Quote:
    lows = [low for low in (first.low, then.low) if low is not None]
    highs = [high for high in (first.high, then.high) if high is not None]
    return Quote(
        *then[:4],
        first.price if then.price is None else then.price,
        min(lows, default=None),
        max(highs, default=None),
        _bounded(first.sold + then.sold),
        _bounded(first.wanted + then.wanted),
        _bounded(first.supply + then.supply),
    )


def _bounded(units: int) -> int:
    return min(units, MAX_AMOUNT)


def _cleared(e: events.AuctionCleared, at: int) -> list[Quote]:
    sold: dict[str, int] = dict.fromkeys((*e.unsold, *e.wanted), 0)
    for win in e.wins:
        for item, units in win.items.items():
            sold[item] = sold.get(item, 0) + units
    return [
        _quote(
            e.market,
            at,
            item,
            "auction",
            e.prices.get(item),
            units,
            e.wanted.get(item, 0),
            units + e.unsold.get(item, 0),
        )
        for item, units in sold.items()
    ]


def _quote(
    market: str, at: int, item: str, kind: str, price: int | None, sold: int, wanted: int, supply: int
) -> Quote:
    return Quote(
        market, at, item, kind, price, price, price, _bounded(sold), _bounded(wanted), _bounded(supply)
    )


def _in_book(market: str, at: int, price: int | None, sold: int, wanted: int, supply: int) -> list[Quote]:
    second = at - at % SECOND_NS
    return [_quote(market, second, "", "book", price, sold, wanted, supply)]


def _period(
    e: events.PriceUpdated | events.PeriodShared, at: int, kind: str, price: int | None, sold: int
) -> list[Quote]:
    return [_quote(e.market, at, "", kind, price, sold, e.demand, e.capacity)]


def _ordered(e: events.OrderPlaced, at: int) -> list[Quote]:
    buys = e.side == "buy"
    return _in_book(e.market, at, None, 0, e.units if buys else 0, 0 if buys else e.units)


_QUOTES: Mapping[type, Callable[[Never, int], list[Quote]]] = {
    events.AuctionCleared: _cleared,
    events.OrderPlaced: _ordered,
    events.TradeExecuted: lambda e, at: _in_book(e.market, at, e.unit_price, e.units, 0, 0),
    events.PriceUpdated: lambda e, at: _period(e, at, "posted", e.price, e.sold),
    events.PeriodShared: lambda e, at: _period(e, at, "shared", None, e.given),
}
"""What each event says; a new kind of market adds its own line."""
QUOTED = frozenset(_QUOTES)
"""The events that say anything of prices."""
