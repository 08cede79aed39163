"""`econonexus resource …`: say what there is, how much of it, and look at what is free."""

from cyclopts import App

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="resource", help="Say what there is, how much of it, and look at what is free.")

COLUMNS = ("id", "unit", "capacity", "period_ms", "promised", "on_sale", "free", "free_for_a_period")


@app.command
def create(
    name: str | None = None, /, *, unit: str, capacity: int, period_ms: int, as_json: Json = False
) -> None:
    """Declare something of which there are so many units in every period.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    unit
        What is counted, such as `GPU hours`.
    capacity
        So many units.
    period_ms
        How long a period is.
    """
    tell(post("resources", id=name, unit=unit, capacity=capacity, period_ms=period_ms), as_json)


@app.command(name="list")
def list_resources(*, as_json: Json = False) -> None:
    """Show all resources, and what of them is free."""
    tell_all(pages("resources"), COLUMNS, as_json)


@app.command(name="show")
def show_resource(name: str, /, *, as_json: Json = False) -> None:
    """Show a resource: how much of it there is, is promised, and is free."""
    tell(get(f"resources/{one(name)}"), as_json)


@app.command
def change(name: str, /, *, capacity: int, as_json: Json = False) -> None:
    """Have more of a resource, or less; never less than is promised already."""
    tell(post(f"resources/{one(name)}/change", capacity=capacity), as_json)
