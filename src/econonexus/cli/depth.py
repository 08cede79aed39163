"""How an order book and a history of prices look in a terminal."""

from collections.abc import Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from econonexus.cli.remote import Answer

BAR = 24
"""The widest bar, in characters."""
PARTS = " ▏▎▍▌▋▊▉█"
"""A character in eighths."""


class Level(msgspec.Struct):
    """The open units and the number of orders at one price."""

    unit_price_ucr: int
    units: int
    orders: int


class Quote(msgspec.Struct):
    """One line of a history, as the API tells it."""

    time: str
    resource: str
    kind: str
    unit_price_ucr: int | None
    low_ucr: int | None
    high_ucr: int | None
    sold: int
    wanted: int
    supply: int


def depth(book: Answer) -> Table:
    """Who sells above, who buys below, the best prices in the middle; bars are units."""
    asks = msgspec.convert(book["asks"], list[Level])
    bids = msgspec.convert(book["bids"], list[Level])
    most = max((level.units for level in (*asks, *bids)), default=1)
    state = "halted" if book["halted"] else "open"
    last = book["last_price_ucr"]
    title = f"{book['market']}: {book['resource']}, {state}; " + (
        "nothing traded yet" if last is None else f"last traded at {last:,} µcr, {book['trades']:,} trades"
    )
    table = Table(title=title, title_justify="left")
    for name in ("side", "unit price, µcr", "units", "orders"):
        table.add_column(name, justify="left" if name == "side" else "right")
    table.add_column("", no_wrap=True)
    for side, style, levels in (("sell", "red", reversed(asks)), ("buy", "green", bids)):
        for level in levels:
            bar = Text(bar_of(level.units, most), style=style)
            table.add_row(side, f"{level.unit_price_ucr:,}", f"{level.units:,}", f"{level.orders:,}", bar)
    return table


def history(quotes: Sequence[Quote]) -> Table:
    """Prices over time, oldest first; bars are prices, from 0 to the highest shown."""
    most = max((quote.unit_price_ucr or 0 for quote in quotes), default=0)
    table = Table()
    for name in (
        "time",
        "resource",
        "kind",
        "sold",
        "wanted",
        "supply",
        "low, µcr",
        "high, µcr",
        "price, µcr",
    ):
        table.add_column(name, justify="left" if name in ("time", "resource", "kind") else "right")
    table.add_column("", no_wrap=True)
    for quote in quotes:
        prices = (quote.low_ucr, quote.high_ucr, quote.unit_price_ucr)
        figures = (
            *(f"{units:,}" for units in (quote.sold, quote.wanted, quote.supply)),
            *map(_price, prices),
        )
        bar = Text(bar_of(quote.unit_price_ucr or 0, most or 1), style="cyan")
        table.add_row(quote.time, quote.resource, quote.kind, *figures, bar)
    return table


def bar_of(value: int, most: int) -> str:
    """A bar as long as a value is of the greatest; to an eighth of a character, and never nothing of more
    than 0."""
    eighths = -(-value * BAR * 8 // most)
    whole, part = divmod(eighths, 8)
    return "█" * whole + (PARTS[part] if part else "")


def _price(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}"
