"""How an order book and a history of prices look in a terminal."""

from collections.abc import Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from econonexus.cli.remote import Answer, second

BAR = 24
"""The widest bar, in characters."""
ROOM = 120
"""So many columns a terminal has that shows bars beside a history."""
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
        "nothing traded yet" if last is None else f"last traded at {last:,} µcr; trades: {book['trades']:,}"
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


def history(market: str, quotes: Sequence[Quote], width: int) -> Table:
    """Prices over time, oldest first; bars are prices, from 0 to the highest shown, where there is room."""
    most = max((quote.unit_price_ucr or 0 for quote in quotes), default=0)
    resources = {quote.resource for quote in quotes}
    of = f" of {resources.pop()}" if len(resources) == 1 else ""
    table = Table(title=f"{market}: prices in µcr a unit{of}", title_justify="left")
    table.add_column("time", min_width=len("2026-01-31"))
    for name in ("resource",) * bool(resources) + ("kind",):
        table.add_column(name, overflow="fold")
    for name in ("sold", "wanted", "supply", "low", "high", "price"):
        table.add_column(name, justify="right", no_wrap=True)
    if width >= ROOM:
        table.add_column("", no_wrap=True)
    for quote in quotes:
        units = (quote.sold, quote.wanted, quote.supply)
        prices = (quote.low_ucr, quote.high_ucr, quote.unit_price_ucr)
        figures = (*(f"{number:,}" for number in units), *map(_price, prices))
        bar = Text(bar_of(quote.unit_price_ucr or 0, most or 1), style="cyan")
        what = (quote.resource,) * bool(resources) + (quote.kind,)
        table.add_row(second(quote.time), *what, *figures, *((bar,) if width >= ROOM else ()))
    return table


def bar_of(value: int, most: int) -> str:
    """A bar as long as a value is of the greatest; to an eighth of a character, and never nothing of more
    than 0."""
    eighths = -(-value * BAR * 8 // most)
    whole, part = divmod(eighths, 8)
    return "█" * whole + (PARTS[part] if part else "")


def _price(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}"
