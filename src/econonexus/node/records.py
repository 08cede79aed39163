"""Journal records: how an event becomes bytes in the hash chain, and bytes an event again.

A record's body is JSON, so that an auditor needs nothing of ours to read it. Private and sealed fields
stand in it as salted digests and their values lie beside it. A record of an old version is turned into
the current one when it is read (`UPCASTS`); what was written stays as it is.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import get_args, get_type_hints

import msgspec

from econonexus.domain import ids
from econonexus.domain.events import Event, Private, Sealed, Withheld
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


def _fields_of(kind: object) -> Mapping[type[msgspec.Struct], tuple[str, ...]]:
    """The event types that have fields of a kind, and which."""
    fields = {
        event: tuple(name for name, hint in get_type_hints(event).items() if hint == kind)
        for event in get_args(Event)
    }
    return {event: named for event, named in fields.items() if named}


PRIVATE = _fields_of(Private)
"""The event types that have private texts, and which fields these are."""
SEALED = _fields_of(Sealed)
"""The event types that have sealed numbers, and which fields these are."""
BESIDE: Mapping[type[msgspec.Struct], tuple[str, ...]] = {
    event: (*PRIVATE.get(event, ()), *SEALED.get(event, ())) for event in PRIVATE.keys() | SEALED.keys()
}
"""The fields whose values lie beside the record."""

GUESSED = frozenset({*SEALED, Refusal})
"""What answers a command in which a sealed number may have been."""

_DIGEST = "record.digest"
"""Under this name the digest of what the caller sent lies beside the record, where a sealed number could be
guessed from it: of a bid, and of a refusal, which may be one of a bid."""


def digest_of(content: bytes) -> str:
    """By what a repeated command is compared with the first: BLAKE2b, 16 bytes, in hexadecimal."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def seal(record: Record, previous: bytes) -> StoredRecord:
    """The record as the journal keeps it, next in the chain after the hash `previous`."""
    aside = None
    beside = BESIDE.get(type(record.event), ())
    if beside or type(record.event) is Refusal:
        record, aside = _withhold(record, beside)
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
    if stored.aside is not None:
        record = _restore(record, stored.aside)
    if any(
        isinstance(getattr(record.event, field), Withheld) for field in SEALED.get(type(record.event), ())
    ):
        raise JournalDamaged(f"the sealed values of record {record.sequence} are missing; {REMEDY}")
    return record


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


def _withhold(record: Record, beside: tuple[str, ...]) -> tuple[Record, bytes | None]:
    """Replace the values by salted digests; without salt, short texts and prices could be guessed."""
    digests: dict[str, Withheld] = {}
    aside: dict[str, tuple[str, str]] = {}
    for field in beside:
        value: str | int | Withheld = getattr(record.event, field)
        if value != "" and not isinstance(value, Withheld):
            digests[field], aside[field] = _salted(str(value))
    digest = record.digest
    if digest and type(record.event) in GUESSED:
        withheld, aside[_DIGEST] = _salted(digest)
        digest = withheld.digest
    if not aside:
        return record, None
    event = msgspec.structs.replace(record.event, **digests) if digests else record.event
    return msgspec.structs.replace(record, event=event, digest=digest), _encoder.encode(aside)


def _salted(value: str) -> tuple[Withheld, tuple[str, str]]:
    """What stands in the record for a value, and what lies beside it: salt and value."""
    salt = secrets.token_hex(SALT_CHARACTERS // 2)
    return Withheld(private_digest(salt, value)), (salt, value)


def private_digest(salt: str, value: str) -> str:
    """SHA-256 of the salt's text and the value's, in hexadecimal."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def _restore(record: Record, aside: bytes) -> Record:
    """Put the values back, after checking each against the digest that the chain vouches for."""
    try:
        values = msgspec.json.decode(aside, type=dict[str, tuple[str, str]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JournalDamaged(
            f"the private values of record {record.sequence} are unreadable ({error}); {REMEDY}"
        ) from error
    digest, sealed = record.digest, SEALED.get(type(record.event), ())
    restored: dict[str, str | int] = {}
    for field, (salt, value) in values.items():
        withheld = digest if field == _DIGEST else getattr(record.event, field, None)
        vouched = withheld.digest if isinstance(withheld, Withheld) else withheld
        # Were the salt's length free, characters could move between it and the text.
        if vouched != private_digest(salt, value) or len(salt) != SALT_CHARACTERS:
            raise JournalDamaged(
                f"the private field {field} of record {record.sequence} does not match its digest; {REMEDY}"
            )
        if field == _DIGEST:
            digest = value
        else:
            restored[field] = int(value) if field in sealed else value
    return msgspec.structs.replace(
        record, event=msgspec.structs.replace(record.event, **restored), digest=digest
    )


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
