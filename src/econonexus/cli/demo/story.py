"""The first story: the same agents, calls and provider, through one gateway and then through the other."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import httpx2

from econonexus.bootstrap import open_reader
from econonexus.cli.demo import gateways
from econonexus.cli.demo.agents import everybody
from econonexus.cli.demo.gateways import Open
from econonexus.cli.demo.outcome import Gateway, Outcome, outcome_of
from econonexus.cli.demo.screen import watching
from econonexus.cli.demo.workload import Workload
from econonexus.cli.verifying import verify_journal

Shown = Callable[[Outcome], None]


async def play(work: Workload, folder: Path, shown: Shown) -> tuple[Outcome, Outcome, int]:
    """Both outcomes, and how many records of our node's journal were verified; `shown` sees each at once.

    Raises: CommandFailed, Discrepancy, JournalFault.
    """
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
