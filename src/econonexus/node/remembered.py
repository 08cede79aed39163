"""Which commands were answered before, so that the same id never acts twice.

The latest are kept in memory; `complete` says whether these are all there ever were. Where they are
not, what is not in memory is looked up in the journal.
"""

import asyncio
from collections.abc import Sequence as Many

import msgspec

from econonexus.domain.ids import Duration, Instant, Sequence
from econonexus.node.records import Record
from econonexus.ports import CommandKey, Journal

MAX_COMMANDS = 2_000_000
MAX_AGE = Duration(24 * 3600 * 1_000_000_000)


class Known(msgspec.Struct, frozen=True, gc=False):
    """A command that was answered: where its first record is, and the digest of what was sent."""

    sequence: Sequence
    digest: str
    time: Instant


class Remembered:
    """The commands of the last `max_age`, at most `max_commands`, by the key their caller gave."""

    def __init__(self, max_commands: int = MAX_COMMANDS, max_age: Duration = MAX_AGE) -> None:
        self._max_commands = max_commands
        self._max_age = max_age
        self._known: dict[CommandKey, Known] = {}
        self.complete = True

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: CommandKey) -> Known | None:
        """What is known of a command, from memory alone."""
        return self._known.get(key)

    def add(self, record: Record) -> None:
        """Remember the command that a record answers, if its caller named it and this is its first record."""
        if record.digest:
            self._known[record.caller, record.command] = Known(record.sequence, record.digest, record.time)

    def forget_old(self, now: Instant, durable: Sequence) -> None:
        """Drop what is too old or too much; from then on memory is not complete.

        What comes after record `durable` stays: the journal could not tell of it yet.
        """
        known = self._known
        excess = len(known) - self._max_commands
        for key in _oldest(known, excess, now - self._max_age, durable):
            del known[key]
            self.complete = False


def _oldest(known: dict[CommandKey, Known], excess: int, horizon: int, durable: Sequence) -> list[CommandKey]:
    """The first `excess` keys, and those after them from before `horizon`; they stand in order of time."""
    keys: list[CommandKey] = []
    for key, command in known.items():
        if command.sequence > durable or (len(keys) >= excess and command.time >= horizon):
            break
        keys.append(key)
    return keys


class Lookups:
    """Finds commands in the journal; those asked for at one time are looked up together."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._keys: list[CommandKey] = []
        self._found: asyncio.Task[dict[CommandKey, int]] | None = None

    async def find(self, key: CommandKey) -> int | None:
        """The sequence of a command's first record, if the journal has it. Raises: JournalFault."""
        if self._found is None:
            self._keys = []
            self._found = asyncio.create_task(self._look_up(self._keys))
        self._keys.append(key)
        # One caller that is cancelled must not take the others with it.
        return (await asyncio.shield(self._found)).get(key)

    async def _look_up(self, keys: Many[CommandKey]) -> dict[CommandKey, int]:
        await asyncio.sleep(0)
        self._found = None
        return await self._journal.find(keys)
