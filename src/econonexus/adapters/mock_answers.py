"""What the built-in models answer, in OpenAI's words: tokens of four bytes each, tools, vectors."""

import hashlib
import math
import secrets
import struct
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from econonexus.dialect import embeddings
from econonexus.dialect.answers import event_of
from econonexus.dialect.counting import MOCKS
from econonexus.dialect.requests import Ask, Fields, field

DEFAULT_TOKENS = 16
DIMENSIONS = 64
MAX_DIMENSIONS = 4_096
FIRST, NEXT = "mock", " tok"
"""Tokens: four bytes each."""

Json = dict[str, Any]


def tokens(ask: Ask) -> int:
    """How many tokens each answer has: as many as it may."""
    return DEFAULT_TOKENS if ask.bound is None else ask.bound


def _read_tokens(ask: Ask) -> int:
    return MOCKS.tokens(ask.prompt._replace(parts=0, elsewhere=""))


def _words(ask: Ask) -> Iterator[str]:
    return (NEXT if number else FIRST for number in range(tokens(ask)))


def _arguments(ask: Ask) -> str:
    """A tool's arguments: an empty object of as many tokens as the answer may have."""
    return "{" + " " * (4 * tokens(ask) - 2) + "}"


class _Tool(msgspec.Struct):
    name: str = ""
    function: "_Tool | None" = None

    @property
    def called(self) -> str:
        return self.function.name if self.function else self.name


def _tool(fields: Fields) -> str:
    """The tool that the request wants called; none unless it asks for one."""
    choice = field(fields, "tool_choice", str | _Tool, "auto")
    if isinstance(choice, _Tool):
        return choice.called
    offered: list[_Tool] = field(fields, "tools", list[_Tool], [])
    return offered[0].called if offered and choice == "required" else ""


# Chats.


def _chat_head(ask: Ask, kind: str) -> Json:
    name = f"chatcmpl-{secrets.token_hex(12)}"
    return {"id": name, "object": kind, "created": int(time.time()), "model": ask.model}


def _chat_usage(ask: Ask) -> Json:
    read, written = _read_tokens(ask), tokens(ask) * ask.choices
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _chat_call(ask: Ask, tool: str) -> Json:
    function = {"name": tool, "arguments": _arguments(ask)}
    return {"id": f"call_{secrets.token_hex(8)}", "type": "function", "function": function}


def _chat(ask: Ask) -> Json:
    tool = _tool(ask.fields)
    choices = []
    for index in range(ask.choices):
        message: Json = {"role": "assistant", "content": None if tool else "".join(_words(ask))}
        if tool:
            message["tool_calls"] = [_chat_call(ask, tool)]
        reason = "tool_calls" if tool else "length"
        choices.append({"index": index, "message": message, "finish_reason": reason, "logprobs": None})
    return _chat_head(ask, "chat.completion") | {"choices": choices, "usage": _chat_usage(ask)}


def _chat_stream(ask: Ask) -> Iterator[bytes]:
    head = _chat_head(ask, "chat.completion.chunk")
    tool = _tool(ask.fields)

    def chunk(index: int, delta: Json, reason: str | None = None) -> bytes:
        return event_of(head | {"choices": [{"index": index, "delta": delta, "finish_reason": reason}]})

    for index in range(ask.choices):
        yield chunk(index, {"role": "assistant", "content": None if tool else ""})
        if tool:
            yield chunk(index, {"tool_calls": [{"index": 0, **_chat_call(ask, tool)}]})
        else:
            for word in _words(ask):
                yield chunk(index, {"content": word})
        yield chunk(index, {}, "tool_calls" if tool else "length")
    if ask.with_usage:
        yield event_of(head | {"choices": [], "usage": _chat_usage(ask)})
    yield b"data: [DONE]\n\n"


# Responses.


def _item(ask: Ask, text: str) -> Json:
    """The one item of a response: a message, or a call of a tool."""
    tool = _tool(ask.fields)
    if tool:
        name = secrets.token_hex(8)
        call = {"call_id": f"call_{name}", "name": tool, "arguments": text}
        return {"type": "function_call", "id": f"fc_{name}", "status": "completed", **call}
    content = [{"type": "output_text", "text": text, "annotations": []}]
    name = f"msg_{secrets.token_hex(8)}"
    return {"type": "message", "id": name, "status": "completed", "role": "assistant", "content": content}


