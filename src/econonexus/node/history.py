"""Looking back without a node: statements and postings from a journal, beside whoever writes it."""

from collections import deque
from collections.abc import AsyncIterator

from econonexus.domain.ids import Instant, Sequence
from econonexus.node.projection import Projection
from econonexus.node.records import Record, unseal
from econonexus.ports import Entry, Journal, Views

CHUNK = 5_000


async def records(journal: Journal, after: int = 0, until: int | None = None) -> AsyncIterator[Record]:
    """The records with `after` < sequence <= `until`, or to the end as it is now. Raises: JournalFault."""
    last = (await journal.head()).sequence
    last = last if until is None else min(until, last)
    while after < last:
        for stored in await journal.read(after, min(CHUNK, last - after)):
            yield unseal(stored)
            after = stored.sequence


async def sequence_at(journal: Journal, instant: Instant) -> Sequence:
    """The last record that is not later than an instant, 0 if all are. O(log records) reads."""
    low, high = 0, (await journal.head()).sequence
    while low < high:
        middle = (low + high + 1) // 2
        (stored,) = await journal.read(middle - 1, 1)
        if unseal(stored).time <= instant:
            low = middle
        else:
            high = middle - 1
    return Sequence(low)


async def statement(
    journal: Journal, views: Views | None, account: str, until: int, limit: int | None = None
) -> list[Entry]:
    """An account's lines up to record `until`, oldest first; the last `limit` of them.

    From the views as far as they go, and from the journal for the rest.
    """
    lines: deque[Entry] = deque(maxlen=limit)
    projection, position = Projection(), 0
    if views is not None:
        position = min(await views.position(), until)
        lines.extend(await views.statement(account, until=position, limit=limit))
        for last in await views.statement(account, until=position, limit=1):
            projection.set_standing(account, last.balance_after, last.held_after)
    async for record in records(journal, position, until):
        lines.extend(line for line in projection.entries(record) if line.account == account)
    return list(lines)
