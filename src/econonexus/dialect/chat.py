"""Chat completions: `POST /v1/chat/completions`."""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from econonexus.dialect.answers import NOTHING, UNREADABLE, ChatUsage, Seen
from econonexus.dialect.counting import NotUnderstood, Prompt, Usage
from econonexus.dialect.requests import (
    MAX_CHOICES,
    Ask,
    Fields,
    ModelName,
    Tokens,
    beside,
    content_of,
    field,
    is_there,
    object_of,
    required,
    text_length,
    unpriced,
)

_Messages = Annotated[list[Fields], Meta(min_length=1, max_length=10_000)]
BOUNDS = ("max_tokens", "max_completion_tokens")
"""Fields that say how much may be written. Not every upstream heeds both."""
_Choices = Annotated[int, Meta(ge=1, le=MAX_CHOICES)]
_READ_OR_FREE = frozenset(
    {
        "model", "messages", "max_tokens", "max_completion_tokens", "n", "stream", "stream_options",
        "tool_choice", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "stop",
        "logit_bias", "logprobs", "top_logprobs", "metadata", "modalities", "parallel_tool_calls",
        "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "safety_identifier",
        "service_tier", "store", "user", "verbosity",
    }
)  # fmt: skip
"""Fields that are read here, or add nothing to what the model reads."""


class StreamOptions(msgspec.Struct):
    """What a stream ends with."""

    include_usage: bool = False


def read(body: bytes) -> Ask:
    """What a body asks. Raises: NotUnderstood."""
    fields = object_of(body)
    model: str = required(fields, "model", ModelName)
    messages: list[Fields] = required(fields, "messages", _Messages)
    bounds = (field(fields, name, Tokens, 0) for name in BOUNDS)
    options = field(fields, "stream_options", StreamOptions, StreamOptions())
    return Ask(
        model,
        fields,
        _prompt(fields, messages),
        max(bounds) or None,
        field(fields, "n", _Choices, 1),
        field(fields, "stream", bool, False),
        options.include_usage,
        _unpriced(fields),
    )


def _unpriced(fields: Fields) -> NotUnderstood | None:
    if field(fields, "modalities", list[str], ["text"]) != ["text"]:
        return NotUnderstood("modalities", "Only text has a price here.")
    return unpriced(fields)


def _prompt(fields: Fields, messages: list[Fields]) -> Prompt:
    texts: list[int] = []
    parts = 0
    for place, message in enumerate(messages):
        if "role" not in message:
            raise NotUnderstood(f"messages[{place}]", "Object missing required field `role`")
        length, others = content_of(message.get("content"), f"messages[{place}].content")
        beside_it = (text_length(raw) for name, raw in message.items() if name not in ("role", "content"))
        texts.append(length + sum(beside_it))
        parts += others + is_there(message, "audio")  # What was said before, by its id.
    return Prompt((*texts, *beside(fields, _READ_OR_FREE)), parts=parts)


def ask_for_usage(fields: Fields) -> None:
    """Have a stream say what it used."""
    options = field(fields, "stream_options", Fields, {})
    options["include_usage"] = Raw(b"true")
    fields["stream_options"] = Raw(msgspec.json.encode(options))


class _Answer(msgspec.Struct):
    usage: ChatUsage | None = None


class _Function(msgspec.Struct):
    arguments: str | None = None


class _Custom(msgspec.Struct):
    input: str | None = None


class _ToolCall(msgspec.Struct):
    function: _Function | None = None
    custom: _Custom | None = None

    @property
    def text(self) -> str | None:
        """What the tool is given."""
        return (self.function.arguments if self.function else None) or (
            self.custom.input if self.custom else None
        )


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[_ToolCall] | None = None
    function_call: _Function | None = None

    def texts(self) -> list[str]:
        """All that was written."""
        inner = [call.text for call in self.tool_calls or ()]
        inner.append(self.function_call.arguments if self.function_call else None)
        all_ = (self.content, self.refusal, self.reasoning_content, self.reasoning, *inner)
        return [text for text in all_ if text]


class _Choice(msgspec.Struct):
    delta: _Delta | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: ChatUsage | None = None


_ANSWER = msgspec.json.Decoder(_Answer)
_CHUNK = msgspec.json.Decoder(_Chunk)


def usage(answer: bytes) -> Usage | None:
    """What a whole answer says was used, if it does."""
    try:
        found = _ANSWER.decode(answer).usage
    except UNREADABLE:
        return None
    return None if found is None else found.plain()


def seen(data: bytes) -> Seen:
    """What an event's data holds; nothing where it cannot be read."""
    if data == b"[DONE]":
        return Seen(last=True)
    try:
        chunk = _CHUNK.decode(data)
    except UNREADABLE:
        return NOTHING
    texts = [text for choice in chunk.choices if choice.delta for text in choice.delta.texts()]
    used = None if chunk.usage is None else chunk.usage.plain()
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    return Seen(size, bool(texts), used, used is not None and not chunk.choices)
