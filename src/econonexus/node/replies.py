"""What a caller gets back: the events its command yielded, or why it was refused."""

import msgspec

from econonexus.domain.events import Event
from econonexus.domain.ids import CommandId, Instant, Sequence
from econonexus.domain.refusals import Refusal


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """The command was carried out: its events, of which the first is record `sequence`, are durable."""

    id: CommandId
    sequence: Sequence
    time: Instant
    events: tuple[Event, ...]


class Refused(msgspec.Struct, frozen=True, gc=False):
    """The command was declined. `sequence` is the refusal's record, 0 where it is not kept."""

    id: CommandId
    sequence: Sequence
    refusal: Refusal


Reply = Accepted | Refused
