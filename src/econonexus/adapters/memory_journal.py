"""A journal in memory: for simulations and tests, where losing it with the process is what is wanted."""

from collections.abc import Sequence

import msgspec

from econonexus.ports import (
    GENESIS_HASH,
    Checkpoint,
    CommandKey,
    Head,
    JournalFault,
    JournalFenced,
    Snapshot,
    StoredRecord,
)


class MemoryJournal:
    """Keeps everything as long as the object lives; a closed one can be opened again with `reopen`."""

    def __init__(self) -> None:
        self._records: list[StoredRecord] = []
        self._keys: dict[CommandKey, int] = {}
        self._snapshot: Snapshot | None = None
        self._checkpoints: list[Checkpoint] = []
        self._closed = False

    def reopen(self) -> "MemoryJournal":
        """Another journal with the same content, as after a restart."""
        other = MemoryJournal()
        other._records = list(self._records)
        other._keys = dict(self._keys)
        other._snapshot = self._snapshot
        other._checkpoints = list(self._checkpoints)
        return other

    async def head(self) -> Head:
        """The last record."""
        self._check_open()
        if not self._records:
            return Head(0, GENESIS_HASH)
        return Head(self._records[-1].sequence, self._records[-1].hash)

    async def append(self, records: Sequence[StoredRecord], after: int) -> None:
        """Add records, all or none. Raises: JournalFenced."""
        self._check_open()
        if len(self._records) != after:
            raise JournalFenced(f"the journal ends at record {len(self._records)}, not {after}")
        keys = [(record.key, record.sequence) for record in records if record.key is not None]
        new = dict(keys)
        if len(new) < len(keys) or new.keys() & self._keys.keys():
            raise JournalFenced("a command is there already")
        self._keys |= new
        self._records += records

    async def read(self, after: int, limit: int) -> list[StoredRecord]:
        """Up to `limit` records that follow `after`."""
        self._check_open()
        return self._records[after : after + limit]

    async def find(self, keys: Sequence[CommandKey]) -> dict[CommandKey, int]:
        """Where the commands that are there begin."""
        self._check_open()
        return {key: self._keys[key] for key in keys if key in self._keys}

    async def erase(self, sequence: int) -> bool:
        """Forget the private values of a record."""
        self._check_open()
        if not 1 <= sequence <= len(self._records):
            return False
        record = self._records[sequence - 1]
        self._records[sequence - 1] = msgspec.structs.replace(record, aside=None)
        return record.aside is not None

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot."""
        self._check_open()
        self._snapshot = snapshot

    async def load_snapshot(self) -> Snapshot | None:
        """The newest snapshot."""
        self._check_open()
        return self._snapshot

    async def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a signed checkpoint."""
        self._check_open()
        self._checkpoints.append(checkpoint)

    async def checkpoints(self) -> list[Checkpoint]:
        """All signed checkpoints, oldest first."""
        self._check_open()
        return list(self._checkpoints)

    async def close(self) -> None:
        """Refuse everything from now on."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise JournalFault("the journal is closed")
