"""`econonexus request …`: units at a posted price or by a plain rule, with an agent's key."""

from typing import Annotated

from cyclopts import App, Parameter

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="request", help="Ask a market for units, at its price or in its line.")

COLUMNS = ("id", "market", "agent", "units", "status", "hold_ucr", "expires_at")


@app.command
def ask(
    market: str,
    units: int,
    /,
    *,
    limit_ucr: Annotated[int | None, Parameter(help="The most you pay for each unit.")] = None,
    expires_in_ms: Annotated[int | None, Parameter(help="How long it waits, where it has to.")] = None,
    name: Annotated[str | None, Parameter(help="The request's id; one is made where you give none.")] = None,
    as_json: Json = False,
) -> None:
    """Ask for units, all or none: granted at once, or shared out when the period ends."""
    path = f"markets/{one(market)}/requests"
    tell(post(path, units=units, limit_ucr=limit_ucr, expires_in_ms=expires_in_ms, id=name), as_json)


@app.command(name="list")
def list_requests(market: str, /, *, as_json: Json = False) -> None:
    """Show the requests that wait: an agent's own, or all."""
    tell_all(pages(f"markets/{one(market)}/requests"), COLUMNS, as_json)


@app.command
def withdraw(market: str, name: str, /, *, as_json: Json = False) -> None:
    """Take a request back that waits."""
    tell(post(f"markets/{one(market)}/requests/{one(name)}/withdraw"), as_json)


@app.command
def price(market: str, /, *, as_json: Json = False) -> None:
    """Show what a unit costs now, how many are free, and when the period ends."""
    tell(get(f"markets/{one(market)}/price"), as_json)
