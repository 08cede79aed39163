"""How the command line shows things: tables for people, JSON for programs, progress on standard error."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from econonexus.domain.ids import CREDIT, SECOND

console = Console(highlight=False)


def write_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def show(table: Table) -> None:
    """A table, as wide as the terminal; where there is none, as wide as it needs."""
    width = None if console.is_terminal else 200
    Console(highlight=False, width=width).print(table)


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
