"""Same journal, any process, any hash seed: the same state."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.system_clock import SystemClock
from econonexus.domain.ids import CallerId, CommandId
from econonexus.domain.state import State
from econonexus.node.engine import Engine
from econonexus.node.recovery import take_snapshot
from tests.nodes import digest, pay, started, submitted
from tests.strategies import opening
from tests.virtual_time import run

ROOT = Path(__file__).parents[2]
REPLAY = """
import asyncio, pathlib, sys
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.node.recovery import recover

async def main():
    journal = SqliteJournal.open_to_read(pathlib.Path(sys.argv[1]))
    print((await recover(journal)).economy.state.digest())
    await journal.close()

asyncio.run(main())
"""


async def _filled(directory: Path, snapshot: bool) -> str:
    """A journal with a bit of everything, and perhaps a snapshot; the digest of its state."""
    journal = SqliteJournal.open(directory)
    engine = await Engine.start(journal, SystemClock())
    for number, command in enumerate(opening()):
        await engine.submit(command, CallerId("operator"), CommandId(f"o{number}"))
    for number in range(50):
        await engine.submit(pay(number, "a private word"), CallerId("ann"), CommandId(f"p{number}"))
    state = await engine.read(State.digest)
    await engine.stop()
    if snapshot:
        await take_snapshot(journal)
    await journal.close()
    return state


@pytest.mark.parametrize("snapshot", [False, True], ids=["whole", "from a snapshot"])
def test_another_process_with_another_hash_seed_finds_the_same_state(tmp_path: Path, snapshot: bool) -> None:
    state = asyncio.run(_filled(tmp_path, snapshot))
    for seed in ("0", "1", "4294967295"):
        found = subprocess.run(
            [sys.executable, "-c", REPLAY, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip() == state


def test_the_same_seed_gives_the_same_journal_byte_by_byte() -> None:
    async def life() -> tuple[bytes, str]:
        journal = MemoryJournal()
        engine = await started(journal)
        tasks = [submitted(engine, pay(number + 1), f"p{number}") for number in range(50)]
        for task in tasks:
            await task
        return (await journal.head()).hash, await digest(engine)

    for seed in range(5):
        assert run(life(), seed) == run(life(), seed)
