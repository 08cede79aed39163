"""`econonexus auction …`: put units up for sale, watch who comes, and see what it came to."""

from collections.abc import Iterator
from typing import Literal

import msgspec
from cyclopts import App
from rich.console import RenderableType
from rich.text import Text

from econonexus.cli.exits import bad_input
from econonexus.cli.output import console, show, table_of, write_json
from econonexus.cli.remote import Answer, Json, Reason, get, one, pages, post, stream, tell, tell_all
from econonexus.cli.texts import visible

app = App(name="auction", help="Put units up for sale, watch who comes, and see what it came to.")

COLUMNS = ("id", "market", "mechanism", "status", "supply", "bids", "closes_at")
FACTS = ("id", "market", "mechanism", "status", "supply", "bids", "opens_at", "closes_at", "reason")
STANDING = (
    "standing_price_ucr",
    "next_bid_ucr",
    "leaders",
    "clock_ucr",
    "next_call_at",
    "left",
    "commitments",
    "reveals_until",
)
"""How it stands while it runs; shown where its rule has such a thing."""
OVER = frozenset({"settled", "failed", "cancelled"})
ENDS = frozenset({"auction_cleared", "auction_failed", "auction_cancelled"})
Status = Literal["announced", "open", "closed", "clearing", "cleared", "settled", "failed", "cancelled"]


class Awarded(msgspec.Struct):
    """What one bid won."""

    bid: str
    agent: str
    items: dict[str, int]
    payment: int


class Outcome(msgspec.Struct):
    """What an auction came to."""

    status: str
    allocation: list[Awarded]
    welfare: int
    revenue: int
    prices: dict[str, int]
    bound: int | None = None
    """Of bundles: what no outcome is worth more than."""
    payment: str = ""


@app.command
def announce(
    name: str | None = None,
    /,
    *,
    market: str,
    units: int | None = None,
    supply: list[str] | None = None,
    closes_in_ms: int | None = None,
    closes_at: str | None = None,
    opens_in_ms: int | None = None,
    starts_at: str | None = None,
    ends_at: str | None = None,
    as_json: Json = False,
) -> None:
    """Put units up for sale.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    market
        By whose rules.
    units
        So many of the one resource that the market sells.
    supply
        So many of a resource, as RESOURCE=UNITS; may be given several times.
    closes_in_ms
        When it closes; after the market's bidding window by default.
    closes_at
        When it closes, RFC 3339, instead.
    opens_in_ms
        When it opens; at once by default.
    starts_at
        From when what is won may be used, RFC 3339; from the clearing on by default.
    ends_at
        Until when.
    """
    window = None if starts_at is None and ends_at is None else {"starts_at": starts_at, "ends_at": ends_at}
    made = post(
        "auctions",
        id=name,
        market=market,
        units=units,
        supply=items_of("--supply", supply),
        closes_in_ms=closes_in_ms,
        closes_at=closes_at,
        opens_in_ms=opens_in_ms,
        window=window,
    )
    _tell(made, as_json)


@app.command(name="list")
def list_auctions(*, market: str | None = None, status: Status | None = None, as_json: Json = False) -> None:
    """Show the auctions that run, and those that ended lately.

    Parameters
    ----------
    market
        Those of a market alone.
    status
        Those that stand so alone.
    """
    tell_all(pages("auctions", market=market, status=status), COLUMNS, as_json)


@app.command(name="show")
def show_auction(name: str, /, *, as_json: Json = False) -> None:
    """Show an auction, and once it is cleared who won what for how much."""
    _tell(get(f"auctions/{one(name)}"), as_json)


@app.command
def close(name: str, /, *, as_json: Json = False) -> None:
    """Close an auction before its time, and clear it."""
    _tell(post(f"auctions/{one(name)}/close"), as_json)


