"""`econonexus reputation …`: what is known of agents' owners, and how it came about."""

from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from rich.table import Table
from rich.text import Text

from econonexus.cli.depth import bar_of
from econonexus.cli.output import show, write_json
from econonexus.cli.remote import Answer, Json, get, one, pages, tell

app = App(name="reputation", help="Look at what is known of an agent or an owner, and at how it came about.")
SIDES = ("reliability", "performance", "honesty", "cooperation")
Owner = Annotated[bool, Parameter(help="The name is an owner's, and not an agent's.")]


class Rating(msgspec.Struct, frozen=True):
    """What one verdict left known of an owner."""

    time: str
    verdict: str
    weight: float
    score: float
    lower_bound: float
    contract: str | None


@app.command(name="show")
def show_reputation(name: str, /, *, owner: Owner = False, as_json: Json = False) -> None:
    """Show a score, its four sides, what is proven of it, and what that is worth.

    Parameters
    ----------
    name
        An agent's id, or an owner's with --owner.
    """
    found = get(f"{_whose(name, owner)}/reputation")
    if not as_json:
        found |= {side: _side(msgspec.convert(found[side], Answer)) for side in SIDES}
    tell(found, as_json)


@app.command
def history(
    name: str,
    /,
    *,
    owner: Owner = False,
    last: Annotated[int | None, Parameter(help="So many at most; all by default.")] = None,
    as_json: Json = False,
) -> None:
    """Show how a reputation came about, oldest first; bars are what is proven, of a perfect record.

    Parameters
    ----------
    name
        An agent's id, or an owner's with --owner.
    """
    path = f"{_whose(name, owner)}/reputation/history"
    if last is None:
        found = pages(path)
    else:
        found = msgspec.convert(get(path, latest="true", limit=last)["items"], list[Answer])
    if as_json:
        write_json(found)
    else:
        show(_table(msgspec.convert(found, list[Rating])))


def _whose(name: str, owner: bool) -> str:
    return f"{'owners' if owner else 'agents'}/{one(name)}"


def _side(side: Answer) -> str:
    return (
        f"{side['score']:.3f}, proven {side['lower_bound']:.3f}; good {side['good']:g}, bad {side['bad']:g}"
    )


def _table(ratings: list[Rating]) -> Table:
    table = Table()
    for name in ("time", "contract", "verdict"):
        table.add_column(name)
    for name in ("weight", "score", "proven"):
        table.add_column(name, justify="right")
    table.add_column("", no_wrap=True)
    for rating in ratings:
        figures = f"{rating.weight:g}", f"{rating.score:.3f}", f"{rating.lower_bound:.3f}"
        bar = Text(bar_of(round(rating.lower_bound * 1_000_000), 1_000_000), style="cyan")
        table.add_row(rating.time, Text(rating.contract or ""), rating.verdict, *figures, bar)
    return table
