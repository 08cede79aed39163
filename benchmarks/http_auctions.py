"""Sealed auctions through the HTTP API: as many as go, and how long one takes where half as many come."""

import asyncio
import itertools
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import uvloop

from benchmarks.load import Connection, post
from benchmarks.servers import ADMIN_KEY, EconoNexus, new_folder

BIDS = 10
AGENTS = 100
SELLERS = 16
"""So many auctions are in flight where as many as go are made."""
LINES = 64
"""So many can be in flight where they come as they come; each has a connection for every bidder."""


class Line:
    """Connections for one auction at a time: the seller's, and one for each bidder."""

    def __init__(self, url: str, keys: list[str]) -> None:
        self._url = url
        self._keys = keys
        self._seller: Connection
        self._bidders: list[Connection]

    async def open(self) -> "Line":
        """Connect."""
        loop, parts = asyncio.get_running_loop(), urlsplit(self._url)
        made = [await loop.create_connection(Connection, parts.hostname, parts.port) for _ in range(BIDS + 1)]
        self._seller, *self._bidders = [connection for _, connection in made]
        return self

    async def auction(self, number: int) -> None:
        """Announce, ten bids at once, close: all answered."""
        path = f"{self._url}/api/v1/auctions"
        name = f"auction-{number}"
        await self._seller.ask(_request(path, ADMIN_KEY, id=name, market="gpu", units=1, closes_in_ms=60_000))
        await asyncio.gather(
            *(
                bidder.ask(
                    _request(f"{path}/{name}/bids", self._key(number * BIDS + i), price_ucr=1_000 + i * 7)
                )
                for i, bidder in enumerate(self._bidders)
            )
        )
        await self._seller.ask(_request(f"{path}/{name}/close", ADMIN_KEY))

    def close(self) -> None:
        """Hang up."""
        for connection in (self._seller, *self._bidders):
            connection.close()

    def _key(self, number: int) -> str:
        return self._keys[number % len(self._keys)]


def _request(url: str, key: str, **body: object) -> bytes:
    return post(url, msgspec.json.encode(body), key)


def measure(seconds: float) -> tuple[float, list[float]]:
    """Auctions a second where as many as go are made, and how long (ms) each takes at half of that rate."""
    with new_folder() as folder, EconoNexus(Path(folder)) as server:
        assert isinstance(server, EconoNexus)
        server.make("resources", id="gpu", unit="seconds", capacity=10**9, period_ms=1_000)
        server.make("markets", id="gpu", resource="gpu", mechanism="second_price")
        agents = [server.make("agents", id=f"agent-{i}", credits_ucr=10**12) for i in range(AGENTS)]
        return uvloop.run(_measure(server.url, [agent["key"] for agent in agents], seconds))


async def _measure(url: str, keys: list[str], seconds: float) -> tuple[float, list[float]]:
    lines = [await Line(url, keys).open() for _ in range(LINES)]
    numbers = itertools.count()
    await _as_many_as_go(lines, numbers, 1.0)
    rate = await _as_many_as_go(lines, numbers, seconds)
    waits = await _as_they_come(lines, numbers, rate / 2, seconds)
    for line in lines:
        line.close()
    return rate, waits


async def _as_many_as_go(lines: list[Line], numbers: "itertools.count[int]", seconds: float) -> float:
    ends = time.perf_counter() + seconds

    async def seller(line: Line) -> int:
        done = 0
        while time.perf_counter() < ends:
            await line.auction(next(numbers))
            done += 1
        return done

    began = time.perf_counter()
    done = sum(await asyncio.gather(*(seller(line) for line in lines[:SELLERS])))
    return done / (time.perf_counter() - began)


async def _as_they_come(
    lines: list[Line], numbers: "itertools.count[int]", rate: float, seconds: float
) -> list[float]:
    """Waits (ms) of auctions that begin at their time, whether or not those before are done."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    waits: list[float] = []

    async def one(due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        line = await free.get()
        await line.auction(next(numbers))
        waits.append((time.perf_counter() - due) * 1_000)
        free.put_nowait(line)

    began = time.perf_counter()
    await asyncio.gather(*(one(began + i / rate) for i in range(int(rate * seconds))))
    return waits
