"""Connections to an upstream: used again, as many as there are requests at once, none ever lost."""

import asyncio
import threading
from collections.abc import AsyncIterator

import httpx2
import pytest

from econonexus.adapters import http_lanes
from econonexus.adapters.http_lanes import HttpLanes
from tests.upstream import Reply, Upstream, chat


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=HttpLanes(3)) as made:
        yield made


async def ask(client: httpx2.AsyncClient, upstream: Upstream) -> int:
    answer = await client.post(f"{upstream.url}/chat/completions", json={"model": "m"})
    return answer.status_code


def connections(upstream: Upstream) -> list[int]:
    """How many requests came by each connection, in order of its first."""
    ports = [asked.port for asked in upstream.asked]
    return [ports.count(port) for port in dict.fromkeys(ports)]


async def under_way(client: httpx2.AsyncClient, upstream: Upstream, number: int) -> list[asyncio.Task[int]]:
    """Requests that have come to the upstream."""
    asking = [asyncio.create_task(ask(client, upstream)) for _ in range(number)]
    for _ in range(number):
        await asyncio.to_thread(upstream.arrived.acquire)
    return asking


async def test_one_after_the_other_goes_by_one_connection(client: httpx2.AsyncClient) -> None:
    with Upstream() as upstream:
        for _ in range(5):
            assert await ask(client, upstream) == 200
        assert connections(upstream) == [5]


async def test_so_many_at_once_go_by_so_many_connections_and_no_more(client: httpx2.AsyncClient) -> None:
    with Upstream() as upstream:
        hold = threading.Event()
        upstream.otherwise = chat()._replace(hold=hold)
        asking = await under_way(client, upstream, 3)
        with pytest.raises(httpx2.PoolTimeout):
            await ask(client, upstream)
        hold.set()
        assert await asyncio.gather(*asking) == [200, 200, 200]
        assert await ask(client, upstream) == 200
        assert sorted(connections(upstream)) == [1, 1, 2]


async def test_what_goes_wrong_takes_no_lane_with_it(client: httpx2.AsyncClient) -> None:
    with Upstream() as upstream:
        for _ in range(4):
            upstream.script.append(Reply(cut=True))
            with pytest.raises(httpx2.RemoteProtocolError):
                await ask(client, upstream)
        hold = threading.Event()
        upstream.script.extend([chat()._replace(hold=hold)] * 3)
        for asking in await under_way(client, upstream, 3):
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        hold.set()
        upstream.otherwise = chat()
        assert await asyncio.gather(*(ask(client, upstream) for _ in range(3))) == [200, 200, 200]


async def test_an_answer_that_is_left_in_the_middle_is_not_mixed_with_the_next(
    client: httpx2.AsyncClient,
) -> None:
    with Upstream() as upstream:
        more = threading.Event()
        upstream.script.append(Reply(events=[b"data: 1\n\n", more, b"data: 2\n\n"]))
        async with client.stream("POST", f"{upstream.url}/chat/completions", json={}) as answer:
            assert await anext(answer.aiter_bytes()) == b"data: 1\n\n"
        more.set()
        assert await ask(client, upstream) == 200
        assert connections(upstream) == [1, 1]


async def test_what_was_not_needed_for_long_is_closed(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Upstream() as upstream:
        hold = threading.Event()
        upstream.script.extend([chat()._replace(hold=hold)] * 3)
        asking = await under_way(client, upstream, 3)
        hold.set()
        await asyncio.gather(*asking)
        monkeypatch.setattr(http_lanes, "IDLE_S", -1.0)  # As if a long time had passed.
        assert await ask(client, upstream) == 200
        monkeypatch.undo()
        assert await ask(client, upstream) == 200
        assert len(connections(upstream)) == 4
