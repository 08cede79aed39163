"""Connections to an upstream: used again, as many as there are requests at once, none ever lost."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler

import httpcore2
import pytest

from econonexus.adapters import http_lanes
from econonexus.adapters.http_lanes import Connections, connections_to
from tests.upstream import Reply, Server, Upstream, chat


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


@pytest.fixture
async def lanes(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Connections]:
    for variable in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    made = connections_to(upstream.url, 3)
    yield made
    await made.aclose()


def request(upstream: Upstream) -> httpcore2.Request:
    url = httpcore2.URL(f"{upstream.url}/chat/completions")
    headers = [(b"Host", url.host), (b"Content-Length", b"2")]
    return httpcore2.Request(b"POST", url, headers=headers, content=b"{}")


async def ask(lanes: Connections, upstream: Upstream) -> int:
    answer = await lanes.handle_async_request(request(upstream))
    await answer.aread()
    await answer.aclose()
    return answer.status


def connections(upstream: Upstream) -> list[int]:
    """How many requests came by each connection, in order of its first."""
    ports = [asked.port for asked in upstream.asked]
    return [ports.count(port) for port in dict.fromkeys(ports)]


async def under_way(lanes: Connections, upstream: Upstream, number: int) -> list[asyncio.Task[int]]:
    """Requests that have come to the upstream."""
    asking = [asyncio.create_task(ask(lanes, upstream)) for _ in range(number)]
    for _ in range(number):
        await asyncio.to_thread(upstream.arrived.acquire)
    return asking


async def test_one_after_the_other_goes_by_one_connection(lanes: Connections, upstream: Upstream) -> None:
    for _ in range(5):
        assert await ask(lanes, upstream) == 200
    assert connections(upstream) == [5]


async def test_so_many_at_once_go_by_so_many_connections_and_no_more(
    lanes: Connections, upstream: Upstream
) -> None:
    hold = threading.Event()
    upstream.otherwise = chat()._replace(hold=hold)
    asking = await under_way(lanes, upstream, 3)
    with pytest.raises(httpcore2.PoolTimeout):
        await ask(lanes, upstream)
    hold.set()
    assert await asyncio.gather(*asking) == [200, 200, 200]
    assert await ask(lanes, upstream) == 200
    assert sorted(connections(upstream)) == [1, 1, 2]


async def test_what_goes_wrong_takes_no_lane_with_it(lanes: Connections, upstream: Upstream) -> None:
    for _ in range(4):
        upstream.script.append(Reply(cut=True))
        with pytest.raises(httpcore2.RemoteProtocolError):
            await ask(lanes, upstream)
    hold = threading.Event()
    upstream.script.extend([chat()._replace(hold=hold)] * 3)
    for asking in await under_way(lanes, upstream, 3):
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    hold.set()
    upstream.otherwise = chat()
    assert await asyncio.gather(*(ask(lanes, upstream) for _ in range(3))) == [200, 200, 200]


async def test_an_answer_that_is_left_in_the_middle_is_not_mixed_with_the_next(
    lanes: Connections,
    upstream: Upstream,
) -> None:
    more = threading.Event()
    upstream.script.append(Reply(events=[b"data: 1\n\n", more, b"data: 2\n\n"]))
    answer = await lanes.handle_async_request(request(upstream))
    assert await anext(answer.aiter_stream()) == b"data: 1\n\n"
    await answer.aclose()
    more.set()
    assert await ask(lanes, upstream) == 200
    assert connections(upstream) == [1, 1]


async def test_what_was_not_needed_for_long_is_closed(
    lanes: Connections, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = threading.Event()
    upstream.script.extend([chat()._replace(hold=hold)] * 3)
    asking = await under_way(lanes, upstream, 3)
    hold.set()
    await asyncio.gather(*asking)
    monkeypatch.setattr(http_lanes, "IDLE_S", -1.0)  # As if a long time had passed.
    assert await ask(lanes, upstream) == 200
    monkeypatch.undo()
    assert await ask(lanes, upstream) == 200
    assert len(connections(upstream)) == 4


async def test_an_answer_may_be_closed_twice(lanes: Connections, upstream: Upstream) -> None:
    answer = await lanes.handle_async_request(request(upstream))
    await answer.aread()
    await answer.aclose()
    await answer.aclose()
    assert await asyncio.gather(*(ask(lanes, upstream) for _ in range(3))) == [200, 200, 200]
    assert len(connections(upstream)) == 3


async def test_a_connection_that_the_other_side_closed_is_not_used_again(
    lanes: Connections, upstream: Upstream
) -> None:
    for _ in range(3):
        upstream.script.append(chat()._replace(headers={"Connection": "close"}))
        assert await ask(lanes, upstream) == 200
    assert connections(upstream) == [1, 1, 1]


async def test_it_goes_through_the_proxy_that_the_environment_names(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None]] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.headers["Proxy-Authorization"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    server = Server(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", f"http://ann:p%40ss@127.0.0.1:{server.server_address[1]}")
    through = connections_to(upstream.url, 3)
    assert await ask(through, upstream) == 204
    # ann:p@ss in base 64.
    assert asked == [(f"{upstream.url}/chat/completions", "Basic YW5uOnBAc3M=")]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    direct = connections_to(upstream.url, 3)
    assert await ask(direct, upstream) == 200
    for each in (through, direct):
        await each.aclose()
    server.shutdown()
    server.server_close()
