"""Any commands at all on a real node, restarted and killed again and again: all ten invariants, all along.

`SOAK_COMMANDS` sets how many commands the long run takes; `make soak` takes a million.
"""

import os
import pickle
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

import msgspec
import pytest

from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.node.recovery import recover, take_snapshot
from tests.soak.pool import drawn
from tests.soak.witness import Witness
from tests.soak.worker import Look

ROOT = Path(__file__).parents[2]
EVERY = 1_000
"""Commands between two looks."""
LONG = int(os.environ.get("SOAK_COMMANDS", "1000000"))


class Soak:
    """A node on disk and its witness, life after life."""

    def __init__(self, directory: Path, pool: Path, seed: int) -> None:
        self.directory = directory
        self.pool = pool
        self.rng = random.Random(seed)
        self.witness = Witness()
        self.fared: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.lives = 0

    async def run(self, commands: int, looks_per_life: int) -> None:
        """Live until so many commands were asked; the last life is stopped in order."""
        while self.fared.total() < commands:
            if self.lives % 10 == 0:
                print(f"{self.fared.total():,} commands, {self.witness.looks:,} looks", flush=True)
            left = -(-(commands - self.fared.total()) // EVERY)
            await self._live(min(left, self.rng.randint(1, looks_per_life)), left)
        await self._replay_all()

    async def _live(self, looks: int, left: int) -> None:
        arguments = [str(self.directory), str(self.pool), str(self.lives)]
        self.lives += 1
        with subprocess.Popen(  # noqa: ASYNC220  # Nothing else runs here.
            [sys.executable, "-m", "tests.soak.worker", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            _heard(worker.stdout, "ready")
            for _ in range(looks):
                worker.stdin.write(f"{EVERY}\n")
                worker.stdin.flush()
                look = msgspec.json.decode(_heard(worker.stdout, "look"), type=Look)
                self.fared.update(look.fared)
                await self._look(look.sequence, look.digest)
            if looks < left and self.rng.random() < 0.5:
                await self._kill(worker, worker.stdin, worker.stdout)
            else:
                worker.stdin.write("stop\n")
                worker.stdin.flush()
                _heard(worker.stdout, "stopped")
                self.ends["stopped in order"] += 1
        await self._between_lives()

    async def _kill(self, worker: "subprocess.Popen[str]", asked: IO[str], said: IO[str]) -> None:
        """Kill it in the middle of its work: what it acknowledged must be there, and nothing half done."""
        asked.write(f"{EVERY}\n")
        asked.flush()
        acknowledged = 0
        for _ in range(self.rng.randint(1, 30)):
            acknowledged = max(acknowledged, int(_heard(said, "done")))
        worker.kill()
        worker.wait()
        self.ends["killed"] += 1
        self.fared["lost sight of"] += EVERY // 2
        journal = SqliteJournal.open(self.directory)
        last = (await journal.head()).sequence
        await journal.close()
        assert last >= acknowledged
        await self._look(last, None)

    async def _look(self, sequence: int, digest: str | None) -> None:
        journal = SqliteJournal.open_to_read(self.directory)
        await self.witness.follow(journal, sequence)
        await journal.close()
        self.witness.look(digest)

    async def _between_lives(self) -> None:
        """Now and then the next life begins from a snapshot."""
        if self.rng.random() < 0.4:
            journal = SqliteJournal.open(self.directory)
            await take_snapshot(journal)
            await journal.close()
            self.ends["snapshot taken"] += 1

    async def _replay_all(self) -> None:
        """From the first record and from the newest snapshot, the state is the one that was watched."""
        journal = SqliteJournal.open_to_read(self.directory)
        last = (await journal.head()).sequence
        await self.witness.follow(journal, last)
        recovered = await recover(journal)
        await journal.close()
        assert recovered.economy.state.digest() == self.witness.economy.state.digest()
        self.witness.look()


def _heard(stream: IO[str], word: str) -> str:
    """The rest of the next line that begins with a word."""
    for line in stream:
        first, _, rest = line.rstrip("\n").partition(" ")
        if first == word:
            return rest
    raise AssertionError("the worker ended before its time; it says why on standard error")


async def soaked(folder: Path, commands: int, pool_size: int, looks_per_life: int, seed: int) -> Soak:
    """A soak of so many commands."""
    pool = folder / "pool"
    pool.write_bytes(pickle.dumps(drawn(pool_size, seed)))
    soak = Soak(folder / "data", pool, seed)
    (folder / "data").mkdir()
    await soak.run(commands, looks_per_life)
    return soak


async def test_a_short_life(tmp_path: Path) -> None:
    soak = await soaked(tmp_path, commands=3_000, pool_size=1_200, looks_per_life=2, seed=7)

    assert soak.witness.looks >= 3
    assert soak.fared["accepted"] > 400
    assert soak.witness.events["AuctionCleared"] > 0


@pytest.mark.soak
async def test_a_million_commands(tmp_path: Path) -> None:
    began = time.monotonic()
    soak = await soaked(tmp_path, commands=LONG, pool_size=20_000, looks_per_life=25, seed=2_026)

    assert soak.witness.looks >= LONG // EVERY
    minutes = (time.monotonic() - began) / 60
    print(f"\n{soak.fared.total():,} commands in {minutes:.0f} min, {soak.witness.head.sequence:,} records,")
    print(f"{soak.witness.looks:,} looks, {soak.lives} lives: {dict(soak.ends)}")
    for counts in (soak.fared, soak.witness.events):
        for name, count in counts.most_common():
            print(f"{count:>9,}  {name}")
