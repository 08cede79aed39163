"""What answers say was used, whole or as server-sent events."""

from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from econonexus.dialect.counting import Usage

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What comes of reading JSON that is none, or is nested deeper than anybody means."""

Count = Annotated[int, Meta(ge=0, le=10**9)]
"""Tokens that a report may say: no call has more, and what says so is not believed at all."""


class Seen(NamedTuple):
    """What one event of a stream holds: `size` bytes of answer in `pieces`, and perhaps the usage so far."""

    size: int = 0
    pieces: int = 0
    usage: Usage | None = None
    usage_alone: bool = False
    """Whether it is there for the usage only, so that who did not ask for that need not get it."""
    last: bool = False
    """Whether nothing of the answer follows."""


NOTHING = Seen()


class _Details(msgspec.Struct):
    cached_tokens: Count | None = None


class ChatUsage(msgspec.Struct):
    """Usage as chats and embeddings report it."""

    prompt_tokens: Count
    completion_tokens: Count = 0
    prompt_tokens_details: _Details | None = None

    def plain(self) -> Usage:
        """The same in our words; what is said to be cached was read."""
        details = self.prompt_tokens_details
        cached = (details.cached_tokens or 0) if details else 0
        return Usage(self.prompt_tokens, self.completion_tokens, min(cached, self.prompt_tokens))


class ResponseUsage(msgspec.Struct):
    """Usage as responses report it."""

    input_tokens: Count
    output_tokens: Count = 0
    input_tokens_details: _Details | None = None

    def plain(self) -> Usage:
        """The same in our words; what is said to be cached was read."""
        details = self.input_tokens_details
        cached = (details.cached_tokens or 0) if details else 0
        return Usage(self.input_tokens, self.output_tokens, min(cached, self.input_tokens))


def data_of(event: bytes) -> bytes:
    """The data of one server-sent event; nothing for a comment."""
    if event.startswith(b"data: ") and event.count(b"\n") <= 2:
        return event[6:].strip()
    lines = [line[5:].removeprefix(b" ") for line in event.splitlines() if line.startswith(b"data:")]
    return b"\n".join(lines).strip()


def event_of(value: object, name: str = "") -> bytes:
    """A server-sent event that holds a value."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + msgspec.json.encode(value) + b"\n\n"


class Splitter:
    """Cuts a stream of bytes into server-sent events, each with the blank line that ends it."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, more: bytes) -> list[bytes]:
        """The events that are whole now."""
        data = self._rest + more
        if b"\r" in data:
            # A line may end in CR LF, and the LF come later: keep the CR until it does.
            kept = data.endswith(b"\r")
            data = data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b"\r" * kept
        *events, self._rest = data.split(b"\n\n")
        return [event + b"\n\n" for event in events if event]

    def rest(self) -> bytes:
        """What was left without an end."""
        return self._rest
