"""`econonexus demo`: what the product does, on this machine, in under a minute, and checked afterwards.

`story` plays the same work through two gateways, `hour` a whole hour under three mechanisms, and `promises`
a task with three providers; `crash` kills a node under load. The made-up provider, the agents and the gateway
of today live here too; nothing else imports them.
"""

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

from econonexus.audit.books import Discrepancy
from econonexus.cli.demo.crash import tell_the_crash
from econonexus.cli.demo.hour import plan_hour
from econonexus.cli.demo.story import tell_the_runaway
from econonexus.cli.demo.workload import plan
from econonexus.cli.exits import ANSWER_IS_NO, CommandFailed, bad_input, fault
from econonexus.cli.remote import Json
from econonexus.ports import JournalFault

SECONDS = 12.0
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
    """Show what it does, in under a minute: a runaway agent in front of a gateway of today, then of ours;
    an hour of calls for scarce tokens under three mechanisms; and a task whose providers break their word.

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
    traces = trace or []
    _check(traces, speed, seconds)
    if crash and (traces or speed is not None):
        raise bad_input("--crash is a story of its own, without a trace; leave out --trace and --speed")
    with _folder(keep) as folder, _faults_in_one_line():
        if crash:
            return tell_the_crash(folder, json)
        if importlib.util.find_spec("openai") is None:
            raise fault("the demo's agents need the openai package; pip install 'econonexus[demo]'")
        with Console(stderr=True).status("reading the work"):
            work, hour = plan(traces, seed, seconds, speed), plan_hour(traces, seed)
        return tell_the_runaway(work, hour, folder, keep, json)


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
    try:
        folder = Path(tempfile.mkdtemp(prefix="econonexus-demo-")) if keep is None else keep
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise fault(f"--keep: {keep}: {error.strerror}") from None
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
