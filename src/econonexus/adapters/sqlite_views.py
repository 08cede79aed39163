"""The views in a SQLite file of their own, so that they are never in the journal's way.

The file may be deleted at any time: it is built anew from the journal. It is therefore not synced
with every write.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import apsw

from econonexus.adapters.data_directory import translate
from econonexus.adapters.sqlite_files import connect_to_read, create_private
from econonexus.ports import Entry, JournalFault, Quote, QuoteKey, Rating, Spend

T = TypeVar("T")
P = ParamSpec("P")

SCHEMA_VERSION = 6
ROWS_PER_STATEMENT = 128
LOW = 2**32 - 1
CHECKPOINT_PAGES = 8_192
"""Pages in the write-ahead log before SQLite copies and syncs them: 32 MiB, so that it is rare."""

SCHEMA = """
CREATE TABLE entry(
  account TEXT NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
  amount INTEGER NOT NULL, held INTEGER NOT NULL, balance_after INTEGER NOT NULL, held_after INTEGER NOT NULL,
  counterparty TEXT NOT NULL, about TEXT NOT NULL, code TEXT NOT NULL, reference TEXT NOT NULL
) STRICT;
CREATE INDEX entry_account ON entry(account, sequence);
-- A sum of amounts may be greater than an integer here, so it is kept in two: high * 2**32 + low. Neither
-- half can grow too great before an account has paid two thousand million times within the hour. What was
-- used and not paid is kept likewise.
CREATE TABLE spend(
  hour INTEGER NOT NULL, account TEXT NOT NULL, budget TEXT NOT NULL, code TEXT NOT NULL,
  high INTEGER NOT NULL, low INTEGER NOT NULL, times INTEGER NOT NULL,
  unpaid_high INTEGER NOT NULL, unpaid_low INTEGER NOT NULL, unpaid_times INTEGER NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (hour, account, budget, code, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE quote(
  market TEXT NOT NULL, time INTEGER NOT NULL, item TEXT NOT NULL, kind TEXT NOT NULL,
  price INTEGER, low INTEGER, high INTEGER,
  sold INTEGER NOT NULL, wanted INTEGER NOT NULL, supply INTEGER NOT NULL,
  PRIMARY KEY (market, time, item, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE rating(
  owner TEXT NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, contract TEXT NOT NULL,
  verdict TEXT NOT NULL, weight INTEGER NOT NULL, credibility INTEGER NOT NULL,
  score INTEGER NOT NULL, lower_bound INTEGER NOT NULL, reliability INTEGER NOT NULL,
  performance INTEGER NOT NULL, honesty INTEGER NOT NULL, cooperation INTEGER NOT NULL,
  raters TEXT NOT NULL,
  PRIMARY KEY (owner, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE position(sequence INTEGER NOT NULL) STRICT;
INSERT INTO position VALUES (0);
"""

_ADD_SPEND = """
INSERT INTO spend VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE
SET high = high + excluded.high, low = low + excluded.low, times = times + excluded.times,
  unpaid_high = unpaid_high + excluded.unpaid_high, unpaid_low = unpaid_low + excluded.unpaid_low,
  unpaid_times = unpaid_times + excluded.unpaid_times
"""
# A sum that leaves the integers becomes a real number that is greater than all of them.
_ADD_QUOTE = """
INSERT INTO quote VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE
SET price = coalesce(excluded.price, price),
  low = min(coalesce(low, excluded.low), coalesce(excluded.low, low)),
  high = max(coalesce(high, excluded.high), coalesce(excluded.high, high)),
  sold = min(9223372036854775807, sold + excluded.sold),
  wanted = min(9223372036854775807, wanted + excluded.wanted),
  supply = min(9223372036854775807, supply + excluded.supply)
"""
_QUOTES_AFTER = """
SELECT * FROM quote WHERE market = ? AND (time, item, kind) > (?, ?, ?) AND time < ?
ORDER BY time, item, kind LIMIT ?
"""
_LAST_QUOTES = """
SELECT * FROM (
  SELECT * FROM quote WHERE market = ? AND time < ? ORDER BY time DESC, item DESC, kind DESC LIMIT ?
) ORDER BY time, item, kind
"""
_ADD_RATING = "INSERT INTO rating VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RATINGS_AFTER = "SELECT * FROM rating WHERE owner = ? AND sequence > ? ORDER BY sequence LIMIT ?"
_LAST_RATINGS = """
SELECT * FROM (SELECT * FROM rating WHERE owner = ? ORDER BY sequence DESC LIMIT ?) ORDER BY sequence
"""
_STATEMENT = """
SELECT * FROM (
  SELECT rowid AS line, * FROM entry WHERE account = ? AND sequence > ? AND sequence <= ?
  ORDER BY sequence DESC, line DESC LIMIT ?
) ORDER BY line
"""
_LAST = "SELECT * FROM entry WHERE account = ? ORDER BY sequence DESC, rowid DESC LIMIT 1"


class SqliteViews:
    """Statements, spend, prices and records of an embedded node."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "econonexus views")
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> "SqliteViews":
        """Open the views, or make them; those of another version are made anew. Raises: JournalFault."""
        try:
            connection = _connect(path)
            if connection.pragma("user_version") != SCHEMA_VERSION:
                connection.close()
                for part in ("", "-wal", "-shm"):
                    path.with_name(path.name + part).unlink(missing_ok=True)
                connection = _connect(path)
                connection.execute("BEGIN")
                connection.execute(SCHEMA)
                connection.pragma("user_version", SCHEMA_VERSION)
                connection.execute("COMMIT")
        except apsw.Error as error:
            raise _fault(path, error) from error
        except OSError as error:
            raise translate(error, path) from error
        return cls(path, connection)

    @classmethod
    def open_to_read(cls, path: Path) -> "SqliteViews | None":
        """The views as a node keeps them, or None where there are none that can be read."""
        try:
            if not path.is_file():
                return None
            connection = connect_to_read(path)
            if connection.pragma("user_version") == SCHEMA_VERSION:
                return cls(path, connection)
        except (apsw.Error, OSError):
            pass  # They are only a shortcut; the journal has everything.
        return None

    async def position(self) -> int:
        """The sequence up to which the views are complete."""
        return await self._run(self._position)

    async def add(
        self,
        entries: Sequence[Entry],
        spend: Sequence[Spend],
        position: int,
        quotes: Sequence[Quote] = (),
        ratings: Sequence[Rating] = (),
    ) -> None:
        """Add lines in one transaction and move the position."""
        await self._run(self._add, entries, spend, position, quotes, ratings)

    async def clear(self) -> None:
        """Forget everything."""
        await self._run(
            self._connection.execute,
            "DELETE FROM entry; DELETE FROM spend; DELETE FROM quote; DELETE FROM rating; "
            "UPDATE position SET sequence = 0",
        )

    async def last_entries(self, accounts: Sequence[str]) -> dict[str, Entry]:
        """The last line of each account that has one."""
        return await self._run(self._last_entries, accounts)

    async def statement(
        self, account: str, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Entry]:
        """The account's lines, oldest first."""
        bounds = (account, after, 2**63 - 1 if until is None else until, -1 if limit is None else limit)
        return await self._run(self._statement, bounds)

    async def spend(self, from_hour: int = 0, to_hour: int | None = None) -> list[Spend]:
        """What was spent in a span of hours."""
        return await self._run(self._spend, from_hour, 2**62 if to_hour is None else to_hour)

    async def quotes(
        self, market: str, after: QuoteKey | None = None, until: int | None = None, limit: int | None = None
    ) -> list[Quote]:
        """A market's prices, oldest first."""
        end, most = 2**63 - 1 if until is None else until, -1 if limit is None else limit
        if after is None:
            return await self._run(self._quotes, _LAST_QUOTES, (market, end, most))
        return await self._run(self._quotes, _QUOTES_AFTER, (market, *after, end, most))

    async def ratings(self, owner: str, after: int | None = None, limit: int | None = None) -> list[Rating]:
        """What was said of an owner, oldest first."""
        most = -1 if limit is None else limit
        if after is None:
            return await self._run(self._ratings, _LAST_RATINGS, (owner, most))
        return await self._run(self._ratings, _RATINGS_AFTER, (owner, after, most))

    async def close(self) -> None:
        """Close the file."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
            self._thread.shutdown()

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise JournalFault("the views are closed")
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._guarded(work, *args, **kwargs)
        )

    def _guarded(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except apsw.Error as error:
            raise _fault(self._path, error) from error

    # In the views' thread.

    def _position(self) -> int:
        position: int = self._connection.execute("SELECT sequence FROM position").get
        return position

    def _add(
        self,
        entries: Sequence[Entry],
        spend: Sequence[Spend],
        position: int,
        quotes: Sequence[Quote],
        ratings: Sequence[Rating],
    ) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for start in range(0, len(entries), ROWS_PER_STATEMENT):
                chunk = entries[start : start + ROWS_PER_STATEMENT]
                values = list(itertools.chain.from_iterable(chunk))
                connection.execute(_insert_statement(len(chunk)), values)
            halves = (
                (*row[:4], *_halved(row.amount), row.times, *_halved(row.unpaid), row.unpaid_times, row.kind)
                for row in spend
            )
            connection.executemany(_ADD_SPEND, halves)
            connection.executemany(_ADD_QUOTE, quotes)
            connection.executemany(_ADD_RATING, ratings)
            connection.execute("UPDATE position SET sequence = ?", (position,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _last_entries(self, accounts: Sequence[str]) -> dict[str, Entry]:
        found = {}
        for account in accounts:
            row: tuple[str, int, int, str, int, int, int, int, str, str, str, str] | None
            row = self._connection.execute(_LAST, (account,)).fetchone()
            if row is not None:
                found[account] = Entry(*row)
        return found

    def _statement(self, bounds: tuple[str, int, int, int]) -> list[Entry]:
        rows: list[tuple[int, str, int, int, str, int, int, int, int, str, str, str, str]]
        rows = self._connection.execute(_STATEMENT, bounds).fetchall()  # type: ignore[assignment]  # STRICT.
        return [Entry(*row[1:]) for row in rows]

    def _spend(self, from_hour: int, to_hour: int) -> list[Spend]:
        rows: list[tuple[int, str, str, str, int, int, int, int, int, int, str]]
        rows = self._connection.execute(
            "SELECT * FROM spend WHERE hour >= ? AND hour < ?", (from_hour, to_hour)
        ).fetchall()  # type: ignore[assignment]  # STRICT.
        return [
            Spend(*row[:4], (row[4] << 32) + row[5], row[6], (row[7] << 32) + row[8], *row[9:])
            for row in rows
        ]

    def _quotes(self, sql: str, bounds: tuple[str | int, ...]) -> list[Quote]:
        rows: list[tuple[str, int, str, str, int | None, int | None, int | None, int, int, int]]
        rows = self._connection.execute(sql, bounds).fetchall()  # type: ignore[assignment]  # STRICT.
        return [Quote(*row) for row in rows]

    def _ratings(self, sql: str, bounds: tuple[str | int, ...]) -> list[Rating]:
        rows: list[tuple[str, int, int, str, str, int, int, int, int, int, int, int, int, str]]
        rows = self._connection.execute(sql, bounds).fetchall()  # type: ignore[assignment]  # STRICT.
        return [Rating(*row) for row in rows]


def _connect(path: Path) -> apsw.Connection:
    create_private(path)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(10_000)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "normal")
    connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
    return connection


def _halved(amount: int) -> tuple[int, int]:
    """An amount in two; of one below 0, the high half is."""
    return amount >> 32, amount & LOW


@cache
def _insert_statement(rows: int) -> str:
    return "INSERT INTO entry VALUES " + ",".join(["(?,?,?,?,?,?,?,?,?,?,?,?)"] * rows)


def _fault(path: Path, error: apsw.Error) -> JournalFault:
    return JournalFault(f"{path}: {error}; the views can be deleted, they are made anew from the journal")
