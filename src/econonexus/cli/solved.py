"""What `econonexus clear` has to say about one file, for a program and for a person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

MOST_ROWS = 50


@dataclass(frozen=True)
class Solved:
    """The answer as plain values, its tables, and whether every check that was asked for holds."""

    answer: dict[str, object]
    tables: Callable[[], Iterable[RenderableType]]
    sound: bool = True

    def show(self, title: str) -> None:
        """Print the tables under the name of the file."""
        console = Console(highlight=False, markup=False, emoji=False)
        console.print(Text(title, style="bold"))
        for table in self.tables():
            console.print(table)


def table_of(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> RenderableType:
    """A table of texts; columns named with a trailing > are aligned to the right. Long ones are cut short."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(Text(column.rstrip(">")), justify="right" if column.endswith(">") else "left")
    every = list(rows)
    for row in every[:MOST_ROWS]:
        table.add_row(*(Text(cell) for cell in row))
    if len(every) > MOST_ROWS:
        table.caption = f"and {len(every) - MOST_ROWS:,} more"
    return table
