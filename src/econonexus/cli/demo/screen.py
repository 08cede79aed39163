"""What the demo shows: how far it is, then tables for people; for programs one JSON document."""

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from econonexus.cli.demo.agents import LOOP_AT_ONCE, LOOP_BEGINS, Notes
from econonexus.cli.demo.cast import ORGANISATION, RUNAWAY
from econonexus.cli.demo.hour import PATIENCE_S, HourOutcome
from econonexus.cli.demo.outcome import PARTS, TEAMMATES, Outcome
from econonexus.cli.demo.promises import PromisesOutcome
from econonexus.cli.demo.promises_shown import show_promises
from econonexus.cli.demo.tables import dollars, say, table_of
from econonexus.cli.demo.workload import SLOTS, Workload

TITLES = {
    "check_then_record": "Check the budget, call, record the cost afterwards",
    "econonexus": "EconoNexus: reserve, call, settle; weighted fair shares of the provider",
}
SHORT = {"check_then_record": "check, then record", "econonexus": "EconoNexus"}
NAMES = {RUNAWAY: f"  {RUNAWAY}", TEAMMATES: "  its teammates", ORGANISATION: "all"}
MECHANISMS = {
    "first_come": "first come",
    "weighted_fair": "weighted fair",
    "uniform_price": "uniform price",
}
BARS = "▁▂▃▄▅▆▇█"
EVERY_S = 5.0
"""So often progress is told where nobody can watch a bar."""
MOST_REASONS = 4


class HourReport(msgspec.Struct, frozen=True):
    """The hour for scarce tokens, under each mechanism."""

    asked: int
    """How many calls there are, the runaway's aside."""
    capacity: int
    """Tokens in a period."""
    period_s: int
    seconds: float
    outcomes: list[HourOutcome]


class Report(msgspec.Struct, frozen=True):
    """All that came of it, for programs."""

    seed: int
    traces: list[str]
    """Empty for the built-in work."""
    seconds: float
    speed: float
    traced: int
    """How many calls the trace has in that time."""
    asked: int
    """How many of them were made, the runaway's aside."""
    outcomes: list[Outcome]
    overspent_ucr: int
    """What was overspent through EconoNexus."""
    records_verified: int
    hour: HourReport
    promises: PromisesOutcome


def introduce(work: Workload) -> None:
    """What is about to be played."""
    named = escape(", ".join(Path(trace).name for trace in work.traces))
    source = named or "a built-in hour, as bursty as public traces are"
    share = "" if work.traced == len(work.asks) else f" thinned to {len(work.asks):,},"
    say(
        "\n[bold]Three teams share a budget and a model; one agent is stuck in a loop[/bold]\n",
        f"The work is {source}: {work.traced:,} calls,{share} {work.speed:,.0f} × as fast as they were. "
        f"The model, far away, answers {SLOTS} calls at once. Limits nest: organisation, team, agent; "
        f"1 credit is 1 US dollar. After {LOOP_BEGINS * work.seconds:.0f} s the agent {RUNAWAY} begins "
        f"to call for ever, {LOOP_AT_ONCE} calls at a time.\n",
    )


@contextlib.contextmanager
def watching(number: int, gateway: str, seconds: float) -> Iterator[Callable[[Notes], None]]:
    """Shows how a run goes on standard error: a bar on a terminal, else a line now and then."""
    label = f"{number} of 2  {SHORT[gateway]}"
    if not sys.stderr.isatty():
        yield _told_now_and_then(label, seconds)
        return
    columns = (TextColumn(label), BarColumn(20), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=seconds)
        yield lambda notes: bar.update(
            task, completed=min(notes.elapsed_s(), seconds), description=_so_far(notes)
        )


@contextlib.contextmanager
def watching_hour(number: int, mechanism: str, seconds: float) -> Iterator[Callable[[float], None]]:
    """Shows how far the hour has come on standard error: a bar on a terminal, else that it begins."""
    label = f"the hour, {number} of {len(MECHANISMS)}  {MECHANISMS[mechanism]}"
    if not sys.stderr.isatty():
        print(label, file=sys.stderr, flush=True)
        yield lambda _: None
        return
    columns = (TextColumn(label), BarColumn(20), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=seconds)
        yield lambda at_s: bar.update(task, completed=at_s, description=f"{at_s / 60:.0f} min")


