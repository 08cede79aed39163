"""The journal in one SQLite file: write-ahead log, a sync with every append.

All SQLite work is done in one thread of its own, so that a slow disk never stops the event loop. Rows
go in by many-row statements: a step of SQLite gives up the interpreter's lock, and one step per row
would fight for it with the event loop at every row.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import apsw
import msgspec

from econonexus.adapters import snapshot_files
from econonexus.adapters.command_index import CommandIndex
from econonexus.adapters.data_directory import DataDirectory, translate
from econonexus.adapters.head_page import HeadPage, read_head_page
from econonexus.adapters.sqlite_files import BUSY_MS, connect_to_read, copy_whole, create_private
from econonexus.ports import (
    GENESIS_HASH,
    Checkpoint,
    CommandKey,
    Head,
    JournalDamaged,
    JournalExists,
    JournalFault,
    JournalFenced,
    JournalFull,
    JournalMissing,
    JournalReadOnly,
    Snapshot,
    StoredRecord,
)

T = TypeVar("T")
P = ParamSpec("P")

APPLICATION_ID = 0x65636F6E  # "econ"
SCHEMA_VERSION = 1
ROWS_PER_STATEMENT = 128
ERASE_WAIT_MS = 200
CHECKPOINT_PAGES = 8_192
"""Pages in the write-ahead log before SQLite copies them into the file: 32 MiB."""

SCHEMA = """
CREATE TABLE journal(
  sequence INTEGER PRIMARY KEY,  -- 1, 2, 3, ... without a gap
  body     BLOB NOT NULL,        -- the record as JSON
  hash     BLOB NOT NULL,        -- SHA-256 of the previous hash followed by body
  caller   TEXT,                 -- where the caller chose the command's id, on its first record
  command  TEXT
) STRICT;
-- Where to look for a command: a hash of its key, for all records up to `indexed`. The last few thousand
-- are kept in memory and sorted in together: random keys one by one would dirty a page each.
CREATE TABLE command(key INTEGER, sequence INTEGER, PRIMARY KEY (key, sequence)) STRICT, WITHOUT ROWID;
CREATE TABLE indexed(sequence INTEGER NOT NULL) STRICT;
INSERT INTO indexed VALUES (0);
-- Private values, outside the chain: {"field": ["salt", "value"]}. Rows may be deleted.
CREATE TABLE aside(sequence INTEGER PRIMARY KEY, fields BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(sequence INTEGER PRIMARY KEY, signed BLOB NOT NULL) STRICT;
"""

REMEDY = "restore a backup (`econonexus restore`), or keep the directory as evidence and ask for help"

_Row = tuple[int, bytes, bytes, str | None, str | None]
_Value = int | bytes | str | None


class SqliteJournal:
    """The journal of an embedded node. `open` one to write, `open_to_read` beside a running node."""

    def __init__(
        self, directory: DataDirectory, connection: apsw.Connection, head_page: HeadPage | None
    ) -> None:
        self._directory = directory
        self._connection = connection
        self._head_page = head_page
        self._commands = CommandIndex(connection, beside_writer=head_page is None)
        self._thread = ThreadPoolExecutor(1, "econonexus journal")
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> "SqliteJournal":
        """Open, or make, the journal of a data directory and take the directory's lock.

        Raises: JournalLocked, JournalDamaged, JournalReadOnly, JournalFull, JournalFault.
        """
        directory = DataDirectory(path)
        directory.create()
        directory.lock()
        try:
            with _faults(directory.journal):
                connection = _connect(directory.journal)
                _prepare(connection, directory.journal)
                head_page = HeadPage(directory.head)
                _check_head(head_page.read(), connection, directory.journal)
                head_page.write(_last(connection))
                return cls(directory, connection, head_page)
        except BaseException:
            directory.unlock()
            raise

    @classmethod
    def open_to_read(cls, path: Path) -> "SqliteJournal":
        """Open a journal for reading only, also while a node writes to it.

        Raises: JournalMissing, JournalDamaged, JournalFault.
        """
        directory = DataDirectory(path)
        with _faults(directory.journal):
            if not directory.journal.is_file():
                raise JournalMissing(f"there is no journal in {path}; name the node's data directory")
            # First how far it had come, then the journal: a node may write meanwhile, but never back.
            safe = read_head_page(directory.head)
        return cls._open_to_read(directory, safe)

    @classmethod
    def open_backup(cls, backup: Path) -> "SqliteJournal":
        """Open a backup for reading only. Raises: JournalMissing, JournalDamaged, JournalFault."""
        with _faults(backup):
            if not backup.is_file():
                raise JournalMissing(
                    f"there is no backup {backup}; name a file that `econonexus backup` wrote"
                )
        directory = DataDirectory(backup.parent)
        directory.journal = backup
        directory.snapshots = backup / "snapshots"  # There are none: those beside it are not its own.
        return cls._open_to_read(directory, Head(0, GENESIS_HASH))

    @classmethod
    def _open_to_read(cls, directory: DataDirectory, safe: Head) -> "SqliteJournal":
        with _faults(directory.journal):
            connection = connect_to_read(directory.journal)
            _check_schema(connection, directory.journal)
            _check_head(safe, connection, directory.journal)
            return cls(directory, connection, None)

    @staticmethod
    def restore(backup: Path, path: Path) -> None:
        """Make a data directory's journal from a backup; the directory must be new, or empty.

        Raises: JournalExists, JournalLocked, JournalFault.
        """
        directory = DataDirectory(path)
        directory.create()
        directory.lock()
        try:
            left = directory.leftovers()
            if left:
                raise JournalExists(
                    f"{path} holds {left[0]} already; name a new directory, nothing is overwritten"
                )
            with _faults(directory.journal):
                source = connect_to_read(backup)
                try:
                    copy_whole(source, directory.journal)
                finally:
                    source.close()
        finally:
            directory.unlock()

    async def head(self) -> Head:
        """The last record."""
        return await self._run(_last, self._connection)

    async def append(self, records: Sequence[StoredRecord], after: int) -> None:
        """Add records in one transaction and sync. Raises: JournalFenced, JournalFull, JournalFault."""
        await self._run(self._append, records, after)

    async def read(self, after: int, limit: int) -> list[StoredRecord]:
        """Up to `limit` records that follow `after`. Raises: JournalDamaged."""
        return await self._run(self._read, after, limit)

    async def find(self, keys: Sequence[CommandKey]) -> dict[CommandKey, int]:
        """Where the commands that are there begin."""
        return await self._run(self._commands.find, keys)

    async def erase(self, sequence: int) -> bool:
        """Overwrite the private values of a record."""
        return await self._run(self._erase, sequence)

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Write a snapshot to a file of its own; the journal's writer is not in its way."""
        await self._run(snapshot_files.save, self._directory.snapshots, snapshot)

    async def load_snapshot(self) -> Snapshot | None:
        """The newest snapshot. Raises: JournalDamaged."""
        return await self._run(snapshot_files.load_newest, self._directory.snapshots)

    async def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a signed checkpoint."""
        row = (checkpoint.sequence, msgspec.json.encode(checkpoint))
        await self._run(self._connection.execute, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", row)

    async def checkpoints(self) -> list[Checkpoint]:
        """All signed checkpoints, oldest first."""
        return await self._run(self._checkpoints)

    async def close(self) -> None:
        """Close the file and give the directory back."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        finally:
            self._thread.shutdown()
            if self._head_page is not None:
                self._head_page.close()
            self._directory.unlock()

    async def back_up(self, target: Path, progress: Callable[[int, int], None]) -> None:
        """Copy the journal as it stands now into one new file, beside a running node.

        `progress` is told pages done and pages in all. Raises: JournalFault, also if `target` exists.
        """
        await self._run(copy_whole, self._connection, target, progress)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise JournalFault("the journal is closed")
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._guarded(work, *args, **kwargs)
        )

    def _guarded(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with _faults(self._directory.journal):
            return work(*args, **kwargs)

    # In the journal's thread.

    def _append(self, records: Sequence[StoredRecord], after: int) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            last = connection.execute("SELECT ifnull(max(sequence), 0) FROM journal").get
            if last != after:
                raise JournalFenced(
                    f"the journal ends at record {last}, not {after}: somebody else wrote to it"
                )
            self._commands.check_new(records)
            _insert(connection, records)
            self._commands.add(records)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._commands.load()
            raise
        if self._head_page is not None:
            self._head_page.write(Head(records[-1].sequence, records[-1].hash))

    def _read(self, after: int, limit: int) -> list[StoredRecord]:
        rows: list[_Row] = self._connection.execute(
            "SELECT sequence, body, hash, caller, command FROM journal"
            " WHERE sequence > ? ORDER BY sequence LIMIT ?",
            (after, limit),
        ).fetchall()  # type: ignore[assignment]  # The schema is STRICT.
        if not rows:
            return []
        private: list[tuple[int, bytes]] = self._connection.execute(
            "SELECT sequence, fields FROM aside WHERE sequence BETWEEN ? AND ?", (rows[0][0], rows[-1][0])
        ).fetchall()  # type: ignore[assignment]  # The schema is STRICT.
        aside = dict(private)
        return [
            StoredRecord(
                sequence,
                body,
                link,
                (caller, command) if caller is not None and command is not None else None,
                aside.get(sequence),
            )
            for sequence, body, link, caller, command in rows
        ]

    def _erase(self, sequence: int) -> bool:
        self._connection.execute("DELETE FROM aside WHERE sequence = ?", (sequence,))
        erased = self._connection.changes() > 0
        # The log still has the row until it is emptied into the file, which a reader can prevent.
        self._connection.set_busy_timeout(ERASE_WAIT_MS)
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.BusyError as error:
            raise JournalFault(
                f"the private values of record {sequence} are erased, but a reader, perhaps a backup, keeps "
                "the log that still holds them; erase again when it is done"
            ) from error
        finally:
            self._connection.set_busy_timeout(BUSY_MS)
        return erased

    def _checkpoints(self) -> list[Checkpoint]:
        rows: list[tuple[bytes]] = self._connection.execute(
            "SELECT signed FROM checkpoint ORDER BY sequence"
        ).fetchall()  # type: ignore[assignment]  # The schema is STRICT.
        try:
            return [msgspec.json.decode(signed, type=Checkpoint) for (signed,) in rows]
        except (msgspec.DecodeError, UnicodeError) as error:
            raise JournalDamaged(
                f"a checkpoint in {self._directory.journal} is unreadable; {REMEDY}"
            ) from error


@cache
def _insert_statement(table: str, columns: int, rows: int) -> str:
    row = f"({','.join('?' * columns)})"
    return f"INSERT INTO {table} VALUES {','.join([row] * rows)}"


def _insert(connection: apsw.Connection, records: Sequence[StoredRecord]) -> None:
    rows: list[_Value] = []
    private: list[_Value] = []
    for record in records:
        caller, command = record.key or (None, None)
        rows += (record.sequence, record.body, record.hash, caller, command)
        if record.aside is not None:
            private += (record.sequence, record.aside)
    _insert_rows(connection, "journal", 5, rows)
    _insert_rows(connection, "aside", 2, private)


def _insert_rows(connection: apsw.Connection, table: str, columns: int, values: list[_Value]) -> None:
    """Insert rows of a table, whose values follow each other, many to a statement."""
    for start in range(0, len(values), columns * ROWS_PER_STATEMENT):
        chunk = values[start : start + columns * ROWS_PER_STATEMENT]
        connection.execute(_insert_statement(table, columns, len(chunk) // columns), chunk)


def _connect(path: Path) -> apsw.Connection:
    create_private(path)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MS)
    # What is deleted is overwritten; from the start, as a page that splits leaves old bytes behind too.
    connection.pragma("secure_delete", True)
    return connection


def _prepare(connection: apsw.Connection, path: Path) -> None:
    """Make the tables of a new journal, or check that they are ours; a file that is not is left as it is."""
    new = connection.pragma("user_version") == 0 and connection.pragma("application_id") == 0
    if not new:
        _check_schema(connection, path)
    elif connection.execute("SELECT count(*) FROM sqlite_schema").get:
        raise JournalFault(f"{path} is a database of something else; name another directory")
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    if new:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(SCHEMA)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", SCHEMA_VERSION)
        connection.execute("COMMIT")


def _check_schema(connection: apsw.Connection, path: Path) -> None:
    if connection.pragma("application_id") != APPLICATION_ID:
        raise JournalFault(f"{path} is not a journal of econonexus; name another directory")
    version = connection.pragma("user_version")
    if version != SCHEMA_VERSION:
        raise JournalFault(
            f"{path} is of schema {version}, this version reads {SCHEMA_VERSION}; upgrade econonexus"
        )


def _last(connection: apsw.Connection) -> Head:
    row = connection.execute("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, GENESIS_HASH)


def _check_head(safe: Head, connection: apsw.Connection, path: Path) -> None:
    """The journal must have the last record that is known to have been safe."""
    if not safe.sequence:
        return
    kept = connection.execute("SELECT hash FROM journal WHERE sequence = ?", (safe.sequence,)).get
    if kept is None:
        last = _last(connection).sequence
        raise JournalDamaged(
            f"{path} ends at record {last}, but record {safe.sequence} had been acknowledged: records "
            f"{last + 1} to {safe.sequence} are lost; restore a backup (`econonexus restore`), or delete "
            "journal.head to go on without them"
        )
    if kept != safe.hash:
        raise JournalDamaged(
            f"record {safe.sequence} of {path} is not the one that had been acknowledged; restore a backup "
            "(`econonexus restore`), or delete journal.head to go on with what is there"
        )


@contextlib.contextmanager
def _faults(path: Path) -> Iterator[None]:
    """The one place where SQLite's errors become faults of the port."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError) as error:
        raise JournalDamaged(f"{path} is damaged ({error}); {REMEDY}") from error
    except apsw.FullError as error:
        raise JournalFull(
            f"{path}: no room left; free some and start again, what was acknowledged is safe"
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise JournalReadOnly(f"{path} cannot be written to ({error}); mend its permissions") from error
    except apsw.ConstraintError as error:
        raise JournalFenced(f"{path}: a record or command is there already ({error})") from error
    except apsw.Error as error:
        raise JournalFault(f"{path}: {error}; see to the disk and start again") from error
    except OSError as error:
        raise translate(error, path) from error
