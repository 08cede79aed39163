"""Where durable records can be followed: the latest from memory, older ones from the journal.

A follower that falls behind reads the journal and never slows the writer down.
"""

import asyncio
import itertools
from collections import deque

from econonexus.node.records import Record, unseal
from econonexus.ports import Journal

KEPT = 20_000
"""So many of the latest records stay in memory."""


class Relay:
    """The durable end of the journal, for any number of followers."""

    def __init__(self, journal: Journal, position: int) -> None:
        self._journal = journal
        self._recent: deque[list[Record]] = deque()
        self._kept = 0
        self._grown = asyncio.Event()
        self.position = position
        """The sequence of the last durable record."""
        self.closed = False
        """Whether no more will come."""

    def publish(self, records: list[Record]) -> None:
        """Let followers see records that have just become durable."""
        self._recent.append(records)
        self._kept += len(records)
        while self._kept > KEPT and len(self._recent) > 1:
            self._kept -= len(self._recent.popleft())
        self.position = records[-1].sequence
        self._wake()

    def close(self) -> None:
        """Tell followers that no more will come."""
        self.closed = True
        self._wake()

    async def after(self, sequence: int, limit: int) -> list[Record]:
        """Up to `limit` records that follow `sequence`; waits for the first, empty once closed."""
        if not await self.reached(sequence + 1):
            return []
        if not self._recent or sequence + 1 < self._recent[0][0].sequence:
            return [unseal(stored) for stored in await self._journal.read(sequence, limit)]
        # Followers are mostly near the end, so look from there.
        batches: list[list[Record]] = []
        for batch in reversed(self._recent):
            batches.append(batch)
            if batch[0].sequence <= sequence + 1:
                break
        start = sequence + 1 - batches[-1][0].sequence
        following = itertools.chain.from_iterable(reversed(batches))
        return list(itertools.islice(following, start, start + limit))

    async def reached(self, sequence: int) -> bool:
        """Return once a record is durable; False if no more will come and it is not."""
        while self.position < sequence and not self.closed:
            await self._grown.wait()
        return self.position >= sequence

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()