def _told_now_and_then(label: str, seconds: float) -> Callable[[Notes], None]:
    next_s = EVERY_S

    def told(notes: Notes) -> None:
        nonlocal next_s
        if next_s <= min(notes.elapsed_s(), seconds):
            print(f"{label}: {next_s:.0f} of {seconds:.0f} s, {_so_far(notes)}", file=sys.stderr, flush=True)
            next_s += EVERY_S

    return told


def _so_far(notes: Notes) -> str:
    served = sum(seen.served for seen in notes.seen)
    return f"{served:,} served, {len(notes.seen) - served:,} refused"


def show_outcome(found: Outcome) -> None:
    """One run as a table, a line per team."""
    table = table_of(TITLES[found.gateway])
    table.add_column("team", no_wrap=True)
    for column in ("served", "waited\np50 ms", "waited\np95 ms", "refused", "spent", "limit", "overspent"):
        table.add_column(column, justify="right", no_wrap=True)
    for line in found.lines:
        over = dollars(line.overspent_ucr) if line.overspent_ucr else "0"
        table.add_row(
            NAMES.get(line.name, line.name),
            f"{line.served:,}",
            _number(line.waited_p50_ms),
            _number(line.waited_p95_ms),
            f"{line.refused:,}",
            dollars(line.spent_ucr),
            "" if line.limit_ucr is None else dollars(line.limit_ucr),
            Text(over, style="red" if line.overspent_ucr else ""),
            style="dim" if line.name in (TEAMMATES, RUNAWAY) else "",
            end_section=line.name == RUNAWAY,
        )
    say(table)


def conclude(report: Report, keep: Path | None) -> None:
    """Both runs side by side, who was refused, what is proven, and what to try next."""
    _compare(*report.outcomes)
    _draw(report.outcomes)
    _show_reasons(report.outcomes)
    _show_hour(report.hour)
    show_promises(report.promises)
    _close(report, keep)


def _compare(theirs: Outcome, ours: Outcome) -> None:
    table = table_of("What the loop did")
    table.add_column("")
    for found in (theirs, ours):
        table.add_column(SHORT[found.gateway], justify="right")
    rows: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
        ("overspent", lambda of: dollars(of.overspent_ucr) if of.overspent_ucr else "0"),
        ("p95 wait of everybody else before it began", lambda of: _ms(of.neighbours_p95_before_ms)),
        ("p95 wait of everybody else from then on", lambda of: _ms(of.neighbours_p95_after_ms)),
        ("calls of everybody else refused", lambda of: f"{of.neighbours_refused:,}"),
        ("the provider's bill", lambda of: dollars(of.billed_ucr)),
    )
    for title, cell in rows:
        table.add_row(title, cell(theirs), cell(ours))
    say(table)


def _draw(outcomes: Sequence[Outcome]) -> None:
    """The waits of everybody else as bars, to one scale, with the moment at which the loop begins."""
    highest = max((wait for found in outcomes for wait in found.neighbours_p95_ms if wait), default=1.0)
    picture = Table.grid(padding=(0, 2, 0, 0))
    for found in outcomes:
        waits = found.neighbours_p95_ms
        most = _ms(max((wait for wait in waits if wait is not None), default=None))
        picture.add_row(f" {SHORT[found.gateway]}", bars(waits, highest), f"at most {most}")
    picture.add_row("", " " * int(LOOP_BEGINS * PARTS) + "▲ the loop begins")
    say("[bold]p95 wait of everybody else, over time[/bold]\n", picture, "")


def bars(values: Sequence[float | None], highest: float) -> str:
    """One bar a value, an eighth to eight eighths of the line; nothing for None."""
    steps = len(BARS) - 1
    return "".join(" " if value is None else BARS[round(value / highest * steps)] for value in values)


