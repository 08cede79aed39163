"""The second story: a node under load, ended by SIGKILL, and what is in its journal afterwards."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from econonexus.audit.verify import Findings
from econonexus.bootstrap import open_node, open_reader
from econonexus.cli.demo.tables import say
from econonexus.cli.exits import ANSWER_IS_NO, DONE
from econonexus.cli.output import write_json
from econonexus.cli.verifying import verify_journal
from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, CallerId, CommandId
from econonexus.domain.money import Amount
from econonexus.node.node import Node

KILLS = 3
SECONDS_BETWEEN_KILLS = 1.5
CALLERS = 50
ACCOUNTS = [AccountId(f"agent-{i}") for i in range(10)]
OPERATOR = CallerId("operator")


@dataclass(frozen=True)
class Survival:
    """How many transfers were acknowledged, and how many of those are not in the journal."""

    acknowledged: int
    missing: int


def tell_the_crash(folder: Path, as_json: bool) -> int:
    """Kill a node under load, count what it lost, and say so; the exit code. Raises: Discrepancy."""
    if not as_json:
        say(f"\n[bold]A node killed {KILLS} times under load[/bold]\n")
        say(f"{CALLERS} callers move money; SIGKILL ends the process in the middle, and it starts again.\n")
    with Console(stderr=True).status("moving money and killing the node"):
        survival = kill_and_count(folder, KILLS, SECONDS_BETWEEN_KILLS)
        findings = asyncio.run(_verified(folder))
    if as_json:
        write_json({"kills": KILLS, **asdict(survival), "records_verified": findings.records})
    else:
        _show(survival, findings)
    return ANSWER_IS_NO if survival.missing else DONE


async def _verified(folder: Path) -> Findings:
    async with open_reader(folder) as reader:
        return await verify_journal(reader.journal)


def _show(survival: Survival, findings: Findings) -> None:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("kills", f"{KILLS}")
    table.add_row("transfers acknowledged", f"{survival.acknowledged:,}")
    table.add_row("of these in the journal exactly once", f"{survival.acknowledged - survival.missing:,}")
    table.add_row("lost", f"{survival.missing:,}")
    table.add_row("records verified by the second bookkeeper", f"{findings.records:,}")
    say(table, f"\n[bold]lost {survival.missing}[/bold]; ledger verify passed.")


def kill_and_count(folder: Path, kills: int, seconds: float) -> Survival:
    """Start a node under load in another process, kill it, start it again; then count."""
    acknowledged: list[str] = []
    for run in range(kills):
        program = f"from econonexus.cli.demo.crash import work; work({str(folder)!r}, {run})"
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as node:
            assert node.stdout is not None
            assert node.stdout.readline() == "ready\n"
            time.sleep(seconds)
            os.kill(node.pid, signal.SIGKILL)
        acknowledged += (folder / f"acknowledged-{run}").read_text().split()
    return Survival(len(acknowledged), asyncio.run(_missing(folder, acknowledged)))


async def _missing(folder: Path, names: list[str]) -> int:
    async with open_reader(folder) as reader:
        found = await reader.journal.find([(OPERATOR, name) for name in names])
    return len(set(names)) - len(found)


def work(folder: str, run: int) -> None:
    """Move money for ever, and write down the name of each transfer once it is acknowledged."""
    asyncio.run(_work(folder, run))


async def _work(folder: str, run: int) -> None:
    async with open_node(folder) as node:
        if run == 0:
            await _furnish(node)
        # What is written without a buffer survives the process, as a client's memory would.
        notebook = os.open(Path(folder, f"acknowledged-{run}"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(1, b"ready\n")

        async def caller(worker: int) -> None:
            i = 0
            while True:
                name = CommandId(f"{run}-{worker}-{i}")
                source, destination = ACCOUNTS[(worker + i) % 10], ACCOUNTS[(worker + i + 1) % 10]
                await node.submit(c.Transfer(source, destination, Amount(1 + i % 7)), OPERATOR, name)
                os.write(notebook, f"{name}\n".encode())
                i += 1

        await asyncio.gather(*(caller(worker) for worker in range(CALLERS)))


async def _furnish(node: Node) -> None:
    for account in ACCOUNTS:
        await node.submit(c.OpenAccount(account, account), OPERATOR)
        await node.submit(c.Mint(account, Amount(10**9)), OPERATOR)
