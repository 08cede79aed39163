"""What every request has in common: read once, shallowly, so that what was counted is what is sent."""

from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Raw

from econonexus.dialect.counting import NotUnderstood, Prompt

T = TypeVar("T")
Fields = dict[str, Raw]
"""A JSON object whose values were not looked into."""

MAX_TOKENS = 1_000_000
MAX_CHOICES = 128
Tokens = Annotated[int, Meta(ge=1, le=MAX_TOKENS)]
ModelName = Annotated[str, Meta(min_length=1, max_length=128)]
TIERS = frozenset({"auto", "default", "flex"})
OWN_TOOLS = frozenset({"function", "custom"})
"""Tools that the caller carries out. Others are the upstream's own, and cost what no table here says."""


class Ask(NamedTuple):
    """What a request asks of a model, as far as its price depends on it."""

    model: str
    fields: Fields
    prompt: Prompt
    bound: int | None
    """How many tokens it lets each answer have; None where it does not say."""
    choices: int = 1
    stream: bool = False
    with_usage: bool = False
    """Whether its caller wants to see what a stream used."""
    unpriced: NotUnderstood | None = None
    """What in it costs otherwise than by tokens, if anything does."""


def object_of(body: bytes) -> Fields:
    """The fields of a body. Raises: NotUnderstood."""
    try:
        body.decode()  # What is skipped now is no longer doubted later.
        return _decoder(Fields).decode(body)  # type: ignore[no-any-return]
    except RecursionError:
        raise NotUnderstood("", "The body is nested too deeply.") from None
    except msgspec.ValidationError:
        raise NotUnderstood("", "The body is not a JSON object.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood("", f"The body is not JSON: {error}") from None


def is_there(fields: Fields, name: str) -> bool:
    """Whether a field says anything: null says nothing."""
    return name in fields and bytes(fields[name]) != b"null"


def field(fields: Fields, name: str, kind: Any, default: T, where: str = "") -> T:
    """The value of a field in its type; the default where it is not there or null. Raises: NotUnderstood.

    `where` is put before the name of the field at fault.
    """
    if not is_there(fields, name):
        return default
    try:
        return _decoder(kind).decode(fields[name])  # type: ignore[no-any-return]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what, _, path = str(error).partition(" - at `$")
        raise NotUnderstood(where + name + path.rstrip("`"), what) from None


def required(fields: Fields, name: str, kind: Any) -> Any:
    """The value of a field that must be there. Raises: NotUnderstood."""
    if not is_there(fields, name):
        raise NotUnderstood(name, f"Object missing required field `{name}`")
    return field(fields, name, kind, None)


def text_length(raw: Raw) -> int:
    """The bytes of a JSON value as a model reads it: a string without its quotes and escapes, or all."""
    data = bytes(raw)
    if not data.startswith(b'"'):
        return 0 if data == b"null" else len(data)
    return (
        len(data) - 2 if b"\\" not in data else len(_decoder(str).decode(data).encode(errors="surrogatepass"))
    )


def content_of(raw: Raw | None, where: str) -> tuple[int, int]:
    """(bytes of text, parts that are no text) of a message's content. Raises: NotUnderstood."""
    if raw is None or bytes(raw)[:1] != b"[":
        return (0 if raw is None else text_length(raw)), 0
    try:
        parts: list[Fields] = _decoder(list[Fields]).decode(raw)
        kinds: list[_Typed] = _decoder(list[_Typed]).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(where, str(error).partition(" - at")[0]) from None
    texts = (part for part, kind in zip(parts, kinds, strict=True) if kind.type not in _SEEN_OR_HEARD)
    size = sum(text_length(raw) for part in texts for name, raw in part.items() if name != "type")
    return size, sum(kind.type not in _TEXTS for kind in kinds)


def beside(fields: Fields, read: frozenset[str]) -> tuple[int, ...]:
    """The lengths of all fields but those `read`: whatever is not known to cost nothing is counted."""
    lengths = (text_length(raw) for name, raw in fields.items() if name not in read)
    return tuple(length for length in lengths if length)


def unpriced(fields: Fields) -> NotUnderstood | None:
    """What costs otherwise than the table of prices says: other tiers, tools of the upstream's own."""
    name = next((name for name in fields if name in _OTHERWISE_PRICED and is_there(fields, name)), None)
    if name is not None:
        return NotUnderstood(name, "What this may cost has no price here; leave it out.")
    tier = field(fields, "service_tier", str, "auto")
    if tier not in TIERS:
        return NotUnderstood("service_tier", f"The tier {tier!r} has no price here; leave it out.")
    tools: list[_Tool] = field(fields, "tools", list[_Tool], [])
    other = next((tool.type for tool in tools if tool.type not in OWN_TOOLS), None)
    if other is None:
        return None
    return NotUnderstood("tools", f"The use of {other!r} has no price here; give tools of your own.")


_TEXTS = frozenset({"text", "refusal", "input_text", "output_text", "summary_text", "reasoning_text"})
_SEEN_OR_HEARD = frozenset(
    {"image_url", "input_image", "input_audio", "audio_url", "video_url", "input_video"}
)
"""Parts whose size in bytes says nothing of their tokens. Others may be read as text besides."""
_OTHERWISE_PRICED = frozenset(
    {
        "extra_body", "fallbacks", "models", "plugins", "prediction", "provider", "search_parameters",
        "web_search_options",
    }
)  # fmt: skip
"""Fields by which upstreams call another model, search, or bill as written what was sent to them."""


class _Typed(msgspec.Struct):
    type: str = ""


class _Tool(msgspec.Struct):
    type: str = "function"


@cache
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)
