"""What the demo's parts share of what they show: texts, tables, dollars."""

from rich import box
from rich.console import Console
from rich.table import Table

from econonexus.cli.demo.cast import MILLION
from econonexus.cli.output import console

WIDTH = 100
"""How wide texts are where there is no terminal."""


def say(*parts: object, whole: bool = False) -> None:
    """Texts and tables on standard output, as wide as the terminal. `whole` lines, to copy, stay whole."""
    width = None if console.is_terminal else WIDTH
    Console(highlight=False, width=width).print(*parts, sep="\n", crop=False, soft_wrap=whole)


def table_of(title: str) -> Table:
    """A table under a title, without columns yet."""
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )


def dollars(amount_ucr: int) -> str:
    """An amount of credits as dollars; to the cent, or smaller where a cent would hide it."""
    digits = 2 if amount_ucr == 0 or amount_ucr >= MILLION // 100 else 6
    return f"${amount_ucr / MILLION:,.{digits}f}"
