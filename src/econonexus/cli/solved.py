"""What `econonexus clear` has to say about one file, for a program and for a person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from econonexus.cli.output import show


@dataclass(frozen=True)
class Solved:
    """The answer as plain values, its tables, whether every check that was asked for holds, and what of the
    file nothing was made of.
    """

    answer: dict[str, object]
    tables: Callable[[], Iterable[RenderableType]]
    sound: bool = True
    ignored: tuple[str, ...] = ()

    def show(self, title: str) -> None:
        """Print the tables under the name of the file."""
        show(Text(title, style="bold"), *self.tables())
