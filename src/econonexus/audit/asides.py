"""What lies beside a record: private texts and sealed numbers, each vouched for by a salted digest in it."""

import hashlib
import json

from econonexus.audit.fields import Fields, whole
from econonexus.audit.wrong import Wrong

SALT = 32
"""Were a salt's length free, characters could move between it and the text."""
SEALED = {
    "bid_placed": ("price", "held"),
    "bid_raised": ("price", "held"),
    "auction_closed": ("digest",),
}
"""The numbers that an event keeps sealed."""


def opened(record: Fields, event: Fields, aside: bytes | None) -> Fields:
    """The event with its sealed numbers, as far as they are at hand; what is not stays a digest."""
    kind = str(event["type"]).partition("/")[0]
    values = _values(aside)
    for field, (salt, value) in values.items():
        kept = record.get("digest") if field == "record.digest" else event.get(field)
        digest = kept.get("digest") if isinstance(kept, dict) else kept
        if digest != hashlib.sha256((salt + value).encode()).hexdigest() or len(salt) != SALT:
            raise Wrong(f"the private field {field} does not match its digest")
    sealed = {field: whole(int(values[field][1])) for field in SEALED.get(kind, ()) if field in values}
    return {**event, **sealed}


def sealed(value: object) -> int | None:
    """A sealed number; None where it is withheld."""
    return None if isinstance(value, dict) and set(value) == {"digest"} else whole(value)


def _values(aside: bytes | None) -> dict[str, tuple[str, str]]:
    if aside is None:
        return {}
    try:
        values = json.loads(aside)
        pairs = {str(field): (pair[0], pair[1]) for field, pair in values.items() if len(pair) == 2}
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        raise Wrong(f"has private values that cannot be read ({error})") from None
    if len(pairs) < len(values) or not all(isinstance(text, str) for pair in pairs.values() for text in pair):
        raise Wrong("has private values that are no pairs of texts")
    return pairs
