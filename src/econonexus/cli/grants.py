"""`econonexus grant …`: what was won, and how much of it is used."""

from cyclopts import App

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="grant", help="Look at what was won, meter what is used of it, give the rest back.")

COLUMNS = ("id", "agent", "resource", "units", "used", "left", "starts_at", "ends_at", "paid_ucr")


@app.command(name="list")
def list_grants(*, agent: str | None = None, as_json: Json = False) -> None:
    """Show the grants that run.

    Parameters
    ----------
    agent
        Those of an agent alone.
    """
    tell_all(pages("grants", agent=agent), COLUMNS, as_json)


@app.command(name="show")
def show_grant(name: str, /, *, as_json: Json = False) -> None:
    """Show a grant, also one that has ended."""
    tell(get(f"grants/{one(name)}"), as_json)


@app.command
def use(name: str, units: int, /, *, fence: int | None = None, as_json: Json = False) -> None:
    """Meter what was used of a grant.

    Parameters
    ----------
    name
        Its id.
    units
        How many units were used just now.
    fence
        The grant's token, where the user of the right was told it.
    """
    tell(post(f"grants/{one(name)}/usage", units=units, fence=fence), as_json)


@app.command
def release(name: str, /, *, as_json: Json = False) -> None:
    """Give back what is not used of a grant."""
    tell(post(f"grants/{one(name)}/release"), as_json)
