"""What may enter the node: a command that the journal can keep and a replay can read.

Callers in the same process are not held to the declared types. What they give is encoded and decoded
again, which is what a replay will do to it, so nothing gets in that would not come out.
"""

from functools import cache, lru_cache

import msgspec

from econonexus.domain.commands import Command, SubmitOutcome
from econonexus.domain.ids import CallerId, is_name
from econonexus.node.records import digest_of
from econonexus.node.withholding import PRIVATE

NODE = CallerId("node")
"""The caller of the commands that the node makes for itself; nobody else may use it."""

MAX_CONTENT = 16_384
"""Bytes of a command as JSON."""
MAX_TRACE = 128

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Command)
_PRIVATE_FIELDS = frozenset(field for fields in PRIVATE.values() for field in fields)


class InvalidCommand(ValueError):
    """What was submitted is not of its declared types; the message names the field."""


def checked(command: Command, caller: CallerId, digest: str = "", trace: str = "") -> Command:
    """The command as a replay would read it. Raises: InvalidCommand."""
    if not _is_caller(caller):
        raise InvalidCommand("caller: a name as `ids` defines it, and not `node`")
    if isinstance(command, SubmitOutcome):
        raise InvalidCommand("SubmitOutcome: only the node may say what a solver found")
    if digest or trace:
        _check_text("digest", digest)
        _check_text("trace", trace)
    try:
        content = _encoder.encode(command)
        if len(content) > MAX_CONTENT:
            raise InvalidCommand(f"the command is {len(content)} bytes long, {MAX_CONTENT} are allowed")
        read: Command = _decoder.decode(content)
    except (msgspec.ValidationError, TypeError, UnicodeError, OverflowError, RecursionError) as error:
        raise InvalidCommand(f"{type(command).__name__}: {error}") from error
    return read


def content_digest(command: Command) -> str:
    """The digest of what a caller sent, but for private texts: it outlives their being erased, and a
    short text could be guessed from it."""
    texts = {field: "" for field in _private_fields(type(command)) if getattr(command, field)}
    return digest_of(_encoder.encode(msgspec.structs.replace(command, **texts) if texts else command))


@cache
def _private_fields(kind: type[Command]) -> tuple[str, ...]:
    return tuple(field for field in kind.__struct_fields__ if field in _PRIVATE_FIELDS)


@lru_cache(131_072)  # As many agents as a node has may take turns.
def _is_caller(caller: str) -> bool:
    return isinstance(caller, str) and is_name(caller) and caller != NODE


def _check_text(field: str, text: str) -> None:
    if not isinstance(text, str) or not text.isascii() or len(text) > MAX_TRACE:
        raise InvalidCommand(f"{field}: ASCII text of at most {MAX_TRACE} characters")
