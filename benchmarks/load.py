"""Callers that cost next to nothing: HTTP/1.1 over kept connections, so that servers are measured."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvloop


@dataclass
class Run:
    """What one run of callers saw."""

    seconds: float
    waits_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits_ms) / self.seconds


class Connection(asyncio.Protocol):
    """One request after the other. Understands answers with a Content-Length alone, and only 2xx is fine."""

    def __init__(self) -> None:
        self._buffer = b""
        self._whole = 0
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    async def ask(self, request: bytes) -> None:
        """Send a request and wait until its answer is there."""
        self._buffer, self._whole = b"", 0
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._answered

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            self._whole = end + 4 + _length(self._buffer[:end])
        if self._whole and len(self._buffer) >= self._whole:
            assert self._answered is not None
            self._answered.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error or ConnectionError("the server hung up"))

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    status, _, fields = head.partition(b"\r\n")
    if not status.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"the server said {status.decode()}")
    for line in fields.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise RuntimeError("the server's answer has no Content-Length")


def post(url: str, body: bytes, key: str) -> bytes:
    """A request's bytes."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def callers(url: str, requests: list[bytes], in_flight: int, seconds: float, spread_s: float = 0.0) -> Run:
    """Requests by `in_flight` callers at once, each of whom asks again when it is answered, for so long.

    They begin `spread_s` apart from first to last: upstreams answer in time with each other otherwise.
    """

    async def measure() -> Run:
        host, port = urlsplit(url).hostname, urlsplit(url).port
        loop = asyncio.get_running_loop()
        waits: list[float] = []

        async def caller(number: int) -> None:
            _, connection = await loop.create_connection(Connection, host, port)
            await asyncio.sleep(spread_s * number / in_flight)
            while (asked := time.perf_counter()) < start + seconds:
                await connection.ask(requests[(number + len(waits)) % len(requests)])
                waits.append((time.perf_counter() - asked) * 1_000)
            connection.close()

        start = time.perf_counter()
        await asyncio.gather(*(caller(number) for number in range(in_flight)))
        return Run(time.perf_counter() - start, waits)

    return uvloop.run(measure())
