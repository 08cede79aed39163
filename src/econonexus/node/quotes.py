"""What events say of prices: quotes of a market's history. Pure; nothing sealed is in them.

An auction is quoted when it is cleared, by what it sold, was asked for and had for sale. An order book is
quoted by the second: what buyers and sellers brought to it, what they traded, and at which prices. A posted
price, and what is shared without one, is quoted at the end of each period: the price from then on, and what
was asked for and given in the period.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Never

from econonexus.domain import events
from econonexus.domain.money import MAX_AMOUNT
from econonexus.node.records import Record
from econonexus.ports import Quote

SECOND_NS = 1_000_000_000

QuoteKind = tuple[str, int, str, str]
"""A market, an instant, an item and a kind of quote."""


def quotes(records: Iterable[Record]) -> list[Quote]:
    """The quotes of these records, those of one place summed."""
    found: defaultdict[QuoteKind, list[Quote]] = defaultdict(list)
    for record in records:
        quote = _QUOTES.get(type(record.event))
        if quote is not None:
            for each in quote(record.event, record.time):  # type: ignore[arg-type]  # The key is its type.
                found[each[:4]].append(each)
    return [_together(place, each) for place, each in found.items()]


def _together(place: QuoteKind, quoted: list[Quote]) -> Quote:
    """What was quoted at one place, in order: the last price, the range, and all units."""
    prices = [quote.price for quote in quoted if quote.price is not None]
    return Quote(
        *place,
        prices[-1] if prices else None,
        min(prices, default=None),
        max(prices, default=None),
        _bounded(sum(quote.sold for quote in quoted)),
        _bounded(sum(quote.wanted for quote in quoted)),
        _bounded(sum(quote.supply for quote in quoted)),
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
    return Quote(market, at, item, kind, price, price, price, sold, wanted, supply)


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
