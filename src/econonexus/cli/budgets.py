"""`econonexus budget …`: make limits and look at what is left of them."""

from typing import Literal

from cyclopts import App

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="budget", help="Make limits and look at what is left of them.")


@app.command
def create(
    name: str | None = None,
    /,
    *,
    limit_ucr: int,
    parent: str | None = None,
    window_ms: int = 0,
    carry_over_ucr: int = 0,
    mode: Literal["hard", "soft", "observe"] = "hard",
    as_json: Json = False,
) -> None:
    """Make a limit. One that bears the name of an agent or a team limits it at once.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    limit_ucr
        How much may be spent beneath it, in micro-credits: per window, or for ever.
    parent
        The budget above it.
    window_ms
        How long a window is; 0 for one that never ends.
    carry_over_ucr
        How much of what a window leaves over goes into the next.
    mode
        What happens beyond the limit: refuse (hard), say so (soft), or only mark it (observe).
    """
    made = post(
        "budgets",
        id=name,
        limit_ucr=limit_ucr,
        parent=parent,
        window_ms=window_ms,
        carry_over_ucr=carry_over_ucr,
        mode=mode,
    )
    tell(made, as_json)


@app.command(name="list")
def list_budgets(*, as_json: Json = False) -> None:
    """Show all budgets and what is left of them."""
    columns = ("id", "parent", "mode", "limit_ucr", "spent_ucr", "held_ucr", "available_ucr")
    tell_all(pages("budgets"), columns, as_json)


@app.command(name="show")
def show_budget(name: str, /, *, as_json: Json = False) -> None:
    """Show a budget and what is left of it."""
    tell(get(f"budgets/{one(name)}"), as_json)
