"""Which commands were answered before, so that the same id never acts twice.

The latest are kept in memory; `complete` says whether these are all there ever were. Where they are
not, what is not in memory is looked up in the journal.
"""

import asyncio

import msgspec

from econonexus.domain.ids import Duration, Instant, Sequence
from econonexus.node.records import Record
from econonexus.node.shared import Shared
from econonexus.ports import CommandKey, Journal, JournalFault

MAX_COMMANDS = 2_000_000
MAX_AGE = Duration(24 * 3600 * 1_000_000_000)


class Known(msgspec.Struct, frozen=True, gc=False):
    """A command that was answered: where its first record is, and the digest of what was sent."""

    sequence: Sequence
    digest: str
    time: Instant


class Remembered:
    """The commands of the last `max_age` at least, at most `max_commands`, by the key their caller gave.

    Kept as two generations, of which the older is dropped whole: forgetting one by one would walk over
    all that was forgotten before, as a dictionary does.
    """

    def __init__(self, max_commands: int = MAX_COMMANDS, max_age: Duration = MAX_AGE) -> None:
        self._max_young = max(1, max_commands // 2)
        self._max_age = max_age
        self._young: dict[CommandKey, Known] = {}
        self._old: dict[CommandKey, Known] = {}
        self._young_since: Instant | None = None
        self._newest = Sequence(0)
        self._newest_old = Sequence(0)
        self.complete = True
        """Whether these are all the commands there ever were."""

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: CommandKey) -> Known | None:
        """What is known of a command, from memory alone."""
        return self._young.get(key) or self._old.get(key)

    def is_new(self, key: CommandKey) -> bool:
        """Whether it is certain, from memory alone, that a command was never answered."""
        return self.complete and key not in self._young and key not in self._old

    def add(self, record: Record) -> None:
        """Remember the command that a record answers, if its caller named it and this is its first record."""
        if record.digest:
            self._young[record.caller, record.command] = Known(record.sequence, record.digest, record.time)
            self._newest = record.sequence
            if self._young_since is None:
                self._young_since = record.time

    def forget_old(self, now: Instant, durable: int) -> None:
        """Where memory is full or old, drop its older half; from then on it is not complete.

        What comes after record `durable` stays: the journal could not tell of it yet.
        """
        if self._young_since is None or self._newest_old > durable:
            return
        if len(self._young) < self._max_young and now - self._young_since < self._max_age:
            return
        self.complete = self.complete and not self._old
        self._old, self._young = self._young, {}
        self._newest_old, self._young_since = self._newest, None


class Lookups:
    """Finds commands in the journal; those asked for at one time are looked up together."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._asked: tuple[list[CommandKey], Shared[dict[CommandKey, int]]] | None = None
        self._work: asyncio.Task[None] | None = None

    async def find(self, key: CommandKey) -> int | None:
        """The sequence of a command's first record, if the journal has it. Raises: JournalFault."""
        if self._asked is None:
            found: Shared[dict[CommandKey, int]] = Shared()
            self._asked = ([], found)
            self._work = asyncio.create_task(self._look_up(*self._asked))
        keys, found = self._asked
        keys.append(key)
        return (await found).get(key)

    async def _look_up(self, keys: list[CommandKey], found: Shared[dict[CommandKey, int]]) -> None:
        await asyncio.sleep(0)  # Whoever is ready to run gets to ask, too.
        self._asked = None
        try:
            found.set_result(await self._journal.find(keys))
        except BaseException as fault:
            found.set_exception(
                fault if isinstance(fault, Exception) else JournalFault("the look-up was stopped")
            )
            if not isinstance(fault, Exception):
                raise
