"""OpenAI's paths under /v1: models and chat completions."""

import secrets
import time
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody
from litestar.response import Stream

from econonexus.domain.flows.spending import payer
from econonexus.domain.ids import AccountId, AgentId, is_name
from econonexus.domain.state import State
from econonexus.interfaces.gateway.calls import Call, Calls
from econonexus.interfaces.gateway.forms import ChatRequest, ModelCard, ModelList, OpenAiErrorBody, Usage
from econonexus.interfaces.gateway.models import MODELS, Mock, count
from econonexus.interfaces.http.desk import AtDesk, Desk, available
from econonexus.interfaces.http.problems import TITLES, declined, invalid

RUN = "X-EconoNexus-Run"
COST = "X-EconoNexus-Cost-Ucr"
AVAILABLE = "X-EconoNexus-Available-Ucr"
WAITED = "X-EconoNexus-Waited-Ms"

NOES = {
    status: ResponseSpec(OpenAiErrorBody, generate_examples=False, description=TITLES[status])
    for status in (400, 401, 402, 403, 404, 409, 413, 429, 503)
}


class Reply(NamedTuple):
    """What every part of one answer repeats."""

    id: str
    model: str
    created: int


@get("/models", responses=NOES)
async def list_models() -> ModelList:
    """The models that may be called."""
    return ModelList([ModelCard(name) for name in MODELS])


@post(
    "/chat/completions",
    status_code=200,
    responses={**NOES, 200: ResponseSpec(dict[str, Any], generate_examples=False, description="The answer.")},
)
async def complete_chat(data: JSONBody[ChatRequest], desk: AtDesk) -> Response[Any]:
    """Let a model go on with a conversation: reserved before, settled before the answer ends.

    A stream's `X-EconoNexus-Cost-Ucr` is what it can cost at most, as it begins before its cost is known.
    """
    began = time.monotonic()
    agent = desk.caller.agent
    assert agent is not None, "the table of roles lets agents in alone"
    model = _model(desk, agent, data.model)
    calls: Calls = desk.calls
    prompt_tokens = count([message.text() for message in data.messages])
    max_tokens = data.max_completion_tokens or data.max_tokens or model.default_tokens
    call = await calls.reserve(desk.caller, model.name, model.tariff, prompt_tokens, max_tokens, _run(desk))
    waited_ms = round((time.monotonic() - began) * 1_000)
    reply = Reply(f"chatcmpl-{secrets.token_hex(12)}", model.name, int(time.time()))
    if data.stream:
        with_usage = data.stream_options is not None and data.stream_options.include_usage
        parts = _streamed(calls, call, model, max_tokens, reply, with_usage)
        begun = _Begun(await anext(parts), parts)
        headers = await _headers(desk, agent, call.bound_ucr, waited_ms)
        return Stream(begun, media_type="text/event-stream", headers=headers)
    text = await _written(calls, call, model, max_tokens)
    headers = await _headers(desk, agent, call.cost_ucr, waited_ms)
    return Response(_completion(reply, text, call), media_type="application/json", headers=headers)


class _Begun:
    """A stream whose first part is there already.

    A generator that never began never ends either, and its call would stay reserved if the client went away
    before the first part was sent. This one has begun, so that it ends when it is thrown away.
    """

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None]) -> None:
        self._first: bytes | None = first
        self._rest = rest

    def __aiter__(self) -> "_Begun":
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, None
        return await anext(self._rest) if first is None else first


async def _written(calls: Calls, call: Call, model: Mock, max_tokens: int) -> str:
    """The whole answer; the call is settled by then, whatever happens."""
    words: list[str] = []
    try:
        async for word in model.answer(max_tokens):
            call.output_tokens += 1
            words.append(word)
    finally:
        await calls.end(call)
    return "".join(words)


async def _streamed(
    calls: Calls, call: Call, model: Mock, max_tokens: int, reply: Reply, with_usage: bool
) -> AsyncGenerator[bytes, None]:
    """The answer word by word. Settled before it ends, also where the client goes away in the middle."""
    try:
        yield _chunk(reply, {"role": "assistant", "content": ""})
        async for word in model.answer(max_tokens):
            call.output_tokens += 1
            yield _chunk(reply, {"content": word})
        await calls.end(call)
        yield _chunk(reply, {}, "length")
        if with_usage:
            yield _data(_head(reply, "chat.completion.chunk") | {"choices": [], "usage": _usage(call)})
        yield b"data: [DONE]\n\n"
    finally:
        # Whoever went away waits no more, and a generator that is thrown away must not wait either.
        calls.end(call)


def _model(desk: Desk, agent: AgentId, name: str) -> Mock:
    """The model of a name, if the agent may call it. Raises: Declined."""
    model = MODELS.get(name)
    if model is None:
        raise declined(
            404, "model_not_found", f"There is no model {name!r}; GET /v1/models says which.", "model"
        )
    allowed = desk.node.engine.peek(lambda state: state.agents.by_id[agent].models)
    if allowed and name not in allowed:
        raise declined(403, "not_allowed", f"This agent may not call {name}.", "model")
    return model


def _run(desk: Desk) -> str:
    run = desk.header(RUN)
    if run and not is_name(run):
        raise invalid(RUN, "1 to 128 characters: a letter or digit, then letters, digits or ._:@/+-")
    return run


async def _headers(desk: Desk, agent: AgentId, cost: int, waited_ms: int) -> dict[str, str]:
    def left(state: State) -> int:
        paying = payer(state, AccountId(agent))
        return 0 if paying is None else available(paying[0])

    return {COST: str(cost), AVAILABLE: str(await desk.read(left)), WAITED: str(waited_ms)}


def _completion(reply: Reply, text: str, call: Call) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "length", "logprobs": None}
    return _head(reply, "chat.completion") | {"choices": [choice], "usage": _usage(call)}


def _chunk(reply: Reply, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _data(_head(reply, "chat.completion.chunk") | {"choices": [choice]})


def _head(reply: Reply, kind: str) -> dict[str, Any]:
    return {"id": reply.id, "object": kind, "created": reply.created, "model": reply.model}


def _usage(call: Call) -> Usage:
    total = call.prompt_tokens + call.output_tokens
    return Usage(call.prompt_tokens, call.output_tokens, total)


def _data(value: object) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


ROUTES = [list_models, complete_chat]
