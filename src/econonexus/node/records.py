"""Journal records: how an event becomes bytes in the hash chain, and bytes an event again.

A record's body is JSON, so that an auditor needs nothing of ours to read it. Private fields stand in
it as salted digests and their values lie beside it. A record of an old version is turned into the
current one when it is read (`UPCASTS`); what was written stays as it is.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import get_args, get_type_hints

import msgspec

from econonexus.domain import ids
from econonexus.domain.events import Event, Private, Withheld
from econonexus.domain.refusals import Refusal
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


SALT_CHARACTERS = 32
"""A salt is 16 random bytes in hexadecimal."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


def _private_fields(event: type) -> tuple[str, ...]:
    return tuple(name for name, hint in get_type_hints(event).items() if hint == Private)


PRIVATE: Mapping[type, tuple[str, ...]] = {
    event: fields for event in get_args(Event) if (fields := _private_fields(event))
}
"""The event types that have private fields, and which."""


def digest_of(content: bytes) -> str:
    """By what a repeated command is compared with the first: BLAKE2b, 16 bytes, in hexadecimal."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def seal(record: Record, previous: bytes) -> StoredRecord:
    """The record as the journal keeps it, next in the chain after the hash `previous`."""
    aside = None
    private = PRIVATE.get(type(record.event))
    if private is not None and any(getattr(record.event, field) for field in private):
        record, aside = _withhold(record)
    body = _encoder.encode(record)
    key = (record.caller, record.command) if record.digest else None
    return StoredRecord(record.sequence, body, hashlib.sha256(previous + body).digest(), key, aside)


def unseal(stored: StoredRecord) -> Record:
    """The record of what the journal kept, private values put back where they are at hand.

    Raises: RecordUnreadable, JournalDamaged.
    """
    try:
        record = _decoder.decode(stored.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        record = _decode_old(stored, error)
    return record if stored.aside is None else _restore(record, stored.aside)


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


def _withhold(record: Record) -> tuple[Record, bytes | None]:
    """Replace the private values by salted digests; without salt, short texts could be guessed."""
    digests: dict[str, Withheld] = {}
    aside: dict[str, tuple[str, str]] = {}
    for field in PRIVATE[type(record.event)]:
        value: str | Withheld = getattr(record.event, field)
        if isinstance(value, str) and value:
            salt = secrets.token_hex(SALT_CHARACTERS // 2)
            digests[field] = Withheld(private_digest(salt, value))
            aside[field] = (salt, value)
    if not aside:
        return record, None
    event = msgspec.structs.replace(record.event, **digests)
    return msgspec.structs.replace(record, event=event), _encoder.encode(aside)


def private_digest(salt: str, value: str) -> str:
    """SHA-256 of the salt's text and the value's, in hexadecimal."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def _restore(record: Record, aside: bytes) -> Record:
    """Put private values back, after checking each against the digest that the chain vouches for."""
    try:
        values = msgspec.json.decode(aside, type=dict[str, tuple[str, str]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JournalDamaged(
            f"the private values of record {record.sequence} are unreadable ({error}); {REMEDY}"
        ) from error
    texts = {}
    for field, (salt, value) in values.items():
        withheld = getattr(record.event, field, None)
        # Were the salt's length free, characters could move between it and the text.
        fits = isinstance(withheld, Withheld) and withheld.digest == private_digest(salt, value)
        if not fits or len(salt) != SALT_CHARACTERS:
            raise JournalDamaged(
                f"the private field {field} of record {record.sequence} does not match its digest; {REMEDY}"
            )
        texts[field] = value
    return msgspec.structs.replace(record, event=msgspec.structs.replace(record.event, **texts))


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