@app.command
def cancel(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Take an auction back before it has closed: every hold is released."""
    _tell(post(f"auctions/{one(name)}/cancel", reason=reason), as_json)


@app.command
def watch(name: str, /, *, as_json: Json = False) -> None:
    """Follow an auction until it is over, then show what it came to."""
    found = get(f"auctions/{one(name)}")
    if found["status"] not in OVER:
        if not as_json:
            console.print(_headline(found))
        for event in _happening(name, msgspec.convert(found["sequence"], int)):
            if not as_json:
                console.print(_line(event), soft_wrap=True)
        found = get(f"auctions/{one(name)}")
    _tell(found, as_json)


def items_of(option: str, texts: list[str] | None) -> dict[str, int] | None:
    """Units by item, of texts such as `gpu=2`. Raises: CommandFailed."""
    if not texts:
        return None
    items: dict[str, int] = {}
    for text in texts:
        item, _, units = text.rpartition("=")
        if not item or not units.isdecimal():
            raise bad_input(f"{option} {text}: not of the form RESOURCE=UNITS")
        items[item] = int(units)
    return items


def said(items: object) -> str:
    """Units by item for a person: `2 gpu, 1 cpu`."""
    return ", ".join(f"{units:,} {item}" for item, units in msgspec.convert(items, dict[str, int]).items())


def _happening(name: str, after: int) -> Iterator[Answer]:
    """The events of an auction after a record, until it is over."""
    with stream("events/stream", after=after) as lines:
        for line in lines:
            if not line.startswith("data: "):
                continue
            event = msgspec.json.decode(line.removeprefix("data: "), type=Answer)
            if msgspec.convert(event["data"], Answer).get("auction") == name:
                yield event
                if _kind(event) in ENDS:
                    return


def _kind(event: Answer) -> str:
    return str(event["type"]).split(".")[1]


def _line(event: Answer) -> str:
    data = msgspec.convert(event["data"], Answer)
    facts = [f"{said(data['items'])} for {data['agent']}"] if "items" in data else []
    facts += _prices(data)
    facts += [f"until {data['closes_at']}"] if "closes_at" in data else []
    return visible("  ".join([str(event["time"]), _kind(event).replace("_", " "), *facts]))


def _prices(data: Answer) -> list[str]:
    """What a price did: it rose to where it stands, or a clock was taken."""
    if "leaders" in data:
        leaders = ", ".join(msgspec.convert(data["leaders"], list[str]))
        return [f"at {data['price']:,} µcr, led by {leaders}; the next bid offers {data['least']:,} µcr"]
    if "left" in data and "price" in data:
        return [f"{data['units']:,} at {data['price']:,} µcr for {data['agent']}; {data['left']:,} left"]
    return []


def _headline(auction: Answer) -> str:
    facts = f"{said(auction['supply'])} by {auction['mechanism']}, {auction['status']}"
    return visible(f"{auction['id']}: {facts}, {auction['bids']} bids, until {auction['closes_at']}")


def _tell(auction: Answer, as_json: bool) -> None:
    """An auction, and once it is cleared who won what for how much."""
    if as_json:
        write_json(auction)
        return
    facts = {name: auction[name] for name in (*FACTS, *STANDING) if auction[name] not in ("", None)}
    tell(facts | {"supply": said(auction["supply"])}, as_json=False)
    outcome = msgspec.convert(auction["outcome"], Outcome | None)
    if outcome is not None:
        show(*_came_to(outcome))


def _came_to(outcome: Outcome) -> Iterator[RenderableType]:
    if not outcome.allocation:
        yield Text("Nobody won anything.")
        return
    rows = ((won.bid, won.agent, said(won.items), f"{won.payment:,}") for won in outcome.allocation)
    yield table_of("Who won", ("bid", "agent", "gets", "pays, µcr>"), rows)
    prices = ", ".join(f"{price:,} µcr a unit of {item}" for item, price in outcome.prices.items())
    paid = f"{outcome.revenue:,} µcr are paid for what the winners bid {outcome.welfare:,} µcr"
    yield Text(f"{paid}{'; ' if prices else ''}{prices}.")
    if outcome.bound is not None:
        proven = outcome.bound == outcome.welfare
        best = "no outcome is worth more" if proven else f"none is worth more than {outcome.bound:,} µcr"
        yield Text(f"Payments are {outcome.payment}; it is proven that {best}.")
