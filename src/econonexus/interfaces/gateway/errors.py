"""How the gateway says no: OpenAI's error shape, so that its clients raise what they always raise."""

import math
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from econonexus.dialect.answers import UNREADABLE
from econonexus.interfaces.gateway.forms import OpenAiError, OpenAiErrorBody
from econonexus.interfaces.http.problems import HANDLERS, Declined, Problem, declined
from econonexus.ports import ModelFault, ModelRefused, ModelTimedOut, ModelUnavailable

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_funds",
    403: "permission_error",
    404: "invalid_request_error",
    405: "invalid_request_error",
    409: "invalid_request_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
}
_POOR = 402
_RETRY_AFTER_S = 1.0
_PASSED_ON = frozenset({400, 404, 413, 415, 422})
"""What an upstream declines with these is the caller's to mend; anything else is the operator's."""


_CALLS = "POST /v1/chat/completions, /v1/responses and /v1/embeddings, and GET /v1/models"
_ELSEWHERE = {
    404: f"There is no such path; this gateway has {_CALLS}.",
    405: f"This path takes another method; this gateway has {_CALLS}.",
}


class Passed(Exception):
    """An upstream's own refusal, to be passed on as it is."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the upstream declined ({status})")
        self.status = status
        self.body = body


def in_openais_shape(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Whatever the HTTP API would answer to an error, worded as OpenAI's clients expect it."""
    kinds = (kind for kind in type(error).__mro__ if kind in HANDLERS)
    plain = HANDLERS[next(kinds)](request, error)
    problem = plain.content
    assert isinstance(problem, Problem)
    return Response(
        error_of(problem),
        status_code=problem.status,
        media_type="application/json",
        headers=dict(plain.headers),
    )


def as_asked(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What is no path or method here, in the shape of the API that its caller took it for."""
    if not request.url.path.startswith("/v1/"):
        return HANDLERS[HTTPException](request, error)
    said = _ELSEWHERE.get(error.status_code)
    if said is not None:
        error.detail = said
    return in_openais_shape(request, error)


def error_of(problem: Problem) -> OpenAiErrorBody:
    """A problem in OpenAI's words, with the numbers that decided."""
    known = problem.available is not None and problem.status == _POOR  # Elsewhere they are no amounts.
    numbers = f" ({problem.requested} µcr of {problem.available})" if known else ""
    about = f" [{problem.subject}]" if problem.subject else ""
    kind = _TYPES.get(problem.status, "server_error")
    return OpenAiErrorBody(
        OpenAiError(f"{problem.detail}{about}{numbers}", kind, problem.field or None, problem.code)
    )


def passed_on(_: Request[Any, Any, Any], error: Passed) -> Response[Any]:
    """An upstream's own word, where that is for the caller."""
    return Response(error.body, status_code=error.status, media_type="application/json")


def of_fault(fault: ModelFault) -> Declined | Passed:
    """What a caller is told of an upstream's fault: nothing that it said about the operator's own key."""
    match fault:
        case ModelRefused(status=status, body=body) if status in _PASSED_ON and _is_error(body):
            return Passed(status, body)
        case ModelRefused():
            return declined(502, "upstream_refused", "The model's upstream declined; its operator knows why.")
        case ModelUnavailable(retry_after_s=wait):
            after = {"Retry-After": str(math.ceil(_RETRY_AFTER_S if wait is None else max(1.0, wait)))}
            return declined(503, "model_unavailable", "The model cannot be reached now.", headers=after)
        case ModelTimedOut():
            return declined(504, "model_timed_out", "The model did not answer in time.")
        case _:
            return declined(502, "model_broke", "The model's answer broke off.")


class _Error(msgspec.Struct):
    error: dict[str, object]


def _is_error(body: bytes) -> bool:
    """Whether a body is an error in OpenAI's shape."""
    try:
        msgspec.json.decode(body, type=_Error)
    except UNREADABLE:
        return False
    return True


ERRORS: Any = {**dict.fromkeys(HANDLERS, in_openais_shape), Passed: passed_on}
