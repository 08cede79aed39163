"""Models behind any URL that speaks OpenAI's API.

What certainly did nothing is tried again: where no connection came about, and where the upstream answered
that it is busy or broken (429, 5xx) before it answered anything else. What may have been at work is not,
such as one that a gateway before it has given up waiting for (504): that would be paid for twice.
"""

import asyncio
import contextlib
import math
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore2

from econonexus.adapters.http_lanes import Connections, connections_to
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

_NOT_REACHED = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
)


class OpenAiModel:
    """The models of one upstream, over connections that are kept open."""

    def __init__(self, url: str, key: str = "", timeout_s: float = 300.0, retries: int = 2) -> None:
        self._url = url.rstrip("/")
        self._key = key.encode()
        self._headers = [(b"Authorization", f"Bearer {key}".encode())] if key else []
        timeouts = dict.fromkeys(("read", "write", "pool"), timeout_s)
        self._timeouts = {"timeout": {**timeouts, "connect": min(CONNECT_TIMEOUT_S, timeout_s)}}
        self._retries = retries
        self._made: Connections | None = None

    async def call(self, endpoint: str, body: bytes) -> bytes:
        """The whole answer to a request."""
        async with self._answered(endpoint, body, "application/json") as response:
            return await _whole(response, MAX_ANSWER_BYTES)

    async def stream(self, endpoint: str, body: bytes) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events."""
        splitter = Splitter()
        async with self._answered(endpoint, body, "text/event-stream") as response:
            if not _header(response, b"content-type").startswith("text/event-stream"):
                raise ModelBroke("the upstream answered a stream with something else")
            with _translated():
                async for part in response.aiter_stream():
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
    def _connections(self) -> Connections:
        """Made with the first call: it takes a moment, which a node that is starting has better use for."""
        if self._made is None:
            self._made = connections_to(self._url, CONNECTIONS)
        return self._made

    @contextlib.asynccontextmanager
    async def _answered(self, endpoint: str, body: bytes, accept: str) -> AsyncIterator[httpcore2.Response]:
        """An answer that has begun, with status 200. Raises: ModelFault."""
        response = await self._with_retries(endpoint, body, accept)
        try:
            yield response
        finally:
            await response.aclose()

    async def _send(self, endpoint: str, body: bytes, accept: str) -> httpcore2.Response:
        url = httpcore2.URL(f"{self._url}/{endpoint}")
        headers = [
            (b"Host", _host(url)),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", b"%d" % len(body)),
            (b"Accept", accept.encode()),
            (b"Accept-Encoding", b"identity"),
            *self._headers,
        ]
        request = httpcore2.Request(b"POST", url, headers=headers, content=body, extensions=self._timeouts)
        with _translated():
            response = await self._connections.handle_async_request(request)
        if response.status == 200:
            return response
        try:
            said = await _whole(response, MAX_REFUSAL_BYTES)
        finally:
            await response.aclose()
        raise _fault(response, self._without_key(said))

    def _without_key(self, said: bytes) -> bytes:
        """What an upstream says, which may quote the key it was sent: that is the operator's alone."""
        return said.replace(self._key, b"***") if self._key else said

    async def _with_retries(self, endpoint: str, body: bytes, accept: str) -> httpcore2.Response:
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


async def _whole(response: httpcore2.Response, limit: int) -> bytes:
    """A body up to a size. Raises: ModelFault."""
    parts: list[bytes] = []
    size = 0
    with _translated():
        async for part in response.aiter_stream():
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
    except httpcore2.TimeoutException:
        raise ModelTimedOut("the upstream said nothing for too long") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ConnectionNotAvailable):
        raise ModelBroke("the upstream broke off") from None


def _pause(tried: int, asked_s: float | None) -> float:
    """Seconds to wait after so many tries: as asked for, or else twice as long each time, by chance."""
    return FIRST_WAIT_S * 2**tried * random.uniform(0.5, 1.0) if asked_s is None else asked_s


def _fault(response: httpcore2.Response, said: bytes) -> ModelFault:
    """What an answer other than 200 means."""
    status = response.status
    if status in TOO_SLOW:
        return ModelTimedOut(f"the upstream's own upstream said nothing for too long ({status})")
    if status in BUSY:
        return ModelUnavailable(f"the upstream has no room ({status})", _retry_after(response))
    return ModelRefused(status, said)


def _retry_after(response: httpcore2.Response) -> float | None:
    """Seconds that an upstream wants to be left alone, as a number or a date."""
    text = _header(response, b"retry-after")
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


def _header(response: httpcore2.Response, name: bytes) -> str:
    """A header of an answer, by its name in lower case; empty where it has none."""
    found = (text for known, text in response.headers if known.lower() == name)
    return next(found, b"").decode("latin-1")


def _host(url: httpcore2.URL) -> bytes:
    """As a request names it: with its port where that is not the scheme's own."""
    usual = {b"http": 80, b"https": 443}[url.scheme]
    host = b"[%b]" % url.host if b":" in url.host else url.host
    return host if url.port in (None, usual) else b"%b:%d" % (host, url.port)
