"""What `ledger export` writes: records as lines of JSON that keep the hash chain, or postings as rows of CSV.

What lies beside a record goes with it as far as it may be told: private texts where they are asked for, and
what a sealed bid offers once its auction is cleared, or an offer of work once its task is awarded.
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

_OPENS = ("auction_cleared/", "contract_opened/", "task_failed/")
_BEGINS = ("auction_announced/", "task_posted/")
_TELLING = tuple(f'"type":"{kind}'.encode() for kind in (*_OPENS, *_BEGINS))


class _Event(msgspec.Struct):
    type: str
    auction: str = ""
    task: str = ""


class _Body(msgspec.Struct):
    event: _Event


async def cleared(journal: Journal) -> Set[str]:
    """The auctions and tasks whose bids and offers are open to everybody. Raises: JournalFault."""
    names = set()
    async for stored in journal_records(journal):
        if any(telling in stored.body for telling in _TELLING):
            event = msgspec.json.decode(stored.body, type=_Body).event
            if event.type.startswith(_OPENS):
                names.add(_sold(event.auction, event.task))
            elif event.type.startswith(_BEGINS):
                names.discard(_sold(event.auction, event.task))  # Its name comes again, long after.
    return names


def _sold(auction: str, task: str) -> str:
    """What something sealed was offered in, apart from what else bears its name."""
    return f"task/{task}" if task else f"auction/{auction}"


def json_lines(file: TextIO, private: bool, opened: Set[str]) -> Write:
    """Writes records as lines of JSON; `opened` is where what was sealed may be told."""

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
    sold = _sold(getattr(event, "auction", ""), getattr(event, "task", ""))
    if type(event) in GUESSED and sold not in opened:
        return False
    return private or not any(getattr(event, field) for field in PRIVATE.get(type(event), ()))