def _written(ask: Ask) -> str:
    return _arguments(ask) if _tool(ask.fields) else "".join(_words(ask))


def _response_head(ask: Ask) -> Json:
    settings = {"tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "output": []}
    head = {"id": f"resp_{secrets.token_hex(12)}", "object": "response", "created_at": int(time.time())}
    return {**head, "model": ask.model, "status": "in_progress", "error": None, "usage": None, **settings}


def _completed(ask: Ask, head: Json, item: Json) -> Json:
    read, written = _read_tokens(ask), tokens(ask)
    usage = {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }
    return {**head, "status": "completed", "output": [item], "usage": usage}


def _response(ask: Ask) -> Json:
    return _completed(ask, _response_head(ask), _item(ask, _written(ask)))


def _response_stream(ask: Ask) -> Iterator[bytes]:
    for number, (kind, about) in enumerate(_happenings(ask)):
        yield event_of({"type": kind, "sequence_number": number, **about}, kind)


def _happenings(ask: Ask) -> Iterator[tuple[str, Json]]:
    """What happens while a response is written: kinds of event, and what they say."""
    head, item = _response_head(ask), _item(ask, "")
    yield "response.created", {"response": head}
    yield "response.in_progress", {"response": head}
    yield "response.output_item.added", {"output_index": 0, "item": item | {"status": "in_progress"}}
    place = {"item_id": item["id"], "output_index": 0}
    whole = _written(ask)
    if item["type"] == "function_call":
        kind = "response.function_call_arguments"
        yield f"{kind}.delta", {**place, "delta": whole}
        yield f"{kind}.done", {**place, "name": item["name"], "arguments": whole}
        done = item | {"arguments": whole}
    else:
        yield from _text_happenings(ask, place | {"content_index": 0}, whole)
        done = item | {"content": [{"type": "output_text", "text": whole, "annotations": []}]}
    yield "response.output_item.done", {"output_index": 0, "item": done}
    yield "response.completed", {"response": _completed(ask, head, done)}


def _text_happenings(ask: Ask, place: Json, whole: str) -> Iterator[tuple[str, Json]]:
    part = {"type": "output_text", "text": "", "annotations": []}
    yield "response.content_part.added", {**place, "part": part}
    for word in _words(ask):
        yield "response.output_text.delta", {**place, "delta": word, "logprobs": []}
    yield "response.output_text.done", {**place, "text": whole, "logprobs": []}
    yield "response.content_part.done", {**place, "part": part | {"text": whole}}


# Embeddings.


def _embeddings(ask: Ask) -> Json:
    size = field(ask.fields, "dimensions", Annotated[int, Meta(ge=1, le=MAX_DIMENSIONS)], DIMENSIONS)
    coded = field(ask.fields, "encoding_format", str, "float") == "base64"
    data = []
    for index, each in enumerate(embeddings.inputs(ask.fields)):
        vector = _vector(msgspec.json.encode(each), size)
        shown = b64encode(struct.pack(f"<{size}f", *vector)).decode() if coded else vector
        data.append({"object": "embedding", "index": index, "embedding": shown})
    read = _read_tokens(ask)
    usage = {"prompt_tokens": read, "total_tokens": read}
    return {"object": "list", "data": data, "model": ask.model, "usage": usage}


def _vector(text: bytes, size: int) -> list[float]:
    """A direction that follows from the text, and from nothing else; its length is 1."""
    drawn = hashlib.shake_256(text).digest(2 * size)
    raw = [number - 32_767.5 for number in struct.unpack(f"<{size}H", drawn)]
    length = math.sqrt(sum(number * number for number in raw))
    return [number / length for number in raw]


WHOLE = {"chat/completions": _chat, "responses": _response, "embeddings": _embeddings}
STREAMED = {"chat/completions": _chat_stream, "responses": _response_stream}
