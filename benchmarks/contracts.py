"""Whole contracts through a node: a task posted, three offers, awarded, delivered, judged good and paid."""

import asyncio
import tempfile
import time

import uvloop

from benchmarks.auctions import AT_ONCE, Run, done, timed
from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND, AgentId, CallerId, ContractId, Instant, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import MICROS_PER_CREDIT, Amount
from econonexus.node.node import Node

OFFERS = 3
PRICE = 10 * MICROS_PER_CREDIT
WEALTH, STAKE = 10**12, 10**11
OPEN_S = 0.2
"""How long a task takes offers; the node itself awards it then."""
CLOCKS_S = 0.002
"""By how much the node's clock may be behind."""
LATER = Instant(3_600 * SECOND)


def settled_contracts(in_flight: int, total: int, agents: int = 100) -> Run:
    """So many contracts from task to payment, so many of them at once, each with workers of its own turn."""
    return uvloop.run(_settled_contracts(in_flight, total // in_flight * in_flight, agents))


async def _settled_contracts(in_flight: int, total: int, agents: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        async with open_node(folder, snapshot_every=10**9) as node:
            await furnish(node, agents)
            waits: list[float] = []

            async def requester(number: int) -> None:
                for i in range(total // in_flight):
                    began = time.perf_counter()
                    place = number + i * in_flight
                    await contract(node, f"t{place}", place * (OFFERS + 1), agents)
                    waits.append((time.perf_counter() - began) * 1_000)

            seconds, processor_s = await timed(requester(number) for number in range(in_flight))
            return Run(total, seconds, processor_s, waits)


async def contract(node: Node, name: str, first: int, agents: int) -> None:
    """Post, three offers at once, the node's award, deliver, judge: six commands and the node's own."""
    asks, *workers = [AgentId(f"agent-{(first + i) % agents}") for i in range(OFFERS + 1)]
    until = time.time_ns() + int(OPEN_S * SECOND)
    task = c.PostTask(TaskId(name), asks, "work", Amount(PRICE), Instant(until), Instant(until + LATER))
    await done(node, task, CallerId(asks))
    offers = [c.OfferWork(task.task, worker, Amount(PRICE // 2 + i)) for i, worker in enumerate(workers)]
    for offering in [asyncio.create_task(done(node, offer, CallerId(offer.agent))) for offer in offers]:
        await offering
    # What is due is done before any later command, so from then on there is a contract.
    await asyncio.sleep(max(0.0, (until - time.time_ns()) / SECOND) + CLOCKS_S)
    made = ContractId(f"{name}:1")
    await done(node, c.ReportDelivery(made, workers[0]), CallerId(workers[0]))
    await done(node, c.JudgeContract(made, asks, Verdict.SATISFACTORY), CallerId(asks))


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