def _show_reasons(outcomes: Sequence[Outcome]) -> None:
    table = table_of("Who was refused, and why")
    for column in ("by", "agent"):
        table.add_column(column, no_wrap=True)
    table.add_column("times", justify="right")
    table.add_column("why, in its last words")
    for found in outcomes:
        for place, reason in enumerate(found.refusals[:MOST_REASONS]):
            by = SHORT[found.gateway] if place == 0 else ""
            table.add_row(by, reason.agent, f"{reason.times:,}", Text(f"{reason.code}: {reason.why}"))
        if not found.refusals:
            table.add_row(SHORT[found.gateway], "nobody", "0", "")
        rest = found.refusals[MOST_REASONS:]
        if rest:
            table.add_row("", f"{len(rest)} more", f"{sum(reason.times for reason in rest):,}", "")
        table.add_section()
    say(table)


def _show_hour(hour: HourReport) -> None:
    """Every team under each mechanism, one below the other."""
    say(
        "[bold]One hour, three mechanisms[/bold]\n",
        f"{hour.asked:,} calls want tokens, of which there are {hour.capacity:,} every {hour.period_s} s: "
        f"enough for the teams' own work on average, too few in a burst; and the loop wants all of them. "
        f"A call waits {PATIENCE_S:.0f} s at most. "
        "A token is worth most to support and least to research; what the loop "
        "makes is worth nothing. It is the economy itself that plays, in virtual time.\n",
    )
    table = table_of("Who was served, after how long, for how much")
    for column in ("team", "mechanism"):
        table.add_column(column, no_wrap=True)
    for column in ("asked", "served", "", "waited\np50 s", "waited\np95 s", "spent", "value served"):
        table.add_column(column, justify="right", no_wrap=True)
    best = max(outcome.lines[-1].value_ucr for outcome in hour.outcomes)
    for place in range(len(hour.outcomes[0].lines)):
        for outcome in hour.outcomes:
            line = outcome.lines[place]
            first, last = outcome is hour.outcomes[0], outcome is hour.outcomes[-1]
            top = line.name == "all" and line.value_ucr == best
            table.add_row(
                line.name if first else "",
                MECHANISMS[outcome.mechanism],
                f"{line.asked:,}",
                f"{line.served:,}",
                f"{line.served / max(1, line.asked):.0%}",
                _seconds(line.waited_p50_ms),
                _seconds(line.waited_p95_ms),
                dollars(line.spent_ucr),
                Text(dollars(line.value_ucr), style="bold green" if top else ""),
                end_section=last,
            )
    say(table)


def _seconds(wait_ms: float | None) -> str:
    return "–" if wait_ms is None else f"{wait_ms / 1_000:,.1f}"


def _close(report: Report, keep: Path | None) -> None:
    books = f"ledger verify passed: {report.records_verified:,} records, recomputed by a second bookkeeper"
    over = dollars(report.overspent_ucr) if report.overspent_ucr else "0"
    say(f"[bold]overspend {over}[/bold] through EconoNexus; {books}.\n", "Try next:")
    for command, what in _next(keep):
        say(Text.assemble((f"  # {what}\n", "dim"), f"  {command}"), whole=True)


def _next(keep: Path | None) -> list[tuple[str, str]]:
    us = _program()
    if keep is None:
        return [
            (f"{us} demo --keep demo-data", "keep the node's data, to look inside"),
            (f"{us} demo --trace FILE", "your own calls; docs/demo.md says how"),
            (f"{us} demo --crash", "a node killed under load, and what it lost: nothing"),
            (f"{us} up", "a node of your own"),
        ]
    node = shlex.quote(str(keep / "node"))
    return [
        (f"{us} ledger verify --data {node}", "recompute everything from the journal"),
        (f"{us} ledger statement {RUNAWAY} --data {node}", "what the runaway bought"),
        (f"{us} ledger export --format csv --data {node} | head", "every posting"),
        (f"{us} up --data {node}", "the node again, with its agents"),
    ]


def _program() -> str:
    """How to call us: by name where the shell finds it, else by where `make` has put it."""
    if shutil.which("econonexus"):
        return "econonexus"
    beside = Path(sys.executable).with_name("econonexus")
    return shlex.quote(os.path.relpath(beside)) if beside.exists() else "python -m econonexus"


def _number(wait_ms: float | None) -> str:
    return "–" if wait_ms is None else f"{wait_ms:,.0f}"


def _ms(wait_ms: float | None) -> str:
    return "–" if wait_ms is None else f"{wait_ms:,.0f} ms"
