"""What `ledger export` writes: records as lines of JSON that keep the hash chain, or postings as rows of CSV.

What lies beside a record goes with it as far as it may be told: private texts where they are asked for, and
what a sealed bid offers once its auction is cleared.
"""

import csv
from collections.abc import Callable, Set
from typing import TextIO

import msgspec

from econonexus.audit.verify import journal_records
from econonexus.node.projection import Projection
from econonexus.node.records import Record, unseal
from econonexus.node.withholding import GUESSED, PRIVATE
from econonexus.ports import Entry, Journal, StoredRecord

Write = Callable[[StoredRecord], object]

_CLEARED, _ANNOUNCED = b'"type":"auction_cleared/', b'"type":"auction_announced/'


class _Event(msgspec.Struct):
    type: str
    auction: str = ""


class _Body(msgspec.Struct):
    event: _Event


async def cleared(journal: Journal) -> Set[str]:
    """The auctions whose bids are open to everybody. Raises: JournalFault."""
    names = set()
    async for stored in journal_records(journal):
        if _CLEARED in stored.body or _ANNOUNCED in stored.body:
            event = msgspec.json.decode(stored.body, type=_Body).event
            if event.type.startswith("auction_cleared/"):
                names.add(event.auction)
            elif event.type.startswith("auction_announced/"):
                names.discard(event.auction)  # Its name comes again, long after another was cleared.
    return names


def json_lines(file: TextIO, private: bool, opened: Set[str]) -> Write:
    """Writes records as lines of JSON; `opened` are the auctions whose bids may be told."""

    def line(stored: StoredRecord) -> str:
        told = stored.aside is not None and _may_be_told(unseal(stored), private, opened)
        aside = f',"private":{stored.aside.decode()}' if told and stored.aside is not None else ""
        head = f'{{"sequence":{stored.sequence},"hash":"{stored.hash.hex()}"'
        return f'{head},"record":{stored.body.decode()}{aside}}}\n'

    return lambda stored: file.write(line(stored))


def csv_rows(file: TextIO) -> Write:
    """Writes a row for every posting of a record; what sealed bids hold is no posting."""
    writer, projection = csv.writer(file, lineterminator="\n"), Projection()
    writer.writerow(["command", "caller", *Entry._fields])

    def write(stored: StoredRecord) -> None:
        record = unseal(stored)
        writer.writerows([record.command, record.caller, *entry] for entry in projection.entries(record))

    return write


def _may_be_told(record: Record, private: bool, opened: Set[str]) -> bool:
    """Whether what lies beside a record may be told: all of it or none, as one digest vouches for it."""
    event = record.event
    if type(event) in GUESSED and getattr(event, "auction", "") not in opened:
        return False
    return private or not any(getattr(event, field) for field in PRIVATE.get(type(event), ()))
