"""What an export may contain: all but private texts, unless asked, and prices of auctions that still run."""

from collections.abc import AsyncIterator, Callable

from econonexus.domain.events import AuctionCancelled, AuctionCleared, AuctionFailed
from econonexus.node.records import unseal
from econonexus.node.withholding import SEALED
from econonexus.ports import StoredRecord


async def still_sealed(records: AsyncIterator[StoredRecord]) -> Callable[[int], bool]:
    """Tells of a record whether nobody may read its sealed numbers yet: its auction has not ended.

    Reads all records, and decodes those that speak of auctions; of what comes after them nothing is known,
    so that all of it is sealed. Raises: JournalFault.
    """
    running: dict[str, list[int]] = {}
    last = 0
    async for stored in records:
        last = stored.sequence
        if stored.aside is None and b'"auction":' not in stored.body:
            continue
        event = unseal(stored).event
        if isinstance(event, AuctionCleared | AuctionFailed | AuctionCancelled):
            running.pop(event.auction, None)
        elif type(event) in SEALED:
            running.setdefault(event.auction, []).append(stored.sequence)  # type: ignore[union-attr]
    sealed = frozenset(sequence for sequences in running.values() for sequence in sequences)
    return lambda sequence: sequence in sealed or sequence > last
