"""`econonexus budget …`: make limits, change them, and look at what is left of them."""

from typing import Literal

from cyclopts import App

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="budget", help="Make limits, change them, and look at what is left of them.")

Mode = Literal["hard", "soft", "observe"]


@app.command
def create(
    name: str | None = None,
    /,
    *,
    limit_ucr: int,
    parent: str | None = None,
    window_ms: int = 0,
    carry_over_ucr: int = 0,
    mode: Mode = "hard",
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


@app.command
def change(
    name: str,
    /,
    *,
    limit_ucr: int | None = None,
    carry_over_ucr: int | None = None,
    mode: Mode | None = None,
    as_json: Json = False,
) -> None:
    """Change a limit; what was spent and held stays.

    Parameters
    ----------
    name
        Its id.
    limit_ucr
        How much may be spent beneath it, in micro-credits: per window, or for ever.
    carry_over_ucr
        How much of what a window leaves over goes into the next.
    mode
        What happens beyond the limit: refuse (hard), say so (soft), or only mark it (observe).
    """
    changes = {"limit_ucr": limit_ucr, "carry_over_ucr": carry_over_ucr, "mode": mode}
    tell(post(f"budgets/{one(name)}/change", **changes), as_json)


@app.command
def close(name: str, /, *, as_json: Json = False) -> None:
    """Remove a budget that nothing uses, as at the end of a run."""
    tell(post(f"budgets/{one(name)}/close"), as_json)


@app.command
def assign(name: str, account: str, /, *, as_json: Json = False) -> None:
    """Put an account beneath a budget, or an agent that has no account of its own."""
    tell(post(f"budgets/{one(name)}/assign", account=account), as_json)


@app.command
def unassign(name: str, account: str, /, *, as_json: Json = False) -> None:
    """Take an account from beneath a budget."""
    tell(post(f"budgets/{one(name)}/unassign", account=account), as_json)
