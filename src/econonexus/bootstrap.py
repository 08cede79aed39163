"""The choice: the only place that names adapters, and how a program opens a node.

Run as a program, `python -m econonexus.bootstrap DIRECTORY` makes a snapshot of a journal: that is
how a node has its snapshots made, in a process beside its own.
"""

import asyncio
import contextlib
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple

from econonexus.adapters.data_directory import DataDirectory, write_safely
from econonexus.adapters.mock_model import MockModel
from econonexus.adapters.nacl_signer import NaclSigner, is_genuine, is_signed
from econonexus.adapters.process_solver import ProcessSolver
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.sqlite_views import SqliteViews
from econonexus.adapters.system_clock import SystemClock
from econonexus.config import MOCK, ModelSettings, Settings
from econonexus.node.engine import Engine, Limits
from econonexus.node.node import SNAPSHOT_EVERY, Node, Snapshotter
from econonexus.node.recovery import Progress, take_snapshot
from econonexus.ports import Journal, JournalFault, Model, Solver, Views


@contextlib.asynccontextmanager
async def open_node(
    path: str | Path,
    *,
    limits: Limits | None = None,
    snapshot_every: int = SNAPSHOT_EVERY,
    progress: Progress | None = None,
) -> AsyncIterator[Node]:
    """An embedded node on a data directory, which is made where it is new.

    On leaving, what is in hand is finished and the directory is free again. `progress` is told how
    far the replay has come. Raises: JournalLocked if another node has the directory, JournalFault.
    """
    directory = DataDirectory(Path(path))
    journal = SqliteJournal.open(directory.path)
    try:
        signer = NaclSigner(directory.signing_key)
        engine = await Engine.start(journal, SystemClock(), limits=limits, signer=signer, progress=progress)
    except BaseException:
        await journal.close()
        raise
    try:
        views = SqliteViews.open(directory.views)
    except BaseException:
        await engine.stop()
        await journal.close()
        raise
    node = Node(engine, journal, views, snapshotter(directory.path), snapshot_every, ProcessSolver())
    try:
        yield node
    finally:
        await node.stop()


__all__ = [
    "Reader",
    "admin_key_of",
    "back_up",
    "is_genuine",
    "is_signed",
    "models_of",
    "open_backup",
    "open_node",
    "open_reader",
    "open_solver",
    "restore",
    "snapshot",
]


def admin_key_of(path: Path) -> tuple[str, Path]:
    """The first admin key of a data directory, made where there is none yet, and the file that keeps it.

    Only whoever may read the directory may read it. Raises: JournalFault.
    """
    file = DataDirectory(path).admin_key
    try:
        if not file.exists():
            write_safely(file, f"enx_{secrets.token_urlsafe(32)}\n".encode())
        return file.read_text(encoding="ascii").strip(), file
    except (OSError, UnicodeDecodeError) as error:
        raise JournalFault(f"{file}: {error}; mend it, or delete it to have another key made") from None


class Reader(NamedTuple):
    """What can be read of a data directory beside its node."""

    journal: Journal
    views: Views | None


@contextlib.asynccontextmanager
async def open_reader(path: str | Path) -> AsyncIterator[Reader]:
    """A data directory for reading only. Raises: JournalMissing, JournalFault."""
    directory = DataDirectory(Path(path))
    journal = SqliteJournal.open_to_read(directory.path)
    views = SqliteViews.open_to_read(directory.views)
    try:
        yield Reader(journal, views)
    finally:
        if views is not None:
            await views.close()
        await journal.close()


@contextlib.asynccontextmanager
async def open_solver() -> AsyncIterator[Solver]:
    """What solves auctions of bundles, in processes that end on leaving."""
    solver = ProcessSolver()
    try:
        yield solver
    finally:
        await solver.close()


async def back_up(path: Path, target: Path, progress: Progress) -> None:
    """Copy a journal, as it stands now, into one new file; beside a running node too.

    Raises: JournalFault, also if `target` exists.
    """
    journal = SqliteJournal.open_to_read(path)
    try:
        await journal.back_up(target, progress)
    finally:
        await journal.close()


@contextlib.asynccontextmanager
async def open_backup(backup: Path) -> AsyncIterator[Journal]:
    """A backup for reading. Raises: JournalMissing, JournalDamaged, JournalFault."""
    journal = SqliteJournal.open_backup(backup)
    try:
        yield journal
    finally:
        await journal.close()


def restore(backup: Path, path: Path) -> None:
    """Put a backup in place as the journal of a data directory that has none.

    Raises: JournalExists if it has one, JournalLocked if a node has it, JournalFault.
    """
    SqliteJournal.restore(backup, path)


def snapshotter(path: Path) -> Snapshotter:
    """What makes a snapshot of a data directory in a process of its own, at low priority."""

    async def run() -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "econonexus.bootstrap", str(path), stderr=asyncio.subprocess.PIPE
            )
        except OSError as error:
            raise JournalFault(f"no snapshot process could be started: {error}") from error
        try:
            _, errors = await process.communicate()
        except asyncio.CancelledError:
            # The node is stopping; half a snapshot is no snapshot, and the next one makes up for it.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode:
            last_line = errors.decode(errors="replace").strip().rpartition("\n")[2]
            raise JournalFault(f"the snapshot process failed: {last_line}")

    return run


async def snapshot(path: Path, progress: Progress | None = None) -> int:
    """Make a snapshot of a journal, beside its node or without one; the record it was taken after."""
    journal = SqliteJournal.open_to_read(path)
    try:
        taken = await take_snapshot(journal, progress)
    finally:
        await journal.close()
    return taken.sequence


def models_of(settings: Settings, environment: Mapping[str, str]) -> dict[str, Model]:
    """The model behind every name that may be called. Nothing is connected to before the first call."""
    upstreams: dict[str, Model] = {}
    if settings.upstreams:
        # Imported here: a node that only has the mock need not wait for a client.
        from econonexus.adapters.openai_model import OpenAiModel

        for name, far in settings.upstreams.items():
            key = environment.get(far.key_env, "") if far.key_env else ""
            upstreams[name] = OpenAiModel(far.url, key, far.timeout_s, far.retries)
    own = {name: upstreams.get(model.upstream) or _mock(model) for name, model in settings.models.items()}
    return {MOCK: MockModel(), **own}


def _mock(model: ModelSettings) -> Model:
    return MockModel(model.first_token_ms / 1_000, model.token_ms / 1_000)


if __name__ == "__main__":
    os.nice(10)
    try:
        asyncio.run(snapshot(Path(sys.argv[1])))
    except JournalFault as failure:
        sys.exit(str(failure))
