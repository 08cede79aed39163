"""Personal texts of requests and tasks: they lie beside the journal alone, and may have been erased."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import Sequence
from econonexus.node.node import Node


class Texts(msgspec.Struct, frozen=True):
    """What a record says in personal texts; None for what it has none of, or what was erased."""

    subject: str | None = None
    question: str | None = None
    answer: str | None = None
    description: str | None = None


async def texts_of(node: Node, sequence: Sequence) -> Texts:
    """The texts of the record that made a request or a task, or that ended it."""
    (record,) = await node.engine.relay.after(sequence - 1, 1)
    event = record.event
    if isinstance(event, events.HumanAsked):
        return Texts(subject=_text(event.subject), question=_text(event.text))
    if isinstance(event, events.QuestionAnswered):
        return Texts(answer=_text(event.answer))
    if isinstance(event, events.QuestionDeclined):
        return Texts(answer=_text(event.reason))
    if isinstance(event, events.TaskPosted):
        return Texts(description=_text(event.description))
    return Texts()


def _text(value: events.Private) -> str | None:
    return value if isinstance(value, str) else None
