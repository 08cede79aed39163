"""What lies beside a record instead of in it: private texts, which can be erased, and sealed numbers.

In the record, every such field is the digest of all that lies beside it, so that neither can be changed
without the other. A salt among what lies there keeps short texts and prices from being guessed. Journals also
hold records of before that was so, where every text had a salt and a digest of its own; these are still read.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args, get_type_hints

import msgspec

from econonexus.domain.events import CommitmentKept, Event, LinePledged, Private, Sealed, Withheld
from econonexus.domain.refusals import Refusal

SALT_CHARACTERS = 32
"""A salt is 16 random bytes in hexadecimal."""
_SALTS_AT_A_TIME = 16

COMMAND = "record.digest"
"""Under this name the digest of what the caller sent lies beside a record, where a sealed number could be
guessed from it."""


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
FROM_COMMANDS = frozenset(SEALED) - {LinePledged}
"""The event types whose sealed numbers a caller sent, so that its digest would let them be guessed."""
BESIDE: Mapping[type[msgspec.Struct], tuple[str, ...]] = {
    event: (*PRIVATE.get(event, ()), *SEALED.get(event, ())) for event in PRIVATE.keys() | SEALED.keys()
}
"""The fields whose values lie beside the record."""
GUESSED = frozenset({*SEALED, CommitmentKept, Refusal})
"""What comes first of what answers a command in which a sealed number may have been."""
ASIDE = GUESSED | BESIDE.keys()
"""The records beside which something may lie."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[str, dict[str, int | str]])
_old_decoder = msgspec.json.Decoder(dict[str, tuple[str, str]])


class AsideDamaged(ValueError):
    """What lies beside a record is not what the record says; the message goes on after the record's name."""


def withhold(
    event: Event | Refusal, digest: str, salts: Iterator[str]
) -> tuple[Event | Refusal, str, bytes | None]:
    """An event and its command's digest as they stand in the record, and what lies beside it.

    That is JSON, `["<salt>", {"<field>": <value>, ...}]`; nothing where the event has no such values.
    """
    values: dict[str, int | str] = {}
    for field in BESIDE.get(type(event), ()):
        value: int | str | Withheld = getattr(event, field)
        if value != "" and not isinstance(value, Withheld):
            values[field] = value
    fields = tuple(values)
    if digest and type(event) in GUESSED:
        values[COMMAND] = digest
    if not values:
        return event, digest, None
    aside = _encoder.encode((next(salts), values))
    vouched = hashlib.sha256(aside).hexdigest()
    event = msgspec.structs.replace(event, **dict.fromkeys(fields, Withheld(vouched)))
    return event, vouched if COMMAND in values else digest, aside


def restore(event: Event | Refusal, digest: str, aside: bytes) -> tuple[Event | Refusal, str]:
    """An event and its command's digest as they were, from what stands in the record and what lies beside it.

    Raises: AsideDamaged.
    """
    try:
        if aside.startswith(b"{"):
            return _restore_old(event, _old_decoder.decode(aside)), digest
        _, values = _decoder.decode(aside)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AsideDamaged(f"has private values that are unreadable ({error})") from error
    vouched = hashlib.sha256(aside).hexdigest()
    if COMMAND in values and digest == vouched:
        digest = str(values.pop(COMMAND))
    _check(event, values, vouched)
    return msgspec.structs.replace(event, **values), digest


def salts() -> Iterator[str]:
    """Fresh salts without end, drawn several at a time: a call to the system costs more than they do."""
    while True:
        fresh = secrets.token_hex(_SALTS_AT_A_TIME * SALT_CHARACTERS // 2)
        for start in range(0, len(fresh), SALT_CHARACTERS):
            yield fresh[start : start + SALT_CHARACTERS]


def _restore_old(event: Event | Refusal, texts: dict[str, tuple[str, str]]) -> Event | Refusal:
    """As `restore`, for a record whose private texts have a salt and a digest each."""
    for field, (salt, text) in texts.items():
        vouched = hashlib.sha256((salt + text).encode()).hexdigest()
        # Were the salt's length free, characters could move between it and the text.
        _check(event, (field,), vouched if len(salt) == SALT_CHARACTERS else "")
    return msgspec.structs.replace(event, **{field: text for field, (_, text) in texts.items()})


def _check(event: Event | Refusal, fields: Iterable[str], vouched: str) -> None:
    """Whether fields of an event stand for what has this digest."""
    for field in fields:
        stands: object = getattr(event, field, None)
        if type(stands) is not Withheld or stands.digest != vouched:
            raise AsideDamaged(f"has a private field {field} that does not match its digest")
