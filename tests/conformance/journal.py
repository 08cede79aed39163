"""Which journals the conformance suite runs on. A new adapter adds its factory to `FACTORIES`, no more."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.ports import GENESIS_HASH, CommandKey, Journal, StoredRecord


class Place(NamedTuple):
    """Somewhere a journal is kept, between one opening and the next."""

    open: Callable[[], Awaitable[Journal]]
    """Open the journal; the one opened before is closed."""


class Factory(NamedTuple):
    """How to come by journals of one kind."""

    name: str
    place: Callable[[Path], AsyncIterator[Place]]
    """Make an empty place, in or beside a directory that is the test's own, and clean up after it."""


async def _in_memory(_: Path) -> AsyncIterator[Place]:
    journal = MemoryJournal()

    async def open_again() -> Journal:
        nonlocal journal
        journal = journal.reopen()
        return journal

    yield Place(open_again)


async def _in_sqlite(directory: Path) -> AsyncIterator[Place]:
    async def open_file() -> Journal:
        return SqliteJournal.open(directory / "data")

    yield Place(open_file)


FACTORIES = [Factory("memory", _in_memory), Factory("sqlite", _in_sqlite)]


def record(
    sequence: int, previous: bytes, key: CommandKey | None = None, aside: bytes | None = None
) -> StoredRecord:
    """A record as any might be; journals do not look inside."""
    body = f'{{"sequence":{sequence}}}'.encode()
    return StoredRecord(sequence, body, hashlib.sha256(previous + body).digest(), key, aside)


def chain(number: int, after: StoredRecord | None = None, keys: bool = False) -> list[StoredRecord]:
    """So many records that follow one another."""
    records: list[StoredRecord] = []
    link, first = (GENESIS_HASH, 1) if after is None else (after.hash, after.sequence + 1)
    for sequence in range(first, first + number):
        records.append(record(sequence, link, ("ann", f"c{sequence}") if keys else None))
        link = records[-1].hash
    return records
