"""The first story: the same agents, calls and provider, through one gateway and then through the other."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import httpx2

from econonexus.bootstrap import open_reader
from econonexus.cli.demo import gateways
from econonexus.cli.demo.agents import everybody
from econonexus.cli.demo.gateways import Open
from econonexus.cli.demo.hour import MODES, PERIOD_S, Hour, HourOutcome, play
from econonexus.cli.demo.outcome import Gateway, Outcome, outcome_of
from econonexus.cli.demo.promises import play_promises
from econonexus.cli.demo.screen import (
    HourReport,
    Report,
    conclude,
    introduce,
    show_outcome,
    watching,
    watching_hour,
)
from econonexus.cli.demo.workload import Workload
from econonexus.cli.exits import ANSWER_IS_NO, DONE
from econonexus.cli.output import write_json
from econonexus.cli.verifying import verify_journal
from econonexus.domain.kinds import Mechanism


def tell_the_runaway(work: Workload, hour: Hour, folder: Path, keep: Path | None, as_json: bool) -> int:
    """Play the work through both gateways and say what came of it; the exit code.

    `keep` is where the user finds the folder afterwards, if that was wanted. Raises: CommandFailed,
    Discrepancy, JournalFault.
    """
    if not as_json:
        introduce(work)
    theirs, ours, records = asyncio.run(_play(work, folder, (lambda _: None) if as_json else show_outcome))
    modes = [_play_hour(number, hour, mechanism) for number, mechanism in enumerate(MODES, 1)]
    report = Report(
        work.seed,
        list(work.traces),
        work.seconds,
        work.speed,
        work.traced,
        len(work.asks),
        [theirs, ours],
        ours.overspent_ucr,
        records,
        HourReport(len(hour.wishes), hour.capacity, PERIOD_S, hour.seconds, modes),
        play_promises(),
    )
    if as_json:
        write_json(report)
    else:
        conclude(report, keep)
    return ANSWER_IS_NO if ours.overspent_ucr else DONE


def _play_hour(number: int, hour: Hour, mechanism: Mechanism) -> HourOutcome:
    with watching_hour(number, mechanism.value, hour.seconds) as watch:
        return play(hour, mechanism, watch)


async def _play(
    work: Workload, folder: Path, shown: Callable[[Outcome], None]
) -> tuple[Outcome, Outcome, int]:
    """Both outcomes, and how many records of our journal were verified; `shown` is told of each at once."""
    async with gateways.provider(work) as far:
        theirs = await _run(1, "check_then_record", work, far, gateways.check_then_record(work, far))
        shown(theirs)
        ours = await _run(2, "econonexus", work, far, gateways.econonexus(work, far, folder))
        shown(ours)
    async with open_reader(folder / "node") as reader:
        findings = await verify_journal(reader.journal)
    return theirs, ours, findings.records


async def _run(
    number: int,
    gateway: Gateway,
    work: Workload,
    far: str,
    opened: contextlib.AbstractAsyncContextManager[Open],
) -> Outcome:
    with watching(number, gateway, work.seconds) as watch:
        async with opened as ready:
            async with httpx2.AsyncClient(base_url=ready.url, limits=httpx2.Limits()) as connection:
                notes = await everybody(connection, ready.keys, work, watch)
            return outcome_of(gateway, work, notes, await ready.spent(), await gateways.bill(far, gateway))
