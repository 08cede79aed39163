"""What OpenAI's API asks and answers, as far as the gateway reads or writes it; other fields pass unread."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from msgspec import Meta

from econonexus.interfaces.http.problems import HANDLERS, Problem

MAX_TOKENS = 1_000_000
Tokens = Annotated[int, Meta(ge=1, le=MAX_TOKENS)]


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation."""

    role: Annotated[str, Meta(max_length=64)]
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """All of it that is text."""
        if isinstance(self.content, list):
            return "".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class StreamOptions(msgspec.Struct, frozen=True):
    """What a stream ends with."""

    include_usage: bool = False


class ChatRequest(msgspec.Struct, frozen=True):
    """A conversation that is to go on."""

    model: Annotated[str, Meta(min_length=1, max_length=128, examples=["mock"])]
    messages: Annotated[list[Message], Meta(min_length=1, max_length=10_000)]
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None


class Usage(msgspec.Struct, frozen=True):
    """How much a call used."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ModelCard(msgspec.Struct, frozen=True):
    """A model that may be called."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "econonexus"


class ModelList(msgspec.Struct, frozen=True):
    """The models that may be called."""

    data: list[ModelCard]
    object: str = "list"


class OpenAiError(msgspec.Struct, frozen=True):
    """What went wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAiErrorBody(msgspec.Struct, frozen=True):
    """An answer that says no."""

    error: OpenAiError


_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_funds",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
}


def in_openais_shape(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Whatever the HTTP API would answer to an error, worded as OpenAI's clients expect it."""
    kinds = (kind for kind in type(error).__mro__ if kind in HANDLERS)
    plain = HANDLERS[next(kinds)](request, error)
    problem = plain.content
    assert isinstance(problem, Problem)
    numbers = "" if problem.requested is None else f" ({problem.requested} µcr of {problem.available})"
    about = f" [{problem.subject}]" if problem.subject else ""
    kind = _TYPES.get(problem.status, "server_error")
    body = OpenAiErrorBody(
        OpenAiError(f"{problem.detail}{about}{numbers}", kind, problem.field or None, problem.code)
    )
    return Response(
        body, status_code=problem.status, media_type="application/json", headers=dict(plain.headers)
    )


ERRORS: Any = dict.fromkeys(HANDLERS, in_openais_shape)
