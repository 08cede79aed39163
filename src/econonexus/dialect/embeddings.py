"""Embeddings: `POST /v1/embeddings`. What they cost is what was read."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.dialect.answers import NOTHING, UNREADABLE, ChatUsage, Seen
from econonexus.dialect.counting import Prompt, Usage
from econonexus.dialect.requests import Ask, Fields, ModelName, beside, field, object_of, required

_Token = Annotated[int, Meta(ge=0)]
_MANY = Meta(min_length=1, max_length=2_048)
_Tokens = Annotated[list[_Token], Meta(min_length=1, max_length=1_000_000)]
_Input = str | Annotated[list[str | _Token | _Tokens], Meta(min_length=1, max_length=1_000_000)]
_READ_OR_FREE = frozenset({"model", "input", "dimensions", "encoding_format", "user"})
_Inputs = Annotated[list[str | _Tokens], _MANY]


def read(body: bytes) -> Ask:
    """What a body asks. Raises: NotUnderstood."""
    fields = object_of(body)
    model: str = required(fields, "model", ModelName)
    prompt = _prompt(inputs(fields))
    texts = (*prompt.texts, *beside(fields, _READ_OR_FREE))
    return Ask(model, fields, prompt._replace(texts=texts), bound=0)


def inputs(fields: Fields) -> list[str | list[int]]:
    """What vectors are wanted of: texts, or tokens. Raises: NotUnderstood."""
    given: str | list[str | int | list[int]] = required(fields, "input", _Input)
    if isinstance(given, str):
        return [given]
    if isinstance(given[0], int):
        return [field(fields, "input", _Tokens, [])]
    return field(fields, "input", _Inputs, [])


def _prompt(given: list[str | list[int]]) -> Prompt:
    texts = tuple(len(each.encode(errors="surrogatepass")) for each in given if isinstance(each, str))
    return Prompt(texts, tokens=sum(len(each) for each in given if not isinstance(each, str)))


def ask_for_usage(fields: Fields) -> None:
    """There are no streams of this kind."""


class _Answer(msgspec.Struct):
    usage: ChatUsage | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


def usage(answer: bytes) -> Usage | None:
    """What an answer says was used, if it does."""
    try:
        found = _ANSWER.decode(answer).usage
    except UNREADABLE:
        return None
    return None if found is None else Usage(found.prompt_tokens, 0)


def seen(_: bytes) -> Seen:
    """There are no streams of this kind."""
    return NOTHING
