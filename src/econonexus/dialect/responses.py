"""Responses: `POST /v1/responses`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.dialect.answers import NOTHING, UNREADABLE, ResponseUsage, Seen
from econonexus.dialect.counting import NotUnderstood, Prompt, Usage
from econonexus.dialect.requests import (
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

_Input = str | Annotated[list[Fields], Meta(min_length=1, max_length=10_000)]
_ELSEWHERE = ("previous_response_id", "conversation", "prompt")
"""Fields that stand for more than they hold."""
_READ_OR_FREE = frozenset(
    {
        "model", "input", "max_output_tokens", "stream", "stream_options", "background", "include",
        "metadata", "max_tool_calls", "parallel_tool_calls", "prompt_cache_key",
        "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store",
        "temperature", "tool_choice", "top_logprobs", "top_p", "truncation", "user", *_ELSEWHERE,
    }
)  # fmt: skip

_SELF_CONTAINED = frozenset(
    {
        "message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
    }
)  # fmt: skip
"""Kinds of items that hold all that is read of them."""
_OF_AN_ITEM = frozenset({"role", "content", "output", "type"})


def read(body: bytes) -> Ask:
    """What a body asks. Raises: NotUnderstood."""
    fields = object_of(body)
    model: str = required(fields, "model", ModelName)
    given: str | list[Fields] = required(fields, "input", _Input)
    bound = field(fields, "max_output_tokens", Tokens, 0)
    return Ask(
        model,
        fields,
        _prompt(fields, given),
        bound or None,
        stream=field(fields, "stream", bool, False),
        unpriced=_unpriced(fields),
    )


def _unpriced(fields: Fields) -> NotUnderstood | None:
    if field(fields, "background", bool, False):
        return NotUnderstood("background", "An answer in the background cannot be settled; leave it out.")
    return unpriced(fields)


def _prompt(fields: Fields, given: str | list[Fields]) -> Prompt:
    elsewhere = next((name for name in _ELSEWHERE if is_there(fields, name)), "")
    texts: list[int] = []
    parts = 0
    if isinstance(given, str):
        texts.append(text_length(fields["input"]))
        given = []
    for place, item in enumerate(given):
        where = f"input[{place}]"
        length, others = content_of(item.get("content"), f"{where}.content")
        came, more = content_of(item.get("output"), f"{where}.output")  # Of a tool of the caller's.
        beside_it = (text_length(raw) for name, raw in item.items() if name not in _OF_AN_ITEM)
        texts.append(length + came + sum(beside_it))
        parts += others + more
        if _refers_elsewhere(item, where):
            elsewhere = "input"
    texts += beside(fields, _READ_OR_FREE)
    return Prompt(tuple(texts), parts=parts, elsewhere=elsewhere, parts_in="input")


def _refers_elsewhere(item: Fields, where: str) -> bool:
    """Whether an item stands for something that its upstream keeps; a reference need not say its type."""
    kind = field(item, "type", str, "message" if is_there(item, "role") else "", f"{where}.")
    if kind == "reasoning":
        return not (is_there(item, "encrypted_content") or is_there(item, "content"))
    return kind not in _SELF_CONTAINED


def ask_for_usage(fields: Fields) -> None:
    """Streams of this kind say what they used in any case."""


class _Answer(msgspec.Struct):
    usage: ResponseUsage | None = None


class _Event(msgspec.Struct):
    type: str = ""
    delta: str | None = None
    response: _Answer | None = None


_ANSWER = msgspec.json.Decoder(_Answer)
_EVENT = msgspec.json.Decoder(_Event)
_LAST = frozenset({"response.completed", "response.incomplete", "response.failed", "error"})


def usage(answer: bytes) -> Usage | None:
    """What a whole answer says was used, if it does."""
    try:
        found = _ANSWER.decode(answer).usage
    except UNREADABLE:
        return None
    return None if found is None else found.plain()


def seen(data: bytes) -> Seen:
    """What an event's data holds; nothing where it cannot be read."""
    try:
        event = _EVENT.decode(data)
    except UNREADABLE:
        return NOTHING
    used = event.response.usage if event.response else None
    size = len((event.delta or "").encode(errors="surrogatepass"))
    return Seen(size, bool(event.delta), None if used is None else used.plain(), last=event.type in _LAST)
