"""Following durable records: the latest from memory, older ones from the journal."""

import asyncio

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.node import relay as relay_module
from econonexus.node.records import Record
from tests.faulty_journal import FaultyJournal, Moment, SlowJournal
from tests.nodes import pay, started, submitted, turns
from tests.virtual_time import in_virtual_time


async def _followed(relay: relay_module.Relay, after: int, page: int) -> list[Record]:
    """Everything up to the relay's present end."""
    seen: list[Record] = []
    while after < relay.position:
        seen += await relay.after(after, page)
        after = seen[-1].sequence
    return seen


@in_virtual_time
async def test_a_follower_sees_every_record_once_and_in_order() -> None:
    engine = await started(MemoryJournal())
    await asyncio.gather(*(submitted(engine, pay()) for _ in range(100)))
    for page in (1, 7, 1_000):
        assert [r.sequence for r in await _followed(engine.relay, 0, page)] == list(range(1, 105))


@in_virtual_time
async def test_a_follower_sees_nothing_that_is_not_durable() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    reply = submitted(engine, pay())
    next_ = asyncio.create_task(engine.relay.after(engine.relay.position, 10))
    await turns(100)
    assert not next_.done()
    journal.gate.set()
    assert [record.sequence for record in await next_] == [5]
    await reply


@in_virtual_time
async def test_memory_and_journal_tell_the_same() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    for number in range(20):
        await submitted(engine, pay(1, "a note"), f"p{number}")
    from_memory = await _followed(engine.relay, 0, 6)
    await engine.stop()
    engine = await started(journal.reopen())
    assert await _followed(engine.relay, 0, 6) == from_memory


@in_virtual_time
async def test_a_follower_that_fell_behind_reads_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "KEPT", 10)
    engine = await started(MemoryJournal())
    for _ in range(50):
        await submitted(engine, pay())
    assert [r.sequence for r in await _followed(engine.relay, 0, 4)] == list(range(1, 55))


@in_virtual_time
async def test_many_followers_wait_for_the_same_record() -> None:
    engine = await started(MemoryJournal())
    followers = [asyncio.create_task(engine.relay.after(4, 10)) for _ in range(20)]
    await turns()
    await submitted(engine, pay())
    for seen in await asyncio.gather(*followers):
        assert [record.sequence for record in seen] == [5]


@in_virtual_time
async def test_when_the_node_stops_followers_are_told() -> None:
    engine = await started(MemoryJournal())
    waiting = asyncio.create_task(engine.relay.after(4, 10))
    await turns()
    await engine.stop()
    assert await waiting == []


@in_virtual_time
async def test_when_the_node_fails_followers_are_told() -> None:
    engine = await started(FaultyJournal(5, Moment.BEFORE))
    waiting = asyncio.create_task(engine.relay.after(engine.relay.position, 10))
    outcome = await asyncio.gather(submitted(engine, pay()), return_exceptions=True)
    assert isinstance(outcome[0], Exception)
    assert await waiting == []
