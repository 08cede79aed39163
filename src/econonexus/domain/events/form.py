"""What all events share."""

import msgspec


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """Stands where a private value was withheld or erased; `digest` is that of salt and value."""

    digest: str


Private = str | Withheld
"""Personal text, or its digest where the text is not at hand. Empty text is not private."""


Sealed = int | Withheld
"""A number that nobody may read until an auction is cleared, or its digest where it is not at hand.

Unlike a private text it is part of the state, and can never be erased.
"""


class EventForm(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What all events share."""
