"""Requests through the engine: what no capacity now means for the command's id, and when periods end."""

import asyncio

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain import commands as c
from econonexus.domain.events import PeriodShared, RequestDeclined, RequestServed
from econonexus.domain.ids import SECOND, CommandId
from econonexus.domain.kinds import Mechanism
from econonexus.node.engine import Engine
from tests.nodes import OPERATOR, accepted, check
from tests.virtual_time import VirtualClock, in_virtual_time


async def engine_with(mechanism: Mechanism) -> tuple[Engine, MemoryJournal]:
    journal = MemoryJournal()
    engine = await Engine.start(journal, VirtualClock())
    for command in (
        c.CreateAgent("ann"),
        c.CreateAgent("bob"),
        c.DeclareResource("tokens", "token", 100, 10 * SECOND),
        c.CreateMarket("m", ("tokens",), mechanism),
    ):
        accepted(await engine.submit(command, OPERATOR))
    return engine, journal


@in_virtual_time
async def test_a_declined_request_is_not_remembered_so_that_a_retry_can_succeed() -> None:
    engine, journal = await engine_with(Mechanism.FIRST_COME)
    accepted(await engine.submit(c.RequestUnits("r1", "m", "ann", 80), OPERATOR))
    again = c.RequestUnits("r2", "m", "bob", 40)
    declined = accepted(await engine.submit(again, OPERATOR, CommandId("mine")))
    assert isinstance(declined.events[0], RequestDeclined)
    accepted(await engine.submit(c.ReleaseGrant("r1:1"), OPERATOR))
    met = accepted(await engine.submit(again, OPERATOR, CommandId("mine")))
    assert isinstance(met.events[0], RequestServed)
    # And what was met is remembered: once more is no more.
    assert accepted(await engine.submit(again, OPERATOR, CommandId("mine"))).sequence == met.sequence
    await engine.stop()
    await check(journal)


@in_virtual_time
async def test_the_node_ends_a_period_by_itself() -> None:
    engine, journal = await engine_with(Mechanism.PRIORITY)
    accepted(await engine.submit(c.RequestUnits("r1", "m", "ann", 80), OPERATOR))
    await asyncio.sleep(11)
    assert await engine.read(lambda state: "r1:1" in state.grants.by_id)
    records = await engine.relay.after(0, 1_000)
    assert sum(isinstance(record.event, PeriodShared) for record in records) == 1
    await engine.stop()
    await check(journal)
