"""What lies beside a record: read, held against the digest in the record, and put in its place.

A field that lies there stands in the record as `{"digest": ...}`. The digest is SHA-256 of what lies there:
`["<salt>", {"<field>": <value>, ...}]`. In records from before that was so, each text has its own, of salt
and text, and `{"<field>": ["<salt>", "<text>"]}` lies beside them.
"""

import hashlib
import json

from econonexus.audit.fields import Fields
from econonexus.audit.wrong import Wrong

COMMAND = "record.digest"
"""The name of what stands in the record itself and not in its event: the digest of what was sent."""
OLD_SALT = 32


def put_back(record: Fields, event: Fields, aside: bytes) -> None:
    """Put the values that lie beside a record into it. Raises: Wrong."""
    for field, value in _vouched(record, event, aside).items():
        if field == COMMAND:
            record["digest"] = value
        else:
            event[field] = value


def _vouched(record: Fields, event: Fields, aside: bytes) -> Fields:
    """Field to value, each of which the record vouches for."""
    try:
        beside = json.loads(aside)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"has private values that cannot be read ({error})") from error
    match beside:
        case [str(), dict(values)]:
            digests = dict.fromkeys(values, hashlib.sha256(aside).hexdigest())
        case dict():
            values, digests = _old(beside)
        case _:
            raise Wrong("has private values that are no salt and values")
    for field, digest in digests.items():
        kept = {"digest": record.get("digest")} if field == COMMAND else event.get(field)
        if kept != {"digest": digest}:
            raise Wrong(f"the private field {field} does not match its digest")
    return values


def _old(beside: dict[str, object]) -> tuple[Fields, dict[str, str]]:
    """The values of a record that has a salt for each, and the digests they should have. All are texts."""
    values: Fields = {}
    digests: dict[str, str] = {}
    for field, pair in beside.items():
        match pair:
            case [str(salt), str(text)] if len(salt) == OLD_SALT:
                # Were the salt's length free, characters could move between it and the text.
                values[field], digests[field] = text, hashlib.sha256((salt + text).encode()).hexdigest()
            case _:
                raise Wrong(f"the private field {field} has no salt and text")
    return values, digests
