"""Journals that keep callers waiting, or die at a chosen moment."""

import asyncio
import enum
from collections.abc import Sequence

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.ports import JournalFault, StoredRecord


class SlowJournal(MemoryJournal):
    """Appends wait at a gate; a test opens and shuts it. Every append is noted by its length."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.appends: list[int] = []
        self._passes: int | None = None

    def let_pass(self, appends: int) -> None:
        """Open the gate for so many appends."""
        self._passes = appends
        self.gate.set()

    async def append(self, records: Sequence[StoredRecord], after: int) -> None:
        await self.gate.wait()
        if self._passes is not None:
            self._passes -= 1
            if not self._passes:
                self.gate.clear()
        await super().append(records, after)
        self.appends.append(len(records))


class Moment(enum.Enum):
    """When in an append the machine dies."""

    BEFORE = "before anything is written"
    INSIDE = "half-way, so that a transaction is lost"
    AFTER = "when all is safe and nobody has been told"


class FaultyJournal(MemoryJournal):
    """Dies for good at the append of number `crash_at`, counted from 1. `reopen` has what survived."""

    def __init__(self, crash_at: int, moment: Moment) -> None:
        super().__init__()
        self._crash_at = crash_at
        self._moment = moment
        self._appends = 0
        self.crashed = False

    async def append(self, records: Sequence[StoredRecord], after: int) -> None:
        self._check_open()
        self._appends += 1
        if self._appends < self._crash_at:
            await super().append(records, after)
            return
        match self._moment:
            case Moment.INSIDE:
                lost = self.reopen()
                await lost.append(records[: len(records) // 2], after)
            case Moment.AFTER:
                await super().append(records, after)
        self.crashed = True
        raise JournalFault(f"the machine died {self._moment.value}")

    def _check_open(self) -> None:
        if self.crashed:
            raise JournalFault("the machine is dead")
        super()._check_open()
