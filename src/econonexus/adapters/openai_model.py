"""Models behind any URL that speaks OpenAI's API.

What certainly did nothing is tried again: where no connection came about, and where the upstream answered
that it is busy or broken (429, 5xx) before it answered anything else. What may have been at work is not,
such as one that a gateway before it has given up waiting for (504): that would be paid for twice.
"""

import asyncio
import contextlib
import math
import random
import urllib.request
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from econonexus.adapters.http_lanes import HttpLanes
from econonexus.dialect.answers import Splitter
from econonexus.ports import ModelBroke, ModelFault, ModelRefused, ModelTimedOut, ModelUnavailable

CONNECT_TIMEOUT_S = 10.0
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 20.0
"""An upstream that asks to be left alone for longer is not waited for."""
CONNECTIONS = 1_000
MAX_ANSWER_BYTES = 64 << 20
MAX_REFUSAL_BYTES = 64 << 10
MAX_EVENT_BYTES = 8 << 20
TOO_SLOW = frozenset({504, 524})
BUSY = frozenset({408, 409, 425, 429}) | frozenset(range(500, 600)) - TOO_SLOW

_NOT_REACHED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class OpenAiModel:
    """The models of one upstream, over connections that are kept open."""

    def __init__(self, url: str, key: str = "", timeout_s: float = 300.0, retries: int = 2) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._timeout = httpx2.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s))
        self._retries = retries
        self._made: httpx2.AsyncClient | None = None

    async def call(self, endpoint: str, body: bytes) -> bytes:
        """The whole answer to a request."""
        async with self._answered(endpoint, body, "application/json") as response:
            return await _whole(response, MAX_ANSWER_BYTES)

    async def stream(self, endpoint: str, body: bytes) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events."""
        splitter = Splitter()
        async with self._answered(endpoint, body, "text/event-stream") as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise ModelBroke("the upstream answered a stream with something else")
            with _translated():
                async for part in response.aiter_bytes():
                    for event in splitter.feed(part):
                        yield event
                    if len(splitter.rest()) > MAX_EVENT_BYTES:
                        raise ModelBroke(f"an event is longer than {MAX_EVENT_BYTES} bytes")
            if splitter.rest().strip():
                yield splitter.rest() + b"\n\n"

    async def close(self) -> None:
        """Let go of all connections."""
        if self._made is not None:
            await self._made.aclose()

    @property
    def _client(self) -> httpx2.AsyncClient:
        """Made with the first call: it takes a moment, which a node that is starting has better use for."""
        if self._made is None:
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            # Through a proxy of the environment's httpx2 finds its own way, with its own pool.
            lanes = None if urllib.request.getproxies() else HttpLanes(CONNECTIONS)
            limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
            self._made = httpx2.AsyncClient(
                headers=headers, timeout=self._timeout, limits=limits, transport=lanes
            )
        return self._made

    @contextlib.asynccontextmanager
    async def _answered(self, endpoint: str, body: bytes, accept: str) -> AsyncIterator[httpx2.Response]:
        """An answer that has begun, with status 200. Raises: ModelFault."""
        response = await self._with_retries(endpoint, body, accept)
        try:
            yield response
        finally:
            await response.aclose()

    async def _send(self, endpoint: str, body: bytes, accept: str) -> httpx2.Response:
        headers = {"Content-Type": "application/json", "Accept": accept}
        request = self._client.build_request("POST", f"{self._url}/{endpoint}", content=body, headers=headers)
        with _translated():
            response = await self._client.send(request, stream=True)
        if response.status_code == 200:
            return response
        try:
            said = await _whole(response, MAX_REFUSAL_BYTES)
        finally:
            await response.aclose()
        raise _fault(response, self._without_key(said))

    def _without_key(self, said: bytes) -> bytes:
        """What an upstream says, which may quote the key it was sent: that is the operator's alone."""
        return said.replace(self._key.encode(), b"***") if self._key else said

    async def _with_retries(self, endpoint: str, body: bytes, accept: str) -> httpx2.Response:
        """An answer that has begun, after as many tries as may be. Raises: ModelFault."""
        tried = 0
        while True:
            try:
                return await self._send(endpoint, body, accept)
            except ModelUnavailable as fault:
                wait_s = _pause(tried, fault.retry_after_s)
                if tried == self._retries or wait_s > LONGEST_WAIT_S:
                    raise
            tried += 1
            await asyncio.sleep(wait_s)


async def _whole(response: httpx2.Response, limit: int) -> bytes:
    """A body up to a size. Raises: ModelFault."""
    parts: list[bytes] = []
    size = 0
    with _translated():
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise ModelBroke(f"the upstream's answer is longer than {limit} bytes")
    return b"".join(parts)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The client's exceptions in the words of the port; theirs may quote what was sent."""
    try:
        yield
    except _NOT_REACHED:
        raise ModelUnavailable("the upstream cannot be reached") from None
    except httpx2.TimeoutException:
        raise ModelTimedOut("the upstream said nothing for too long") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise ModelBroke("the upstream broke off") from None


def _pause(tried: int, asked_s: float | None) -> float:
    """Seconds to wait after so many tries: as asked for, or else twice as long each time, by chance."""
    return FIRST_WAIT_S * 2**tried * random.uniform(0.5, 1.0) if asked_s is None else asked_s


def _fault(response: httpx2.Response, said: bytes) -> ModelFault:
    """What an answer other than 200 means."""
    status = response.status_code
    if status in TOO_SLOW:
        return ModelTimedOut(f"the upstream's own upstream said nothing for too long ({status})")
    if status in BUSY:
        return ModelUnavailable(f"the upstream has no room ({status})", _retry_after(response))
    return ModelRefused(status, said)


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds that an upstream wants to be left alone, as a number or a date."""
    text = response.headers.get("retry-after", "")
    try:
        asked_s = float(text)
    except ValueError:
        asked_s = _until(text)
    return max(0.0, asked_s) if math.isfinite(asked_s) else None


def _until(date: str) -> float:
    """Seconds until a date, of UTC where it names no zone; NaN where it is none."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()
