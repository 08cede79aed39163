"""The types that bodies and answers are made of, with their bounds and examples for the OpenAPI document."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain.ids import Instant
from econonexus.interfaces.http.complaints import NAME
from econonexus.interfaces.http.instants import EPOCH
from econonexus.interfaces.http.instants import rfc3339 as rfc3339
from econonexus.interfaces.http.problems import PROBLEMS, invalid

K = TypeVar("K", bound=str)
T = TypeVar("T")

MAX = 2**63 - 1
MS = 1_000_000
"""Nanoseconds."""

Name = Annotated[
    str, Meta(pattern=NAME, description="A letter or digit, then up to 127 letters, digits or ._:@/+-")
]
Ucr = Annotated[
    int, Meta(ge=1, le=MAX, description="Micro-credits: 1,000,000 are one credit.", examples=[250_000])
]
UcrOrNone = Annotated[int, Meta(ge=0, le=MAX, description="Micro-credits, or 0.", examples=[250_000])]
Units = Annotated[int, Meta(ge=1, le=MAX, description="A whole number of units.", examples=[1])]
NewId = Annotated[Name, Meta(description="What to call it; by default a name is made up.")] | None
CommandName = (
    Annotated[
        Name, Meta(description="The command's id, as the Idempotency-Key is: the same again acts once.")
    ]
    | None
)
Recorded = Annotated[int, Meta(description="The journal's record of it, which is on disk by now.")]
Reason = Annotated[str, Meta(max_length=256, description="Why, for whoever reads the journal.")]
Reference = Annotated[str, Meta(max_length=256, description="What it is about.")]
Milliseconds = Annotated[int, Meta(ge=0, le=366 * 24 * 3_600_000)]

Cursor = Annotated[
    str | None,
    QueryParameter(name="cursor", description="The `next` of the page before; by default the first page."),
]
PageSize = Annotated[
    int, QueryParameter(name="limit", ge=1, le=1_000, description="How many at most on a page.")
]

reads = partial(get, responses=PROBLEMS)
"""Marks a call that changes nothing."""
creates = partial(post, responses=PROBLEMS, status_code=201)
"""Marks a call that makes something new."""
acts = partial(post, responses=PROBLEMS, status_code=200)
"""Marks a call that changes what is there."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What bodies share: a field we do not know is an error, as a misspelt limit is no limit."""


class WithReason(Body, frozen=True):
    """Why something is done, for whoever reads the journal."""

    reason: Reason = ""


Reasoned = JSONBody[WithReason | None]
"""A body that may say why, or be left out."""


def why(data: WithReason | None) -> str:
    """The reason given, if any."""
    return "" if data is None else data.reason


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list; `next` is the cursor of the part after it, null at the end."""

    items: Annotated[list[T], Meta(description="In the order that the call says.")]
    next: Annotated[str | None, Meta(description="The `cursor` of the next page; null on the last.")]


def page(entries: Mapping[K, T], cursor: str | None, limit: int) -> tuple[list[T], str | None]:
    """The entries that follow a cursor, oldest first, and the next cursor. Linear in the entries before.

    Raises: Declined if the cursor is none of ours.
    """
    names = iter(entries)
    if cursor is not None and cursor not in entries:
        raise invalid("cursor", "It is not one that a page before gave.")
    if cursor is not None:
        for name in names:
            if name == cursor:
                break
    taken = list(itertools.islice(names, limit))
    more = next(names, None) is not None
    return [entries[name] for name in taken], taken[-1] if more else None


def instant_of(field: str, text: str) -> Instant:
    """The instant that a field gives. Raises: Declined, also for a time before 1970 or after 2262."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        time = (moment - EPOCH) // timedelta(microseconds=1) * 1_000
        if not 0 <= time <= MAX:
            raise ValueError
        return Instant(time)
    except (ValueError, OverflowError):
        raise invalid(field, "Not an RFC 3339 time with its offset, such as 2026-01-31T12:00:00Z.") from None


def in_order(field: str, well_formed: bool, complaint: str) -> None:
    """Check what a type cannot say. Raises: Declined, naming the field."""
    if not well_formed:
        raise invalid(field, complaint)
