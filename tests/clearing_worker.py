"""A node with a solver that never answers, to be killed: `python -m tests.clearing_worker DIRECTORY`."""

import asyncio
import os
import sys
from pathlib import Path

from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.system_clock import SystemClock
from econonexus.node.clearing import Clearing
from econonexus.node.engine import Engine
from econonexus.ports import OnSolving, Task
from tests.offices import close


class Hung:
    """Says that it was asked, and nothing more."""

    async def solve(self, task: Task, on_progress: OnSolving | None = None) -> None:
        os.write(1, b"solving\n")
        await asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        """There is nothing to end."""


async def main(directory: Path) -> None:
    engine = await Engine.start(SqliteJournal.open(directory), SystemClock())
    clearing = Clearing(engine, Hung())  # type: ignore[arg-type]  # It never answers.
    await close(engine)
    await asyncio.sleep(60)
    await clearing.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
