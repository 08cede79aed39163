"""Whether a command is well formed, whatever the state: names, texts and amounts.

Each check returns the refusal or None, so that flows chain them with `or` in order of precedence.
"""

from econonexus.domain.ids import MAX_INSTANT, is_name
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import Refusal, RefusalCode

MAX_CODE = 64
MAX_REFERENCE = 256
MAX_REASON = 256
MAX_LABEL = 256
MAX_NOTE = 1024


def name(field: str, text: str) -> Refusal | None:
    """Whether `text` may be an id."""
    return None if is_name(text) else Refusal(RefusalCode.INVALID_ID, field)


def text(field: str, value: str, limit: int) -> Refusal | None:
    """Whether a text fits its field."""
    if len(value) <= limit:
        return None
    return Refusal(RefusalCode.TEXT_TOO_LONG, field, requested=len(value), available=limit)


def amount(field: str, value: int, least: int = 1) -> Refusal | None:
    """Whether an amount is a whole number in [least, 2**63 - 1]."""
    if value.__class__ is not int:  # Callers in the same process are not held to the types.
        return Refusal(RefusalCode.AMOUNT_NOT_INTEGER, field)
    if value < least:
        return Refusal(RefusalCode.AMOUNT_NOT_POSITIVE, field, requested=value)
    if value > MAX_AMOUNT:
        return Refusal(RefusalCode.AMOUNT_TOO_LARGE, field, requested=value, available=MAX_AMOUNT)
    return None


def instant(field: str, value: int) -> Refusal | None:
    """Whether a time is a whole number of nanoseconds that a journal can keep."""
    if value.__class__ is not int:
        return Refusal(RefusalCode.AMOUNT_NOT_INTEGER, field)
    if not 0 <= value <= MAX_INSTANT:
        return Refusal(RefusalCode.AMOUNT_TOO_LARGE, field, requested=value, available=MAX_INSTANT)
    return None
