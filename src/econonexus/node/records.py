"""Journal records: how an event becomes bytes in the hash chain, and bytes an event again.

A record's body is JSON, so that an auditor needs nothing of ours to read it. Private and sealed fields
stand in it as a salted digest, and their values lie beside it (`withholding`). A record of an old version
is turned into the current one when it is read (`UPCASTS`); what was written stays as it is.
"""

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from econonexus.domain import ids
from econonexus.domain.events import Event, Withheld
from econonexus.domain.refusals import Refusal
from econonexus.node import withholding
from econonexus.ports import GENESIS_HASH, Head, JournalDamaged, JournalFault, StoredRecord

Raw = dict[str, object]
Upcast = Callable[[Raw], Raw]

UPCASTS: dict[str, Upcast] = {}
"""Tag of an old version, such as `transferred/1`, to what makes its payload the next version's."""


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that happened, or one command refused, with who asked for it and when.

    A command that yields several events has `parts` records in a row, numbered by `part` from 0.
    `digest` is that of what the caller sent, where the caller chose the command's id.
    """

    sequence: ids.Sequence
    time: ids.Instant
    caller: ids.CallerId
    command: ids.CommandId
    event: Event | Refusal
    digest: str = ""
    part: int = 0
    parts: int = 1
    trace: str = ""


class RecordUnreadable(JournalFault):
    """A record was written by a newer version: upgrade this one."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def digest_of(content: bytes) -> str:
    """By what a repeated command is compared with the first: BLAKE2b, 16 bytes, in hexadecimal."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def seal(record: Record, previous: bytes) -> StoredRecord:
    """The record as the journal keeps it, next in the chain after the hash `previous`."""
    return seal_all([record], previous)[0]


def seal_all(records: Sequence[Record], previous: bytes) -> list[StoredRecord]:
    """Records as the journal keeps them, in the chain after the hash `previous`."""
    stored, link, fresh = [], previous, withholding.salts()
    for record in records:
        aside = None
        if type(record.event) in withholding.ASIDE:
            event, digest, aside = withholding.withhold(record.event, record.digest, fresh)
            record = msgspec.structs.replace(record, event=event, digest=digest)
        body = _encoder.encode(record)
        link = hashlib.sha256(link + body).digest()
        key = (record.caller, record.command) if record.digest else None
        stored.append(StoredRecord(record.sequence, body, link, key, aside))
    return stored


def unseal(stored: StoredRecord) -> Record:
    """The record of what the journal kept, private values put back where they are at hand.

    Raises: RecordUnreadable, JournalDamaged.
    """
    record = _opened(stored)
    for field in withholding.SEALED.get(type(record.event), ()):
        if type(getattr(record.event, field)) is Withheld:
            raise JournalDamaged(f"the sealed values of record {record.sequence} are missing; {REMEDY}")
    return record


def unseal_told(stored: StoredRecord) -> Record:
    """The same of an export: a sealed number that it does not tell counts as 0.

    Only what is on hold depends on that: no payment follows from a number that was never opened.
    """
    record = _opened(stored)
    untold = dict.fromkeys(_untold(record), 0)
    if not untold:
        return record
    return msgspec.structs.replace(record, event=msgspec.structs.replace(record.event, **untold))


def _untold(record: Record) -> list[str]:
    """The sealed fields of a record whose values are not at hand."""
    fields = withholding.SEALED.get(type(record.event), ())
    return [field for field in fields if isinstance(getattr(record.event, field), Withheld)]


def _opened(stored: StoredRecord) -> Record:
    """The record, with what lies beside it where that is at hand."""
    try:
        record = _decoder.decode(stored.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        record = _decode_old(stored, error)
    return record if stored.aside is None else _restored(record, stored.aside)


def check_chain(records: Sequence[StoredRecord], head: Head) -> Head:
    """The head after `records`, which must follow `head` without a gap and in an unbroken chain.

    Raises: JournalDamaged at the first record that does not.
    """
    sequence, link = head
    for record in records:
        sequence += 1
        if record.sequence != sequence:
            raise JournalDamaged(f"record {sequence} is missing (found {record.sequence}); {REMEDY}")
        if hashlib.sha256(link + record.body).digest() != record.hash:
            raise JournalDamaged(f"record {sequence} does not match the hash chain; {REMEDY}")
        link = record.hash
    return Head(sequence, link)


REMEDY = "restore a backup (`econonexus restore`), or keep the directory as evidence and ask for help"
EMPTY = Head(0, GENESIS_HASH)


def _restored(record: Record, aside: bytes) -> Record:
    """Put the values back, after checking them against the digest that the chain vouches for."""
    try:
        event, digest = withholding.restore(record.event, record.digest, aside)
    except withholding.AsideDamaged as damage:
        raise JournalDamaged(f"record {record.sequence} {damage}; {REMEDY}") from damage
    return msgspec.structs.replace(record, event=event, digest=digest)


def _decode_old(stored: StoredRecord, error: Exception) -> Record:
    """Read a record of an older version through its upcasts."""
    try:
        raw = msgspec.json.decode(stored.body, type=dict[str, object])
        payload = msgspec.convert(raw["event"], type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
        raise JournalDamaged(f"record {stored.sequence} is not a record; {REMEDY}") from error
    while upcast := UPCASTS.get(str(payload.get("type"))):
        payload = upcast(payload)
    try:
        return msgspec.convert({**raw, "event": payload}, type=Record)
    except msgspec.ValidationError as unknown:
        raise RecordUnreadable(
            f"record {stored.sequence} is of type {payload.get('type')}, which this version cannot read "
            f"({unknown}); upgrade econonexus"
        ) from unknown
