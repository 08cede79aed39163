"""Connections to one host, each in a lane of its own, the last to be free taken first.

httpx2's own pool looks at every connection it has, twice with each request, and asks the system about each
that is idle: at 64 at once that took more than all the rest of a call. Here a free one is found at once.
"""

import ssl
from collections.abc import AsyncIterator

import httpx2

_ONE = httpx2.Limits(max_connections=1, max_keepalive_connections=1)


class HttpLanes(httpx2.AsyncBaseTransport):
    """As many lanes as there ever were requests at once, up to `most`; beyond, a request is refused.

    Raises: httpx2.PoolTimeout where there is no lane left.
    """

    def __init__(self, most: int) -> None:
        self._tls: ssl.SSLContext | None = None
        self._free: list[httpx2.AsyncHTTPTransport] = []
        self._lanes: list[httpx2.AsyncHTTPTransport] = []
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its lane is free again once its answer is closed."""
        lane = self._free.pop() if self._free else self._another()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._free.append(lane)
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Stream(response.stream, lane, self._free)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for lane in self._lanes:
            await lane.aclose()

    def _another(self) -> httpx2.AsyncHTTPTransport:
        if len(self._lanes) == self._most:
            raise httpx2.PoolTimeout(f"{self._most} requests are under way")
        if self._tls is None:  # Making one takes long, and all may share it.
            self._tls = httpx2.create_ssl_context()
        lane = httpx2.AsyncHTTPTransport(verify=self._tls, limits=_ONE)
        self._lanes.append(lane)
        return lane


class _Stream(httpx2.AsyncByteStream):
    """An answer's body, which frees its lane when it is closed."""

    def __init__(
        self,
        body: httpx2.AsyncByteStream,
        lane: httpx2.AsyncHTTPTransport,
        free: list[httpx2.AsyncHTTPTransport],
    ) -> None:
        self._body = body
        self._lane: httpx2.AsyncHTTPTransport | None = lane
        self._free = free

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        finally:
            lane, self._lane = self._lane, None
            if lane is not None:
                self._free.append(lane)
