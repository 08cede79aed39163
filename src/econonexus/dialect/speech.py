"""The three calls side by side: how each is read, bounded and reckoned."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
from msgspec import Raw

from econonexus.dialect import chat, embeddings, responses
from econonexus.dialect.answers import Seen
from econonexus.dialect.counting import Usage
from econonexus.dialect.requests import Ask, Fields


class Dialect(NamedTuple):
    """One call of OpenAI's API."""

    endpoint: str
    """Its path beneath `/v1/`."""
    read: Callable[[bytes], Ask]
    bound_field: str | None
    """Where a request says how much may be written; None where the model's settings decide."""
    ask_for_usage: Callable[[Fields], None]
    usage: Callable[[bytes], Usage | None]
    seen: Callable[[bytes], Seen]


CHAT = Dialect("chat/completions", chat.read, None, chat.ask_for_usage, chat.usage, chat.seen)
RESPONSES = Dialect(
    "responses", responses.read, "max_output_tokens", responses.ask_for_usage, responses.usage, responses.seen
)
EMBEDDINGS = Dialect(
    "embeddings", embeddings.read, None, embeddings.ask_for_usage, embeddings.usage, embeddings.seen
)
DIALECTS = {dialect.endpoint: dialect for dialect in (CHAT, RESPONSES, EMBEDDINGS)}


def said(value: str | int) -> Raw:
    """A value as a field of a request."""
    return Raw(msgspec.json.encode(value))
