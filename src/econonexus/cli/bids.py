"""`econonexus bid …`: offer money for what an auction sells, with an agent's key."""

from cyclopts import App

from econonexus.cli.auctions import items_of
from econonexus.cli.remote import Json, one, pages, post, tell, tell_all

app = App(name="bid", help="Offer money for what an auction sells, with an agent's key.")

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
    link: str | None = None,
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
    link
        Where auctions are cleared together: your bids of one link are all won, or none is.
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
        link=link,
    )
    tell(placed, as_json)


@app.command(name="raise")
def raise_bid(
    auction: str,
    name: str,
    /,
    *,
    price_ucr: int | None = None,
    unit_price_ucr: int | None = None,
    cap_ucr: int | None = None,
    as_json: Json = False,
) -> None:
    """Offer more for the same; the bid keeps its place."""
    offer = {"price_ucr": price_ucr, "unit_price_ucr": unit_price_ucr, "cap_ucr": cap_ucr}
    tell(post(f"auctions/{one(auction)}/bids/{one(name)}/raise", **offer), as_json)


@app.command
def withdraw(auction: str, name: str, /, *, as_json: Json = False) -> None:
    """Take a bid back, where the market's rules allow it."""
    tell(post(f"auctions/{one(auction)}/bids/{one(name)}/withdraw"), as_json)


@app.command(name="list")
def list_bids(auction: str, /, *, as_json: Json = False) -> None:
    """Show your bids in an auction, and everybody's once it is cleared."""
    tell_all(pages(f"auctions/{one(auction)}/bids"), COLUMNS, as_json)
