"""What an economy with markets holds in memory, and how fast its journal is read again."""

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from benchmarks.auctions import BIDS, GPU, MARKET, WEALTH, auction, furnish
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.economy import Economy
from econonexus.domain.ids import (
    CREDIT,
    SECOND,
    AgentId,
    AuctionId,
    BidId,
    Duration,
    Instant,
    KeyId,
    Sequence,
)
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal
from econonexus.node.recovery import recover

HOUR = Duration(3_600 * SECOND)


class World:
    """An economy without a journal, in which time passes with every command."""

    def __init__(self) -> None:
        self.economy = Economy()
        self.do(c.DeclareAsset(CREDIT))

    def do(self, command: Command) -> None:
        """Decide and apply a command that must not be refused."""
        state = self.economy.state
        now = Instant(state.time + 1_000)
        decision = self.economy.decide(command, now)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            self.economy.apply(event, Sequence(state.sequence + 1), now)


def fill(agents: int, auctions: int) -> World:
    """So many agents, with a wallet and a key each, and so many auctions that ended; their grants run on."""
    world = World()
    for i in range(agents):
        digest = f"{i:064x}"
        world.do(
            c.CreateAgent(
                AgentId(f"agent-{i:07}"), credits=WEALTH, key=KeyId(f"key-{i:07}"), key_digest=digest
            )
        )
    if auctions:
        world.do(c.DeclareResource(GPU, "seconds", 10**9, HOUR))
        world.do(c.CreateMarket(MARKET, (GPU,), Mechanism.SECOND_PRICE))
    for number in range(auctions):
        sold = AuctionId(f"auction-{number:07}")
        world.do(c.AnnounceAuction(sold, MARKET, {GPU: 1}))
        for i in range(BIDS):
            agent = AgentId(f"agent-{(number + i) % agents:07}")
            bid = BidId(f"bid-{number:07}-{i}")
            world.do(c.PlaceBid(bid, sold, agent, {GPU: 1}, Amount(1_000 + i)))
        world.do(c.CloseAuction(sold))
    return world


def resident_kib(agents: int, auctions: int) -> int:
    """The memory that a process holds with so many of both."""
    program = f"import benchmarks.growth as g; g.show({agents}, {auctions})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return int(done.stdout)


def show(agents: int, auctions: int) -> None:
    """Fill an economy and print the resident memory in KiB."""
    world = fill(agents, auctions)
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(pages * resource.getpagesize() // 1_024)
    del world


def snapshot_cost(auctions: int) -> tuple[float, float]:
    """How long (s) the state after so many auctions takes to write, and its size in MB."""
    world = fill(100, auctions)
    began = time.perf_counter()
    image = world.economy.state.image()
    return time.perf_counter() - began, len(image) / 1e6


def replayed(auctions: int) -> float:
    """Events a second at which the journal of so many auctions is read again."""
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(_write(folder, auctions))
        return max(uvloop.run(_replay(folder)) for _ in range(3))


async def _write(folder: str, auctions: int) -> None:
    async with open_node(folder, snapshot_every=10**9) as node:
        await furnish(node, 100)
        for start in range(0, auctions, 64):
            numbers = range(start, min(auctions, start + 64))
            await asyncio.gather(*(auction(node, f"{i}", i * BIDS, 100) for i in numbers))


async def _replay(folder: str) -> float:
    journal = SqliteJournal.open_to_read(Path(folder))
    began = time.perf_counter()
    recovered = await recover(journal)
    rate = recovered.replayed / (time.perf_counter() - began)
    await journal.close()
    return rate
