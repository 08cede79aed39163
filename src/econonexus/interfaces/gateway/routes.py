"""OpenAI's paths under /v1: models, chat completions, responses, embeddings."""

import re
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Response, get, post
from litestar.openapi import ResponseSpec
from litestar.response import Stream

from econonexus.dialect.speech import CHAT, EMBEDDINGS, RESPONSES, Dialect
from econonexus.domain.ids import AgentId, is_name
from econonexus.interfaces.gateway.answering import Job
from econonexus.interfaces.gateway.bids import BID, amount_of
from econonexus.interfaces.gateway.calls import RUN
from econonexus.interfaces.gateway.forms import ModelCard, ModelList, OpenAiErrorBody
from econonexus.interfaces.gateway.operations import ChatOperation, EmbeddingsOperation, ResponsesOperation
from econonexus.interfaces.gateway.service import Gateway, Wish, no_model
from econonexus.interfaces.gateway.standing import left
from econonexus.interfaces.http.desk import AtDesk, Desk
from econonexus.interfaces.http.paths import ModelPath
from econonexus.interfaces.http.problems import TITLES, invalid

DEADLINE = "X-EconoNexus-Deadline-Ms"
COST = "X-EconoNexus-Cost-Ucr"
AVAILABLE = "X-EconoNexus-Available-Ucr"
WAITED = "X-EconoNexus-Waited-Ms"
ADVICE = "X-EconoNexus-Advice"
LONGEST_DEADLINE_MS = 24 * 3_600_000
_FEW_DIGITS = re.compile(r"[0-9]{1,20}")
"""Python itself reads no number of thousands of digits."""

NOES = {
    status: ResponseSpec(OpenAiErrorBody, generate_examples=False, description=TITLES[status])
    for status in (400, 401, 402, 403, 404, 409, 413, 429, 502, 503, 504)
}
_ANSWERS = {**NOES, 200: ResponseSpec(dict[str, Any], generate_examples=False, description="The answer.")}


@get("/models", responses=NOES)
async def list_models(desk: AtDesk) -> ModelList:
    """The models that the caller may call; all of them where it is no agent."""
    gateway: Gateway = desk.gateway
    return ModelList(
        [ModelCard(offer.name, owned_by=offer.upstream) for offer in gateway.offered(desk.caller)]
    )


@get("/models/{id:str}", responses=NOES)
async def show_model(id: ModelPath, desk: AtDesk) -> ModelCard:
    """One model that the caller may call."""
    gateway: Gateway = desk.gateway
    offer = next((offer for offer in gateway.offered(desk.caller) if offer.name == id), None)
    if offer is None:
        raise no_model(id)
    return ModelCard(offer.name, owned_by=offer.upstream)


@post("/chat/completions", status_code=200, responses=_ANSWERS, operation_class=ChatOperation)
async def complete_chat(desk: AtDesk) -> Response[Any]:
    """Let a model go on with a conversation: reserved before, settled before the answer ends.

    A stream's `X-EconoNexus-Cost-Ucr` is what it can cost at most, as it begins before its cost is known.
    """
    return await _answer(desk, CHAT)


@post("/responses", status_code=200, responses=_ANSWERS, operation_class=ResponsesOperation)
async def make_response(desk: AtDesk) -> Response[Any]:
    """Let a model respond: reserved before, settled before the answer ends."""
    return await _answer(desk, RESPONSES)


@post("/embeddings", status_code=200, responses=_ANSWERS, operation_class=EmbeddingsOperation)
async def embed(desk: AtDesk) -> Response[Any]:
    """Have vectors made of texts: reserved before, settled before the answer ends."""
    return await _answer(desk, EMBEDDINGS)


async def _answer(desk: Desk, dialect: Dialect) -> Response[Any]:
    gateway: Gateway = desk.gateway
    wish = Wish(_run(desk), _deadline_s(desk), _bid_ucr(desk))
    job = await gateway.begin(desk, dialect, wish)
    if job.ask.stream:
        parts = gateway.streamed(job)
        begun = _Begun(await anext(parts, b""), parts)
        headers = await _headers(desk, job, job.cost_bound_ucr, wish)
        return Stream(begun, media_type="text/event-stream", headers=headers)
    answer = await gateway.whole(job)
    headers = await _headers(desk, job, job.call.cost_ucr, wish)
    return Response(answer, media_type="application/json", headers=headers)


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


def _run(desk: Desk) -> str:
    run = desk.header(RUN)
    if run and not is_name(run):
        raise invalid(RUN, "1 to 128 characters: a letter or digit, then letters, digits or ._:@/+-")
    return run


def _deadline_s(desk: Desk) -> float | None:
    """How long the caller can wait, if it says so."""
    text = desk.header(DEADLINE)
    if not text:
        return None
    if not (_FEW_DIGITS.fullmatch(text) and int(text) <= LONGEST_DEADLINE_MS):
        raise invalid(DEADLINE, f"So many milliseconds from now, 0 to {LONGEST_DEADLINE_MS}")
    return int(text) / 1_000


def _bid_ucr(desk: Desk) -> int | None:
    """The most that being admitted is worth to the caller, if it says so."""
    text = desk.header(BID)
    if not text:
        return None
    bid = amount_of(text)
    if bid is None:
        raise invalid(BID, "So many µcr at most for this call, 0 to 2**63 - 1")
    return bid


async def _headers(desk: Desk, job: Job, cost: int, wish: Wish) -> dict[str, str]:
    available = job.call.available_ucr
    if available is None:
        agent, now = AgentId(desk.caller.holder), desk.now()
        available = await desk.read(lambda state: left(state, agent, wish.run, now))
    headers = {COST: str(cost), AVAILABLE: str(available), WAITED: str(job.waited_ms)}
    return headers | {ADVICE: job.advice} if job.advice else headers


ROUTES = [list_models, show_model, complete_chat, make_response, embed]
