"""What `ledger export` writes: records as lines of JSON that keep the hash chain, or postings as rows of CSV.

What lies beside a record goes with it as far as it may be told: private texts where they are asked for; what
a sealed bid offers once its auction is cleared; never the digest of a request that may have held a price.
"""

import csv
from collections.abc import Callable, Set
from typing import TextIO

import msgspec

from econonexus.audit.verify import journal_records
from econonexus.node.projection import Projection
from econonexus.node.records import SEALED, unseal
from econonexus.ports import Entry, Journal, StoredRecord

Write = Callable[[StoredRecord], object]

SEALED_FIELDS = {str(kind.__struct_config__.tag): frozenset(fields) for kind, fields in SEALED.items()}
"""Type and version of an event to its fields that are sealed."""
CALLERS = "record.digest"
_CLEARED = b'"type":"auction_cleared/'


class _Event(msgspec.Struct):
    type: str
    auction: str = ""


class _Body(msgspec.Struct):
    event: _Event


async def cleared(journal: Journal) -> Set[str]:
    """The auctions whose bids are open to everybody. Raises: JournalFault."""
    names = set()
    async for stored in journal_records(journal):
        if _CLEARED in stored.body:
            event = msgspec.json.decode(stored.body, type=_Body).event
            if event.type.startswith("auction_cleared/"):
                names.add(event.auction)
    return names


def json_lines(file: TextIO, private: bool, opened: Set[str]) -> Write:
    """Writes records as lines of JSON; `opened` are the auctions whose bids may be told."""

    def line(stored: StoredRecord) -> str:
        beside = {} if stored.aside is None else _told(stored.body, stored.aside, private, opened)
        aside = f',"private":{msgspec.json.encode(beside).decode()}' if beside else ""
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


def _told(body: bytes, aside: bytes, private: bool, opened: Set[str]) -> dict[str, tuple[str, str]]:
    """What of the values beside a record may be told."""
    event = msgspec.json.decode(body, type=_Body).event
    sealed = SEALED_FIELDS.get(event.type, frozenset())
    values = msgspec.json.decode(aside, type=dict[str, tuple[str, str]])
    return {
        field: value
        for field, value in values.items()
        if field != CALLERS and (event.auction in opened if field in sealed else private)
    }
