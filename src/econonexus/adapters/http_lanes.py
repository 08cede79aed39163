"""Connections to one host, each in a lane of its own, the last to be free taken first.

httpx2's own pool looks at every connection it has, twice with each request, and asks the system about each
that is idle: at 64 at once that took a third of all that a call takes. Here a free one is found at once.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2

IDLE_S = 30.0
"""A connection that was not needed for so long is closed."""
_ONE = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=IDLE_S)

Lane = httpx2.AsyncHTTPTransport


class HttpLanes(httpx2.AsyncBaseTransport):
    """As many lanes as there are requests at once, up to `most`; beyond, httpx2.PoolTimeout is raised."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tls: ssl.SSLContext | None = None
        self._free: deque[tuple[Lane, float]] = deque()
        """With the time since when (s), the longest idle first."""
        self._lanes = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its lane is free again once its answer is closed."""
        lane = self._free.pop()[0] if self._free else self._another()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._free.append((lane, asyncio.get_running_loop().time()))
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Body(response.stream, lambda: self._give_back(lane))
        return response

    async def aclose(self) -> None:
        """Close the connections that are free."""
        while self._free:
            await self._close_the_longest_idle()

    def _another(self) -> Lane:
        if self._lanes == self._most:
            raise httpx2.PoolTimeout(f"{self._most} requests are under way")
        if self._tls is None:  # Making one takes long, and all may share it.
            self._tls = httpx2.create_ssl_context()
        self._lanes += 1
        return Lane(verify=self._tls, limits=_ONE)

    async def _give_back(self, lane: Lane) -> None:
        now_s = asyncio.get_running_loop().time()
        self._free.append((lane, now_s))
        while self._free and self._free[0][1] < now_s - IDLE_S:
            await self._close_the_longest_idle()

    async def _close_the_longest_idle(self) -> None:
        lane, _ = self._free.popleft()
        self._lanes -= 1
        await lane.aclose()


class _Body(httpx2.AsyncByteStream):
    """An answer's body, which gives its lane back when it is closed, once."""

    def __init__(self, body: httpx2.AsyncByteStream, give_back: Callable[[], Awaitable[None]]) -> None:
        self._body = body
        self._give_back: Callable[[], Awaitable[None]] | None = give_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        """Close the body; a connection whose answer was not read to its end is not used again."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            try:
                await self._body.aclose()
            finally:
                await give_back()
