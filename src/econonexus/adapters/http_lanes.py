"""Connections to one host, the last to be free taken first.

httpx2's client and the pool beneath it took two thirds of the processor time of a call: the pool looks at
every connection it has, twice with each request, and asks the system about each that is idle. Here are plain
connections of httpcore2, on which httpx2 stands, and the free one is found at once.
"""

import ssl
import time
import urllib.request
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Protocol
from urllib.parse import unquote, urlsplit

import httpcore2

IDLE_S = 5.0
"""A connection that was not needed for so long is closed; servers close theirs about then, too."""

Connection = httpcore2.AsyncHTTPConnection


class Connections(Protocol):
    """Whatever takes requests to one host."""

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """An answer that has begun; what it came by is free for others once it is closed."""
        ...

    async def aclose(self) -> None:
        """Close what is open."""


def connections_to(url: str, most: int) -> Connections:
    """Up to `most` connections to the host of a URL, through the environment's proxy where it names one."""
    parts = urlsplit(url)
    tls = httpcore2.default_ssl_context()
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        known = urlsplit(proxy)
        auth = (unquote(known.username), unquote(known.password or "")) if known.username else None
        bare = f"{known.scheme or 'http'}://{known.hostname}:{known.port or 80}"
        return httpcore2.AsyncHTTPProxy(bare, auth, ssl_context=tls, max_connections=most)
    return HttpLanes(httpcore2.URL(url).origin, tls, most)


class HttpLanes:
    """As many connections as there are requests at once, up to `most`; beyond, httpcore2.PoolTimeout."""

    def __init__(self, origin: httpcore2.Origin, tls: ssl.SSLContext, most: int) -> None:
        self._origin = origin
        self._tls = tls
        self._most = most
        self._network = httpcore2.AnyIOBackend()
        self._free: deque[tuple[Connection, float]] = deque()
        """With the time since when (s), the longest idle first."""
        self._in_use = 0

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send a request; its connection is free again once its answer is closed."""
        if self._in_use == self._most:
            raise httpcore2.PoolTimeout(f"{self._most} requests are under way")
        self._in_use += 1
        try:
            connection = await self._connection()
            response = await connection.handle_async_request(request)
        except BaseException:
            self._in_use -= 1  # The connection has closed itself.
            raise
        assert isinstance(response.stream, AsyncIterable)
        response.stream = _Body(response.stream, lambda: self._give_back(connection))
        return response

    async def aclose(self) -> None:
        """Close the connections that are free."""
        while self._free:
            await self._free.popleft()[0].aclose()

    async def _connection(self) -> Connection:
        while self._free:
            connection, _ = self._free.pop()
            if not connection.has_expired():  # Nor has the other side hung up.
                return connection
            await connection.aclose()
        return Connection(self._origin, self._tls, keepalive_expiry=IDLE_S, network_backend=self._network)

    async def _give_back(self, connection: Connection) -> None:
        self._in_use -= 1
        now_s = time.monotonic()
        if connection.is_idle():  # Else it was left in the middle of an answer, and has closed.
            self._free.append((connection, now_s))
        while self._free and self._free[0][1] < now_s - IDLE_S:
            await self._free.popleft()[0].aclose()


class _Body:
    """An answer's body, which gives its connection back when it is closed, once."""

    def __init__(self, body: AsyncIterable[bytes], give_back: Callable[[], Awaitable[None]]) -> None:
        self._body = body
        self._give_back: Callable[[], Awaitable[None]] | None = give_back

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._body)

    async def aclose(self) -> None:
        """Close the body; a connection whose answer was not read to its end is not used again."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            try:
                close: Callable[[], Awaitable[None]] = self._body.aclose  # type: ignore[attr-defined]
                await close()
            finally:
                await give_back()
