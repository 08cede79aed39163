"""What lies beside a record: private texts and sealed numbers, vouched for by a salted digest in the record.

A field that lies there stands in the record as `{"digest": ...}`. The digest is SHA-256 of what lies there:
`["<salt>", {"<field>": <value>, ...}]`. In records from before that was so, each text has its own, of salt
and text, and `{"<field>": ["<salt>", "<text>"]}` lies beside them.
"""

import hashlib
import json

from econonexus.audit.fields import Fields, whole
from econonexus.audit.wrong import Wrong

COMMAND = "record.digest"
"""The name of what stands in the record itself and not in its event: the digest of what was sent."""
OLD_SALT = 32
"""Were the salt's length free, characters could move between it and the text."""


def opened(record: Fields, event: Fields, aside: bytes | None) -> Fields:
    """The event with the values that lie beside it, as far as they are at hand. Raises: Wrong."""
    if aside is None:
        return event
    values, digests = _read(aside)
    for field, digest in digests.items():
        kept = {"digest": record.get("digest")} if field == COMMAND else event.get(field)
        if kept != {"digest": digest}:
            raise Wrong(f"the private field {field} does not match its digest")
    return {**event, **{field: value for field, value in values.items() if field != COMMAND}}


def sealed(value: object) -> int | None:
    """A sealed number; None where it is withheld."""
    return None if isinstance(value, dict) and set(value) == {"digest"} else whole(value)


def _read(aside: bytes) -> tuple[Fields, dict[str, str]]:
    """Field to value, and to the digest that should stand in its place."""
    try:
        beside = json.loads(aside)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"has private values that cannot be read ({error})") from None
    match beside:
        case [str(), dict(values)]:
            return values, dict.fromkeys(values, hashlib.sha256(aside).hexdigest())
        case dict():
            return _read_old(beside)
    raise Wrong("has private values that are no salt and values")


def _read_old(beside: Fields) -> tuple[Fields, dict[str, str]]:
    values: Fields = {}
    digests: dict[str, str] = {}
    for field, pair in beside.items():
        match pair:
            case [str(salt), str(text)] if len(salt) == OLD_SALT:
                values[field], digests[field] = text, hashlib.sha256((salt + text).encode()).hexdigest()
            case _:
                raise Wrong(f"the private field {field} has no salt and text")
    return values, digests
