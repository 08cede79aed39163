"""A model provider far away, made up: answers slowly, a few calls at once, and bills what it answered.

It serves both gateways alike, first come, first served, as an inference server with a full batch does.
How long an answer becomes is in the prompt, as a model's answer would: no gateway knows it before.
"""

import asyncio
import re
import sys
from collections import defaultdict
from typing import Any

import msgspec
from litestar import Litestar, Request, get, post
from litestar.params import JSONBody

from econonexus.cli.demo.cast import price
from econonexus.cli.demo.servers import application, serve
from econonexus.cli.demo.workload import BYTES_PER_TOKEN, PREAMBLE, TOKENS_PER_MESSAGE

MODEL = "far-model"
_WISH = re.compile(PREAMBLE.replace("{}", r"(\d+)").replace(".", r"\."))


class Pace(msgspec.Struct, frozen=True):
    """How fast the provider is."""

    slots: int
    first_token_ms: float
    token_ms: float


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation."""

    content: str


class Asked(msgspec.Struct, frozen=True):
    """A conversation that is to go on."""

    messages: list[Message]
    max_tokens: int


class Bill(msgspec.Struct):
    """What one customer has to pay."""

    calls: int = 0
    cost_ucr: int = 0


class Provider:
    """The model, its slots and its bills."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._slots = asyncio.Semaphore(pace.slots)  # Wakes who waits in the order in which they came.
        self.bills: dict[str, Bill] = defaultdict(Bill)

    async def answer(self, customer: str, asked: Asked) -> dict[str, Any]:
        """Wait for a slot, write the answer, put it on the bill."""
        read = sum(_tokens(message.content) for message in asked.messages)
        written = min(_wished(asked), asked.max_tokens)
        async with self._slots:
            await asyncio.sleep((self._pace.first_token_ms + self._pace.token_ms * written) / 1_000)
        bill = self.bills[customer]
        bill.calls += 1
        bill.cost_ucr += price(read, written)
        return _completion(read, written)


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE


def _wished(asked: Asked) -> int:
    wish = _WISH.match(asked.messages[0].content)
    return int(wish.group(1)) if wish else asked.max_tokens


def _completion(read: int, written: int) -> dict[str, Any]:
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    message = {"role": "assistant", "content": "tok " * written}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-demo",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
        "usage": usage,
    }


def app(pace: Pace) -> Litestar:
    """The provider as an application."""
    provider = Provider(pace)

    @post("/v1/chat/completions", status_code=200)
    async def complete(data: JSONBody[Asked], request: Request[Any, Any, Any]) -> dict[str, Any]:
        return await provider.answer(request.headers.get("authorization", ""), data)

    @get("/bills")
    async def bills() -> dict[str, Bill]:
        return {key.removeprefix("Bearer "): bill for key, bill in provider.bills.items()}

    return application(complete, bills)


def main() -> None:
    """Serve at the pace told on standard input."""
    serve(app(msgspec.json.decode(sys.stdin.buffer.read(), type=Pace)))
