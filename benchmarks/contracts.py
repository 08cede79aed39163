"""Whole contracts through a node: tasks posted, offered for, awarded, delivered, judged good and paid."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine

import uvloop

from benchmarks.auctions import AT_ONCE, Run, done, timed
from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND, AgentId, CallerId, ContractId, Instant, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import MICROS_PER_CREDIT, Amount
from econonexus.node.node import Node
from econonexus.node.replies import Accepted

OFFERS = 3
PRICE = 10 * MICROS_PER_CREDIT
WEALTH, STAKE = 10**12, 10**11
PATIENCE_S, WAIT_S = 0.003, 0.03
"""Offers are taken long enough for all of them to come: so long for each task, and for each that waits for
the one before."""
HOUR = 3_600 * SECOND


def settled_contracts(in_flight: int, total: int, agents: int = 100) -> Run:
    """So many contracts from task to payment, with so many requesters at once.

    First all tasks are posted and offered for; when their time is over the node awards them, and they are
    delivered, judged and paid. The time between, in which nothing happens, is not counted.
    """
    return uvloop.run(_settled_contracts(in_flight, total, agents))


async def _settled_contracts(in_flight: int, total: int, agents: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        async with open_node(folder, snapshot_every=10**9) as node:
            await furnish(node, agents)
            long_s = total * max(PATIENCE_S, WAIT_S / in_flight)
            until = Instant(time.time_ns() + int(long_s * SECOND))

            async def ask(number: int) -> None:
                await offered(node, number, agents, until)

            async def finish(number: int) -> None:
                await judged(node, number, agents)

            seconds, processor_s = await timed(node, _several(ask, in_flight, total))
            left_s = (until - time.time_ns()) / SECOND
            assert left_s > 0, "offers came too slowly for this machine: raise PATIENCE_S"
            await asyncio.sleep(left_s)
            more_s, more_processor_s = await timed(node, _several(finish, in_flight, total))
            return Run(total, seconds + more_s, processor_s + more_processor_s)


def _several(
    do: Callable[[int], Awaitable[None]], in_flight: int, total: int
) -> list[Coroutine[object, object, None]]:
    """Do it for every number below `total`, so many at once."""

    async def one_of(first: int) -> None:
        for number in range(first, total, in_flight):
            await do(number)

    return [one_of(first) for first in range(in_flight)]


async def offered(node: Node, number: int, agents: int, until: Instant) -> None:
    """Post a task and let three agents offer for it at once."""
    asks, *workers = parties(number, agents)
    task = TaskId(f"t{number}")
    due_at = Instant(until + HOUR)
    await done(node, c.PostTask(task, asks, "work", Amount(PRICE), until, due_at), CallerId(asks))
    offers = [c.OfferWork(task, worker, Amount(PRICE // 2 + i)) for i, worker in enumerate(workers)]
    for offering in [node.submit(offer, CallerId(offer.agent)) for offer in offers]:
        reply = await offering
        assert isinstance(reply, Accepted), reply


async def judged(node: Node, number: int, agents: int) -> None:
    """Deliver what the node has awarded, and be satisfied, by which it is paid."""
    asks, winner, *_ = parties(number, agents)
    made = ContractId(f"t{number}:1")
    await done(node, c.ReportDelivery(made, winner), CallerId(winner))
    await done(node, c.JudgeContract(made, asks, Verdict.SATISFACTORY), CallerId(asks))


def parties(number: int, agents: int) -> list[AgentId]:
    """Who asks for a task, and who offers, the cheapest first."""
    return [AgentId(f"agent-{(number * (OFFERS + 1) + i) % agents}") for i in range(OFFERS + 1)]


async def furnish(node: Node, agents: int) -> None:
    """Rich agents, each with a stake."""
    for start in range(0, agents, AT_ONCE):
        names = [AgentId(f"agent-{i}") for i in range(start, min(agents, start + AT_ONCE))]
        await asyncio.gather(
            *(
                done(node, c.CreateAgent(name, capabilities=("work",), credits=Amount(WEALTH)))
                for name in names
            )
        )
        await asyncio.gather(*(done(node, c.PostStake(name, Amount(STAKE))) for name in names))
