"""`econonexus order …`: buy and sell in a market's order book, with an agent's key."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from econonexus.cli.remote import Json, delete, get, one, pages, post, tell, tell_all

app = App(name="order", help="Buy and sell in a market's order book, with an agent's key.")

COLUMNS = ("id", "market", "agent", "side", "open_units", "unit_price_ucr", "hold_ucr", "status", "placed_at")
UnitPrice = Annotated[int | None, Parameter(help="The worst you take, per unit; any, where you say none.")]
Life = Annotated[
    Literal["gtc", "ioc", "fok"],
    Parameter(help="Good till cancelled; immediate or cancel; fill all at once or kill."),
]
Grant = Annotated[str | None, Parameter(help="Sell units of this grant of yours.")]
Name = Annotated[str | None, Parameter(help="The order's id; one is made where you give none.")]


@app.command
def buy(
    market: str,
    units: int,
    /,
    *,
    unit_price_ucr: UnitPrice = None,
    cap_ucr: Annotated[int | None, Parameter(help="What you pay at most, where you say no price.")] = None,
    time_in_force: Life = "gtc",
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Buy units, now or as soon as somebody sells; what you may have to pay is held."""
    asked: dict[str, object] = {"unit_price_ucr": unit_price_ucr, "cap_ucr": cap_ucr}
    _place(name, market, "buy", units, asked | {"time_in_force": time_in_force}, as_json)


@app.command
def sell(
    market: str,
    units: int,
    /,
    *,
    unit_price_ucr: UnitPrice = None,
    grant: Grant = None,
    time_in_force: Life = "gtc",
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Sell units, now or as soon as somebody buys; they are kept back until then."""
    asked: dict[str, object] = {"unit_price_ucr": unit_price_ucr, "grant": grant}
    _place(name, market, "sell", units, asked | {"time_in_force": time_in_force}, as_json)


@app.command(name="list")
def list_orders(*, market: str | None = None, as_json: Json = False) -> None:
    """Show the orders at rest: an agent's own, or all."""
    tell_all(pages("orders", market=market), COLUMNS, as_json)


@app.command(name="show")
def show_order(name: str, /, *, as_json: Json = False) -> None:
    """Show how an order stands, and how many units trade before it; or how it ended."""
    tell(get(f"orders/{one(name)}"), as_json)


@app.command
def replace(name: str, /, *, units: int, unit_price_ucr: int, as_json: Json = False) -> None:
    """Give an order other units or another price; with fewer at the same price it keeps its place."""
    tell(post(f"orders/{one(name)}/replace", units=units, unit_price_ucr=unit_price_ucr), as_json)


@app.command
def cancel(name: str, /, *, as_json: Json = False) -> None:
    """Take an order out of the book; what it held is free again."""
    tell(delete(f"orders/{one(name)}"), as_json)


def _place(
    name: str | None, market: str, side: str, units: int, asked: dict[str, object], as_json: bool
) -> None:
    placed = post("orders", id=name, market=market, side=side, units=units, **asked)
    trades = placed.pop("trades") if not as_json else None
    tell(placed, as_json)
    if isinstance(trades, list) and trades:
        tell_all(trades, ("id", "units", "unit_price_ucr", "amount_ucr"), as_json=False)
