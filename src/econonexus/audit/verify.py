"""Going through a journal from its first record to its last, with the books kept a second time."""

import json
from collections.abc import AsyncIterator, Callable

import msgspec

from econonexus.audit.books import Books, Discrepancy
from econonexus.audit.signatures import Verify
from econonexus.ports import Checkpoint, Journal, Snapshot, StoredRecord

CHUNK = 5_000


class Findings(msgspec.Struct):
    """What an audit found that adds up."""

    records: int
    hash: str
    accounts: int
    open_holds: int
    refusals: int
    auctions: dict[str, int]
    """How many auctions were cleared, failed or cancelled, and how many are open."""
    grants: int
    open_grants: int
    withheld: int
    """Open bids whose sealed numbers are withheld, so that what is held for them is not in the books."""
    minted: dict[str, int]
    burned: dict[str, int]
    circulating: dict[str, int]
    checkpoints: int
    signed_to: int
    """The last record that a checkpoint vouches for; what follows it could still be rewritten unnoticed."""
    signed_by: list[str]
    snapshot_checked: int
    """The record after which the newest snapshot was compared with the books; 0 if there is none."""


async def verify(
    records: AsyncIterator[StoredRecord],
    checkpoints: list[Checkpoint],
    is_genuine: Callable[[Checkpoint], bool],
    snapshot: Snapshot | None = None,
    is_signed: Verify | None = None,
) -> tuple[Findings, Books]:
    """Recompute everything from the records alone. Raises: Discrepancy, the first one there is.

    Where a node goes on writing, `checkpoints` and `snapshot` must have been read before `records`.
    """
    books = Books(is_signed)
    due = {checkpoint.sequence: checkpoint for checkpoint in checkpoints}
    compared = 0
    async for record in records:
        books.read(record.sequence, record.body, record.hash, record.aside)
        if record.sequence in due:
            _check_checkpoint(due.pop(record.sequence), record, is_genuine)
        if snapshot is not None and record.sequence == snapshot.sequence:
            _check_snapshot(snapshot, books)
            compared = snapshot.sequence
    books.close()
    for sequence in due:
        raise Discrepancy(
            books.sequence, f"is the last, but record {sequence} was signed: records were cut off"
        )
    return _findings(books, checkpoints, compared), books


async def journal_records(
    journal: Journal, progress: Callable[[int, int], None] | None = None
) -> AsyncIterator[StoredRecord]:
    """All records of a journal, to the end as it is at the start. Raises: JournalFault."""
    last, after = (await journal.head()).sequence, 0
    while after < last:
        chunk = await journal.read(after, min(CHUNK, last - after))
        if not chunk:
            raise Discrepancy(after + 1, "missing")
        for record in chunk:
            yield record
        after = chunk[-1].sequence
        if progress is not None:
            progress(after, last)


def _check_checkpoint(
    checkpoint: Checkpoint, record: StoredRecord, is_genuine: Callable[[Checkpoint], bool]
) -> None:
    if checkpoint.hash != record.hash.hex():
        raise Discrepancy(record.sequence, "was signed with another hash: the journal was rewritten")
    if not is_genuine(checkpoint):
        raise Discrepancy(record.sequence, "bears a signature that is not genuine")


def _check_snapshot(snapshot: Snapshot, books: Books) -> None:
    """The economy's own figures must be the books'."""
    if snapshot.hash != books.link:
        raise Discrepancy(snapshot.sequence, "has another hash in the snapshot taken after it")
    accounts = json.loads(snapshot.image)["ledger"].get("accounts", {})
    figures = {name: (a.get("balance", 0), a.get("held", 0)) for name, a in accounts.items()}
    compare(figures, books)


def compare(figures: dict[str, tuple[int, int]], books: Books) -> None:
    """Hold another bookkeeper's balances and holds against the books. Raises: Discrepancy."""
    for name in sorted(figures.keys() | books.balance.keys()):
        ours = (books.balance.get(name), books.held.get(name))
        theirs = figures.get(name, (None, None))
        if ours != theirs:
            raise Discrepancy(
                books.sequence,
                f"leaves {name} with balance and held {ours} in the books, {theirs} in the economy",
            )


def _findings(books: Books, checkpoints: list[Checkpoint], snapshot_checked: int) -> Findings:
    supply = books.supply()
    return Findings(
        records=books.sequence,
        hash=books.link.hex(),
        accounts=len(books.balance),
        open_holds=len(books.holds.by_name),
        refusals=books.refusals,
        auctions={**books.auctions.ended, "open": len(books.auctions.by_name)},
        grants=books.grants.given,
        open_grants=len(books.grants.by_name),
        withheld=books.pledges.withheld,
        minted={asset: minted for asset, (minted, _) in supply.items()},
        burned={asset: burned for asset, (_, burned) in supply.items()},
        circulating={asset: minted - burned for asset, (minted, burned) in supply.items()},
        checkpoints=len(checkpoints),
        signed_to=max((checkpoint.sequence for checkpoint in checkpoints), default=0),
        signed_by=sorted({checkpoint.public_key for checkpoint in checkpoints}),
        snapshot_checked=snapshot_checked,
    )
