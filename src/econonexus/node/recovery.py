"""From a journal to an economy: the newest snapshot, then every record after it.

The chain is checked on the way, so a damaged journal is noticed before anything is decided on it.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator

import msgspec

from econonexus.domain.economy import Economy
from econonexus.domain.state import STATE_VERSION, State
from econonexus.node.records import EMPTY, REMEDY, check_chain, unseal
from econonexus.node.remembered import Remembered
from econonexus.ports import Head, Journal, JournalDamaged, JournalMissing, Snapshot

CHUNK = 5_000

Progress = Callable[[int, int], None]
"""Told how far a long work has come: records done, records in all."""


class Recovered(msgspec.Struct):
    """An economy that has seen the whole journal."""

    economy: Economy
    head: Head
    replayed: int
    """Records read since the snapshot, or since the beginning."""


async def recover(
    journal: Journal, remembered: Remembered | None = None, progress: Progress | None = None
) -> Recovered:
    """Rebuild the economy, and what it remembers of commands, from a journal.

    O(records since the newest snapshot of this version). Raises: JournalFault.
    """
    last = await journal.head()
    state, head = await _from_snapshot(journal, last)
    if remembered is not None and head.sequence:
        remembered.complete = False
    economy, start = Economy(state), head.sequence
    with _no_collecting():
        while head.sequence < last.sequence:
            # Beside a running node the journal goes on growing; what comes after `last` is not ours to read.
            stored = await journal.read(head.sequence, min(CHUNK, last.sequence - head.sequence))
            if not stored:
                raise JournalDamaged(f"records {head.sequence + 1} to {last.sequence} are missing; {REMEDY}")
            head = check_chain(stored, head)
            for each in stored:
                record = unseal(each)
                economy.apply(record.event, record.sequence, record.time)
                if remembered is not None:
                    remembered.add(record)
            if remembered is not None:
                remembered.forget_old(economy.state.time, head.sequence)
            if progress is not None:
                progress(head.sequence - start, last.sequence - start)
    if head != last:
        raise JournalDamaged(f"the journal says it ends with another record {last.sequence}; {REMEDY}")
    return Recovered(economy, head, head.sequence - start)


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """A replay makes a million objects of which none is garbage: do not look for any meanwhile."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


async def _from_snapshot(journal: Journal, last: Head) -> tuple[State, Head]:
    """The newest snapshot's state, or the empty one if there is none of this version."""
    snapshot = await journal.load_snapshot()
    if snapshot is None or snapshot.state_version != STATE_VERSION:
        return State(), EMPTY
    await _check_belongs(journal, snapshot, last)
    return State.from_image(snapshot.image), Head(snapshot.sequence, snapshot.hash)


async def _check_belongs(journal: Journal, snapshot: Snapshot, last: Head) -> None:
    """A snapshot is believed only where the journal still has the record it was taken after."""
    at = await journal.read(snapshot.sequence - 1, 1)
    if snapshot.sequence > last.sequence or not at:
        raise JournalDamaged(
            f"the journal ends at record {last.sequence}, but a snapshot was taken after record "
            f"{snapshot.sequence}: records were lost; {REMEDY}"
        )
    if at[0].hash != snapshot.hash:
        raise JournalDamaged(
            f"record {snapshot.sequence} is not the one that the snapshot was taken after; {REMEDY}"
        )


async def take_snapshot(journal: Journal, progress: Progress | None = None) -> Snapshot:
    """Make a snapshot from the journal alone and keep it. Runs in a process beside the writer's.

    Raises: JournalFault, also where there is no record yet.
    """
    recovered = await recover(journal, progress=progress)
    if not recovered.head.sequence:
        raise JournalMissing("there is no record to take a snapshot after; start the node once first")
    snapshot = Snapshot(
        STATE_VERSION, recovered.head.sequence, recovered.head.hash, recovered.economy.state.image()
    )
    await journal.save_snapshot(snapshot)
    return snapshot
