"""Interleaved pairs and their median: the one way in which every benchmark here compares."""

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measured line: our figure, the peer's where there is one, and what was hoped for."""

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


@dataclass
class Report:
    """The rows of one run, grouped by title, printed as they come so that long work shows progress."""

    console: Console = field(default_factory=lambda: Console(width=140))
    groups: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, group: str, row: Row) -> None:
        """Keep a row and say it at once."""
        self.groups.setdefault(group, []).append(row)
        ratio = "" if row.ratio is None else f"  {row.ratio:.3g} ×"
        against = f"  against {row.peer}" if row.peer else ""
        print(f"  {group}: {row.what}: {row.ours}{against}{ratio}", file=sys.stderr, flush=True)

    def show(self) -> None:
        """Print every group as a table."""
        for title, rows in self.groups.items():
            table = Table(title=title, title_justify="left", expand=False)
            for column in ("what", "ours", "peer", "ratio", "goal", "met"):
                table.add_column(column, justify="left" if column in ("what", "peer", "goal") else "right")
            for row in rows:
                met = "" if row.met is None else ("yes" if row.met else "NO")
                ratio = "" if row.ratio is None else f"{row.ratio:.3g} ×"
                table.add_row(row.what, row.ours, row.peer, ratio, row.goal, met)
            self.console.print(table)


@dataclass(frozen=True)
class Pair:
    """Medians over interleaved runs; `ratio` is the median of the ratios pair by pair."""

    ours: float
    peer: float
    ratio: float


def interleave(ours: Callable[[], float], peer: Callable[[], float], pairs: int = 5) -> Pair:
    """Run `ours` and `peer` in turn, `pairs` times; each returns a rate (higher is better)."""
    figures = [(ours(), peer()) for _ in range(pairs)]
    return Pair(
        ours=statistics.median(a for a, _ in figures),
        peer=statistics.median(b for _, b in figures),
        ratio=statistics.median(a / b for a, b in figures),
    )


def median_of(measure: Callable[[], float], runs: int = 5) -> float:
    """The median of `runs` measurements."""
    return statistics.median(measure() for _ in range(runs))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]
