"""`econonexus demo`: what the product does, on this machine, in under a minute, and checked afterwards.

`story` plays the same work through two gateways, `crash` kills a node under load. The made-up provider, the
agents and the gateway of today live here too; nothing else imports them.
"""

import asyncio
import contextlib
import importlib.util
import math
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx2
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import Findings
from econonexus.bootstrap import open_reader
from econonexus.cli.demo.crash import Survival, kill_and_count
from econonexus.cli.demo.screen import Report, close, compare, introduce, say, show_outcome, show_reasons
from econonexus.cli.demo.workload import plan
from econonexus.cli.exits import ANSWER_IS_NO, DONE, CommandFailed, bad_input, fault
from econonexus.cli.output import write_json
from econonexus.cli.remote import Json
from econonexus.cli.verifying import verify_journal
from econonexus.ports import JournalFault

KILLS = 3
SECONDS_BETWEEN_KILLS = 1.5
SECONDS = 15.0
MOST_TRACES = 3


def demo(
    *,
    trace: Annotated[list[Path] | None, Parameter(negative="")] = None,
    speed: float | None = None,
    seconds: float = SECONDS,
    seed: int = 7,
    keep: Path | None = None,
    crash: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> int:
    """Show what it does, in under a minute: a runaway agent in front of a gateway of today, then of ours.

    Parameters
    ----------
    trace
        Calls to replay: a CSV file with TIMESTAMP, ContextTokens, GeneratedTokens. Up to three, one a team.
    speed
        So many seconds of the trace pass in one; without it, its first hour fits in.
    seconds
        How long each of the two gateways is used.
    seed
        Another seed, another workload; the same seed, the same.
    keep
        Keep the node's data in this new directory, to look at afterwards.
    crash
        The other story: a node killed under load, and what it lost.
    """
    _check(trace or [], speed, seconds)
    with _folder(keep) as folder, _faults_in_one_line():
        if crash:
            return _crash(folder, json)
        return _runaway(folder, trace or [], speed, seconds, seed, keep, json)


def _check(traces: list[Path], speed: float | None, seconds: float) -> None:
    if len(traces) > MOST_TRACES:
        raise bad_input(f"--trace: {len(traces)} files for {MOST_TRACES} teams; name one a team at most")
    if speed is not None and not (math.isfinite(speed) and speed > 0):
        raise bad_input("--speed must be above 0")
    if not 2 <= seconds <= 600:
        raise bad_input("--seconds must be 2 to 600")


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where the data goes: the directory to keep, which must be new, or one that is gone afterwards."""
    if keep is not None and keep.exists():
        raise bad_input(f"--keep: {keep} exists already; name a new directory")
    folder = Path(tempfile.mkdtemp(prefix="econonexus-demo-")) if keep is None else keep
    try:
        yield folder
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _faults_in_one_line() -> Iterator[None]:
    try:
        yield
    except JournalFault as error:
        raise fault(str(error)) from None
    except httpx2.HTTPError as error:
        raise fault(f"a server of the demo failed: {error}") from None
    except Discrepancy as discrepancy:
        raise CommandFailed(f"ledger verify failed: {discrepancy}", ANSWER_IS_NO) from None


def _runaway(
    folder: Path,
    traces: list[Path],
    speed: float | None,
    seconds: float,
    seed: int,
    keep: Path | None,
    as_json: bool,
) -> int:
    from econonexus.cli.demo.story import play

    if importlib.util.find_spec("openai") is None:
        raise fault("the demo's agents need the openai package; pip install 'econonexus[demo]'")
    work = plan(traces, seed, seconds, speed)
    if not as_json:
        introduce(work, traces)
    theirs, ours, records = asyncio.run(play(work, folder, (lambda _: None) if as_json else show_outcome))
    named = [str(path) for path in traces]
    report = Report(seed, named, seconds, work.speed, work.traced, len(work.asks), [theirs, ours], records)
    if as_json:
        write_json(report)
    else:
        compare(theirs, ours)
        show_reasons((theirs, ours))
        close(report, keep)
    return ANSWER_IS_NO if report.overspend_ucr else DONE


def _crash(folder: Path, as_json: bool) -> int:
    if not as_json:
        say(f"\n[bold]A node killed {KILLS} times under load[/bold]")
        say("Fifty callers move money; the process is ended by SIGKILL in the middle, and started again.\n")
    with Console(stderr=True).status("moving money and killing the node"):
        survival = kill_and_count(folder, KILLS, SECONDS_BETWEEN_KILLS)
        findings = asyncio.run(_verified(folder))
    if as_json:
        write_json({"kills": KILLS, **survival.__dict__, "records_verified": findings.records})
    else:
        _show_survival(survival, findings)
    return ANSWER_IS_NO if survival.missing else DONE


async def _verified(folder: Path) -> Findings:
    async with open_reader(folder) as reader:
        return await verify_journal(reader.journal)


def _show_survival(survival: Survival, findings: Findings) -> None:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("kills", f"{KILLS}")
    table.add_row("transfers acknowledged", f"{survival.acknowledged:,}")
    table.add_row("of these in the journal exactly once", f"{survival.acknowledged - survival.missing:,}")
    table.add_row("lost", f"{survival.missing:,}")
    table.add_row("records verified by the second bookkeeper", f"{findings.records:,}")
    say(table, f"[bold]lost {survival.missing}[/bold]; ledger verify passed.")
