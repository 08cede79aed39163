"""Whole auctions through a node: announced, bid in by ten agents at once, closed and settled."""

import asyncio
import contextlib
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field

import uvloop

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.ids import (
    SECOND,
    AgentId,
    AuctionId,
    BidId,
    CallerId,
    MarketId,
    ResourceId,
)
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.interfaces.http.server import GC_THRESHOLDS
from econonexus.node.node import Node
from econonexus.node.replies import Accepted

BIDS = 10
OPERATOR = CallerId("operator")
GPU = ResourceId("gpu.seconds")
MARKET = MarketId("gpu")
WEALTH = Amount(10**12)
AT_ONCE = 1_000
"""So many commands are on their way at a time while a world is furnished."""


@dataclass
class Run:
    """What a run of auctions took."""

    auctions: int
    seconds: float
    processor_s: float
    waits_ms: list[float] = field(default_factory=list)
    """How long each took, from before it was announced until its outcome was durable."""

    @property
    def rate(self) -> float:
        """Auctions a second."""
        return self.auctions / self.seconds

    @property
    def processor_us(self) -> float:
        """Processor time an auction, of all threads, in µs."""
        return self.processor_s / self.auctions * 1e6


def sealed_auctions(in_flight: int, total: int, agents: int = 100) -> Run:
    """Complete second-price auctions of ten bids by ten agents, so many of them at once."""
    return uvloop.run(_sealed_auctions(in_flight, total // in_flight * in_flight, agents))


async def _sealed_auctions(in_flight: int, total: int, agents: int) -> Run:
    async with market(agents) as node:
        waits: list[float] = []

        async def seller(number: int) -> None:
            for i in range(total // in_flight):
                began = time.perf_counter()
                await auction(node, f"{number}-{i}", (number + i * in_flight) * BIDS, agents)
                waits.append((time.perf_counter() - began) * 1_000)

        seconds, processor_s = await timed(node, (seller(number) for number in range(in_flight)))
        return Run(total, seconds, processor_s, waits)


async def auction(node: Node, name: str, first: int, agents: int) -> None:
    """Announce, ten bids at once, close: twelve commands in three steps, each durable before the next."""
    sold = AuctionId(name)
    await done(node, c.AnnounceAuction(sold, MARKET, {GPU: 1}))
    bidders = [AgentId(f"agent-{(first + i) % agents}") for i in range(BIDS)]
    bids = [
        c.PlaceBid(BidId(f"{name}-{i}"), sold, bidder, {GPU: 1}, Amount(1_000 + i * 7))
        for i, bidder in enumerate(bidders)
    ]
    for bidding in [node.submit(bid, CallerId(bid.agent)) for bid in bids]:
        reply = await bidding
        assert isinstance(reply, Accepted), reply
    await done(node, c.CloseAuction(sold))


def bids_into_one(total: int, in_flight: int = 1_000) -> tuple[float, float]:
    """Bids a second into one sealed auction that gets so many, and the seconds that its clearing takes."""
    return uvloop.run(_bids_into_one(total, in_flight))


async def _bids_into_one(total: int, in_flight: int) -> tuple[float, float]:
    async with market(total) as node:
        sold = AuctionId("great")
        await done(node, c.AnnounceAuction(sold, MARKET, {GPU: 1}))

        async def bidder(number: int) -> None:
            for i in range(number, total, in_flight):
                agent = AgentId(f"agent-{i}")
                bid = c.PlaceBid(BidId(f"bid-{i}"), sold, agent, {GPU: 1}, Amount(1 + i))
                await done(node, bid, CallerId(agent))

        seconds, _ = await timed(node, (bidder(number) for number in range(in_flight)))
        began = time.perf_counter()
        await done(node, c.CloseAuction(sold))
        return total / seconds, time.perf_counter() - began


@contextlib.asynccontextmanager
async def market(agents: int) -> AsyncIterator[Node]:
    """A new node on SQLite with rich agents, and a market that sells by sealed second price."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_node(folder, snapshot_every=10**9) as node:
            await furnish(node, agents)
            yield node


async def furnish(node: Node, agents: int) -> None:
    """Make the agents and the market. What is won may be used for a second."""
    for start in range(0, agents, AT_ONCE):
        names = [AgentId(f"agent-{i}") for i in range(start, min(agents, start + AT_ONCE))]
        await asyncio.gather(*(done(node, c.CreateAgent(name, credits=WEALTH)) for name in names))
    await done(node, c.DeclareResource(GPU, "seconds", 10**9, SECOND))
    await done(node, c.CreateMarket(MARKET, (GPU,), Mechanism.SECOND_PRICE))


async def done(node: Node, command: Command, caller: CallerId = OPERATOR) -> None:
    """Submit a command that must not be refused."""
    reply = await node.submit(command, caller)
    assert isinstance(reply, Accepted), reply


async def timed(node: Node, callers: Iterable[Coroutine[object, object, None]]) -> tuple[float, float]:
    """Wall and processor seconds of callers, all at once.

    The views have seen what was there before, and the collector leaves it alone.
    """
    await node.spend(to_hour=0)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)  # As `econonexus up` does.
    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*callers)
    taken = time.perf_counter() - began, time.process_time() - used
    gc.unfreeze()
    return taken
