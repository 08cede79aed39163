"""Group commit: records decided meanwhile are appended together, and are acknowledged after the sync.

While one batch is being appended the next one fills, so that a slow disk makes batches larger rather
than callers slower. If an append fails the writer stops for good: what was in hand has an unknown
outcome, which a retry with the same id resolves after a restart.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from econonexus.domain.ids import Instant, Sequence
from econonexus.node.records import Record, seal_all
from econonexus.node.relay import Relay
from econonexus.node.shared import Shared
from econonexus.ports import Checkpoint, Head, Journal, JournalFault, Signer


class NodeStopped(JournalFault):
    """The node decides nothing more. If a command was in hand, its outcome is unknown: retry its id."""


Durable = Shared[None]
"""Done when a batch is safe."""


class _Batch:
    """Records that are appended together."""

    __slots__ = ("durable", "open", "records")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.records: list[Record] = []
        self.durable = Durable(loop=loop)
        self.open = True


class Writer:
    """Appends records to the journal in order, in batches, and publishes them once durable."""

    def __init__(
        self,
        journal: Journal,
        head: Head,
        relay: Relay,
        *,
        max_batch: int,
        signer: Signer | None,
        checkpoint_every: int,
        checkpointed: int,
        last_time: Instant,
        after_append: Callable[[Instant], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._journal = journal
        self._relay = relay
        self._max_batch = max_batch
        self._signer = signer
        self._checkpoint_every = checkpoint_every
        self._checkpointed = checkpointed
        self._after_append = after_append
        self._batches: deque[_Batch] = deque()
        self._work = asyncio.Event()
        self._stopping = False
        self._last_time = last_time
        self.head = head
        """The last durable record."""
        self.pending = 0
        """Records added and not yet durable."""
        self.batches = 0
        """Appends made since the start."""
        self.fault: BaseException | None = None
        """Why the writer stopped, if it failed."""
        self._task = asyncio.create_task(self._run(), name="econonexus writer")

    def add(self, records: list[Record]) -> Durable:
        """Take the next records in order; all of one call are appended together."""
        if not self._batches or not self._batches[-1].open:
            self._batches.append(_Batch(self._loop))
            self._work.set()
        batch = self._batches[-1]
        batch.records += records
        batch.open = len(batch.records) < self._max_batch
        self.pending += len(records)
        return batch.durable

    async def durable(self, sequence: Sequence) -> None:
        """Return once a record that was added is durable. Raises: NodeStopped."""
        while self.head.sequence < sequence:
            self.check()
            await self._batches[0].durable
        self.check()

    def check(self) -> None:
        """Raises: NodeStopped if an append has failed."""
        if self.fault is not None:
            raise NodeStopped(f"the node has stopped: {self.fault}") from self.fault

    async def stop(self) -> None:
        """Append what is in hand, sign the last record, end. May be cancelled: the writer goes on."""
        self._stopping = True
        self._work.set()
        await asyncio.shield(self._task)

    async def _run(self) -> None:
        try:
            while await self._has_work():
                await self._append(self._batches[0])
            await self._checkpoint()
        except BaseException as fault:
            # Whatever it is, a cancellation too, memory is ahead of the journal for good: stop.
            self._fail(fault)
            if not isinstance(fault, Exception):
                raise

    async def _has_work(self) -> bool:
        """Wait for records; False when there are none left and none will come."""
        while not self._batches:
            if self._stopping:
                return False
            self._work.clear()
            await self._work.wait()
        # Whoever is ready to run gets to add to the batch first.
        await asyncio.sleep(0)
        return True

    async def _append(self, batch: _Batch) -> None:
        """Make one batch durable, let its callers go, publish it."""
        batch.open = False
        stored = seal_all(batch.records, self.head.hash)
        await self._journal.append(stored, after=self.head.sequence)
        self._batches.popleft()
        self.head = Head(stored[-1].sequence, stored[-1].hash)
        self.pending -= len(stored)
        self.batches += 1
        self._last_time = batch.records[-1].time
        batch.durable.set_result(None)
        self._relay.publish(batch.records)
        self._after_append(self._last_time)
        if self.head.sequence - self._checkpointed >= self._checkpoint_every:
            await self._checkpoint()

    async def _checkpoint(self) -> None:
        """Sign the last durable record, unless it is signed already."""
        if self._signer is None or self.head.sequence == self._checkpointed:
            return
        unsigned = Checkpoint(
            self.head.sequence, self.head.hash.hex(), self._last_time, self._signer.public_key, ""
        )
        await self._journal.add_checkpoint(unsigned.signed_by(self._signer))
        self._checkpointed = self.head.sequence

    def _fail(self, fault: BaseException) -> None:
        self.fault = fault
        reason = str(fault) or type(fault).__name__
        for batch in self._batches:
            if not batch.durable.done():
                batch.durable.set_exception(NodeStopped(f"the node has stopped: {reason}"))
                batch.durable.exception()  # Nobody may be waiting; that is no reason for a warning.
        self._relay.close()
