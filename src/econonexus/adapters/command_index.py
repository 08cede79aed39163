"""Finding a command's first record by the key its caller gave, for journals in SQLite.

The table maps a hash of the key to sequences and is filled in sorted bulk; what is not in it yet is in
memory, and is read from the journal again when it is opened. A hash is only a hint: the journal's own row
says whether it is the command.
"""

import hashlib
from collections.abc import Sequence
from functools import cache

import apsw

from econonexus.ports import CommandKey, JournalFenced, StoredRecord

BULK = 20_000
"""Keys are sorted into the table in bulks of this many."""
KEYS_PER_STATEMENT = 128


class CommandIndex:
    """Where commands are in one journal. Used in the journal's thread only, in its transactions."""

    def __init__(self, connection: apsw.Connection, beside_writer: bool = False) -> None:
        self._connection = connection
        self._beside_writer = beside_writer
        self._recent: dict[CommandKey, int] = {}
        self._since_bulk = 0
        """Records since keys were last sorted in, with a key or without."""
        self.load()

    def load(self) -> None:
        """Read again what is not in the table yet."""
        rows: list[tuple[str, str, int]] = self._connection.execute(
            "SELECT caller, command, sequence FROM journal"
            " WHERE sequence > (SELECT sequence FROM indexed) AND command IS NOT NULL"
        ).fetchall()  # type: ignore[assignment]  # The schema is STRICT.
        self._recent = {(caller, command): sequence for caller, command, sequence in rows}

    def find(self, keys: Sequence[CommandKey]) -> dict[CommandKey, int]:
        """The sequence of the first record of each command that is there."""
        if self._beside_writer:
            self.load()  # The writer goes on without telling us.
        found = {key: self._recent[key] for key in keys if key in self._recent}
        others = [key for key in keys if key not in self._recent]
        for start in range(0, len(others), KEYS_PER_STATEMENT):
            found |= self._in_table(others[start : start + KEYS_PER_STATEMENT])
        return found

    def check_new(self, records: Sequence[StoredRecord]) -> None:
        """Raises: JournalFenced if one of the recent commands is there already, or comes twice."""
        new: set[CommandKey] = set()
        for record in records:
            if record.key is None:
                continue
            if record.key in self._recent or record.key in new:
                caller, command = record.key
                raise JournalFenced(f"command {command} of {caller} is there already")
            new.add(record.key)

    def add(self, records: Sequence[StoredRecord]) -> None:
        """Take in what is being appended, and now and then sort the recent keys into the table."""
        for record in records:
            if record.key is not None:
                self._recent[record.key] = record.sequence
        self._since_bulk += len(records)
        if len(self._recent) >= BULK or self._since_bulk >= 10 * BULK:
            rows = sorted((_hash(key), sequence) for key, sequence in self._recent.items())
            self._connection.executemany("INSERT OR IGNORE INTO command VALUES (?, ?)", rows)
            self._connection.execute("UPDATE indexed SET sequence = ?", (records[-1].sequence,))
            self._recent, self._since_bulk = {}, 0

    def _in_table(self, keys: Sequence[CommandKey]) -> dict[CommandKey, int]:
        """Among the rows of the same hashes, those that really are the commands."""
        values: list[int | str] = []
        for key in keys:
            values += (_hash(key), *key)
        rows: list[tuple[str, str, int]] = self._connection.execute(
            _find_statement(len(keys)), values
        ).fetchall()  # type: ignore[assignment]
        return {(caller, command): sequence for caller, command, sequence in rows}


@cache
def _find_statement(keys: int) -> str:
    """CROSS JOIN keeps the tables in this order: a look at the index for each key."""
    return (
        f"WITH wanted(key, caller, command) AS (VALUES {','.join(['(?,?,?)'] * keys)})"
        " SELECT wanted.caller, wanted.command, journal.sequence FROM wanted"
        " CROSS JOIN command ON command.key = wanted.key"
        " CROSS JOIN journal ON journal.sequence = command.sequence"
        " WHERE journal.command = wanted.command AND journal.caller = wanted.caller"
    )


def _hash(key: CommandKey) -> int:
    name = "\n".join(key).encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
