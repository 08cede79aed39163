"""`econonexus bid …`: offer money for what an auction sells, with an agent's key."""

import secrets
from typing import Literal

import msgspec
from cyclopts import App

from econonexus.cli.auctions import items_of
from econonexus.cli.exits import bad_input
from econonexus.cli.remote import Answer, Json, get, one, pages, post, tell, tell_all
from econonexus.domain import commitments

app = App(name="bid", help="Offer money for what an auction sells, with an agent's key.")

Style = Literal["truthful", "strategic", "conservative", "aggressive"]
COLUMNS = ("id", "agent", "items", "status", "price_ucr", "hold_ucr", "payment_ucr")


@app.default
def place(
    auction: str,
    /,
    *,
    price_ucr: int | None = None,
    unit_price_ucr: int | None = None,
    units: int | None = None,
    item: list[str] | None = None,
    cap_ucr: int | None = None,
    valuation_ucr: int | None = None,
    style: Style | None = None,
    link: str | None = None,
    signature: str | None = None,
    name: str | None = None,
    as_json: Json = False,
) -> None:
    """Place a bid; what it offers is held at once.

    Parameters
    ----------
    auction
        In which auction.
    price_ucr
        What you offer for all of the units, in micro-credits.
    unit_price_ucr
        What you offer for each unit, instead.
    units
        How many units of the one thing it sells; 1 by default.
    item
        Units of a thing, as RESOURCE=UNITS, where it sells several; may be given several times.
    cap_ucr
        Hold so much in all, so that what is held does not tell the price.
    valuation_ucr
        What all of the units are worth to you, instead of a price.
    style
        How to bid for that; truthful by default.
    link
        Where auctions are cleared together: your bids of one link are all won, or none is.
    signature
        Yours of the bid's canonical text, in hexadecimal, where the market asks for one; then name it, too.
    name
        The bid's id; one is made where you give none.
    """
    placed = post(
        f"auctions/{one(auction)}/bids",
        id=name,
        units=units,
        items=items_of("--item", item),
        price_ucr=price_ucr,
        unit_price_ucr=unit_price_ucr,
        cap_ucr=cap_ucr,
        valuation_ucr=valuation_ucr,
        style=style,
        link=link,
        signature=signature,
    )
    tell(placed, as_json)


@app.command
def commit(
    auction: str,
    name: str,
    /,
    *,
    unit_price_ucr: int,
    units: int = 1,
    item: list[str] | None = None,
    as_json: Json = False,
) -> None:
    """Commit to a bid that nobody can read, and get the nonce that reveals it after the close: keep it.

    Parameters
    ----------
    auction
        In which auction.
    name
        The bid's id.
    unit_price_ucr
        What you will offer for each unit, in micro-credits.
    units
        How many units of the one thing it sells.
    item
        Units of a thing, as RESOURCE=UNITS, instead.
    """
    agent = str(get("whoami")["holder"])
    items = items_of("--item", item) or {_only(get(f"auctions/{one(auction)}")): units}
    nonce = secrets.token_hex(16)
    digest = commitments.digest(auction, name, agent, items, unit_price_ucr, nonce)
    tell(post(f"auctions/{one(auction)}/commitments", id=name, digest=digest) | {"nonce": nonce}, as_json)


@app.command
def reveal(
    auction: str,
    name: str,
    /,
    *,
    unit_price_ucr: int,
    nonce: str,
    units: int | None = None,
    item: list[str] | None = None,
    as_json: Json = False,
) -> None:
    """Say after the close what you had committed to.

    Parameters
    ----------
    auction
        In which auction.
    name
        The bid's id.
    unit_price_ucr
        What you had committed to for each unit.
    nonce
        What `bid commit` told you to keep.
    units
        How many units, as you had committed to; 1 by default.
    item
        Units of a thing, as RESOURCE=UNITS, instead.
    """
    items = items_of("--item", item)
    body = {"unit_price_ucr": unit_price_ucr, "nonce": nonce, "units": units, "items": items}
    tell(post(f"auctions/{one(auction)}/commitments/{one(name)}/reveal", **body), as_json)


@app.command(name="raise")
def raise_bid(
    auction: str,
    name: str,
    /,
    *,
    price_ucr: int | None = None,
    unit_price_ucr: int | None = None,
    cap_ucr: int | None = None,
    signature: str | None = None,
    as_json: Json = False,
) -> None:
    """Offer more for the same; the bid keeps its place."""
    offer = {"price_ucr": price_ucr, "unit_price_ucr": unit_price_ucr, "cap_ucr": cap_ucr}
    raised = post(f"auctions/{one(auction)}/bids/{one(name)}/raise", **offer, signature=signature)
    tell(raised, as_json)


@app.command
def withdraw(auction: str, name: str, /, *, as_json: Json = False) -> None:
    """Take a bid back, where the market's rules allow it."""
    tell(post(f"auctions/{one(auction)}/bids/{one(name)}/withdraw"), as_json)


@app.command(name="list")
def list_bids(auction: str, /, *, as_json: Json = False) -> None:
    """Show your bids in an auction, and everybody's once it is cleared."""
    tell_all(pages(f"auctions/{one(auction)}/bids"), COLUMNS, as_json)


def _only(auction: Answer) -> str:
    """The one thing that an auction sells. Raises: CommandFailed."""
    supply = msgspec.convert(auction["supply"], dict[str, int])
    if len(supply) != 1:
        raise bad_input("--item: the auction sells several things; say which")
    return next(iter(supply))
