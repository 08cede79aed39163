"""How the command line shows things: tables for people, JSON for programs, progress on standard error."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import msgspec
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from econonexus.domain.ids import CREDIT, SECOND

MOST_ROWS = 50


class _Console(Console):
    """Shows texts as they are, also `[bold]` and `:key:`.

    Leaves it to `main` what to do when the reader of our output goes away.
    """

    def __init__(self, width: int | None = None) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, width=width)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


console = _Console()


def write_json(value: object) -> None:
    """One JSON document on standard output."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def width() -> int:
    """How wide what is shown may be: as the terminal; where there is none, as it needs."""
    return console.width if console.is_terminal else 200


def show(*parts: RenderableType) -> None:
    """Tables and texts, as wide as the terminal; where there is none, as wide as it needs."""
    # What does not fit on a line goes on the next; nothing is cut off.
    _Console(width()).print(*parts, sep="\n", crop=False)


def table_of(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """The first `MOST_ROWS` rows; columns named with a trailing > hold numbers, which stay whole."""
    table = Table(title=title, title_justify="left", title_style="bold")
    every = [list(row) for row in rows]
    for place, column in enumerate(columns):
        if column.endswith(">"):
            widest = max((len(row[place]) for row in every[:MOST_ROWS]), default=0)
            table.add_column(Text(column.rstrip(">")), justify="right", no_wrap=True, min_width=widest)
        else:
            table.add_column(Text(column), overflow="fold")
    for row in every[:MOST_ROWS]:
        table.add_row(*(Text(cell) for cell in row))
    if len(every) > MOST_ROWS:
        table.caption = f"and {len(every) - MOST_ROWS:,} more"
    return table


def warn(message: str) -> None:
    """One line on standard error about what is not as it should be, and does not stop us."""
    print(f"econonexus: warning: {' '.join(message.split())}", file=sys.stderr)


def moment(time: int) -> str:
    """An instant in ns UTC, as a person reads it, to the millisecond."""
    seconds, rest = divmod(time, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest // 1_000_000:03}"


def money(amount: int, asset: str = CREDIT) -> str:
    """An amount with thousands set apart and its unit."""
    return f"{amount:,} {'µcr' if asset == CREDIT else f'µ{asset}'}"


@contextlib.contextmanager
def progress(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something long goes on; nothing where nobody looks."""
    bar = Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
