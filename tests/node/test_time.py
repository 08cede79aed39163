"""The time rule, and deadlines that come whether anybody calls or not."""

import asyncio

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain.commands import PlaceHold
from econonexus.domain.events import HoldExpired
from econonexus.domain.ids import SECOND, AccountId, HoldId, Instant
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode
from econonexus.node.engine import Engine, Limits
from econonexus.node.records import unseal
from econonexus.node.writer import NodeStopped
from tests.faulty_journal import SlowJournal
from tests.nodes import ANN, accepted, balance, check, code, pay, started, submitted, turns
from tests.virtual_time import VirtualClock, in_virtual_time


def hold(clock: VirtualClock, seconds: float, name: str = "h") -> PlaceHold:
    """One of ann's that expires so many seconds from now."""
    expires_at = Instant(clock.wall_ns() + round(seconds * SECOND))
    return PlaceHold(HoldId(name), AccountId("ann"), Amount(1), expires_at)


async def open_holds(engine: Engine) -> int:
    return await engine.read(lambda state: len(state.ledger.holds))


@in_virtual_time
async def test_a_deadline_comes_by_itself() -> None:
    clock, journal = VirtualClock(), MemoryJournal()
    engine = await started(journal, clock)
    await engine.submit(hold(clock, 10), ANN)
    due = clock.wall_ns() + 10 * SECOND
    await asyncio.sleep(9.999)
    assert await open_holds(engine) == 1
    await asyncio.sleep(0.01)
    assert await open_holds(engine) == 0
    expired = unseal((await journal.read((await journal.head()).sequence - 1, 1))[0])
    assert isinstance(expired.event, HoldExpired)
    assert 0 <= expired.time - due <= SECOND // 100


@in_virtual_time
async def test_a_nearer_deadline_is_not_kept_waiting_by_a_farther_one() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    await engine.submit(hold(clock, 1_000, "far"), ANN)
    await engine.submit(hold(clock, 1, "near"), ANN)
    await asyncio.sleep(1.01)
    assert await engine.read(lambda state: list(state.ledger.holds)) == ["far"]


@in_virtual_time
async def test_deadlines_that_passed_while_the_node_was_down_come_when_it_starts() -> None:
    clock, journal = VirtualClock(), MemoryJournal()
    engine = await started(journal, clock)
    await engine.submit(hold(clock, 10), ANN)
    await engine.stop()
    await asyncio.sleep(3600)
    engine = await started(journal.reopen(), clock)
    await asyncio.sleep(0.01)
    assert await open_holds(engine) == 0


@in_virtual_time
async def test_a_command_finds_the_deadlines_before_it_decided() -> None:
    clock, journal = VirtualClock(), SlowJournal()
    engine = await started(journal, clock)
    everything = PlaceHold(
        HoldId("h"), AccountId("ann"), Amount(1_000_000), Instant(clock.wall_ns() + SECOND)
    )
    await engine.submit(everything, ANN)
    clock.jump(1)  # The timer does not know that yet.
    accepted(await submitted(engine, pay(1_000_000)))
    assert await balance(engine, "ann") == 0


@in_virtual_time
async def test_commands_submitted_before_any_is_awaited_share_an_append_also_where_a_deadline_has_come() -> (
    None
):
    clock, journal = VirtualClock(), SlowJournal()
    engine = await started(journal, clock)
    await engine.submit(hold(clock, 1), ANN)
    journal.appends.clear()
    clock.jump(1)  # The timer does not know that yet.
    replies = [engine.submit(pay(), ANN) for _ in range(10)]
    for reply in replies:
        accepted(await reply)
    assert journal.appends == [11]


@in_virtual_time
async def test_several_thousand_deadlines_at_one_instant_are_decided_in_bounded_bites() -> None:
    clock, journal = VirtualClock(), SlowJournal()
    engine = await started(journal, clock, Limits(max_due=100, max_batch=100_000))
    soon = hold(clock, 5)
    holds = [PlaceHold(HoldId(f"h{i}"), soon.source, soon.amount, soon.expires_at) for i in range(3_000)]
    await asyncio.gather(*(engine.submit(each, ANN) for each in holds))
    journal.appends.clear()
    await asyncio.sleep(5.1)
    assert await open_holds(engine) == 0
    assert sum(journal.appends) == 3_000
    assert max(journal.appends) == 100


@in_virtual_time
async def test_many_callers_at_once_do_not_enlarge_the_bites() -> None:
    clock, journal = VirtualClock(), SlowJournal()
    engine = await started(journal, clock, Limits(max_due=100, max_batch=100_000))
    soon = hold(clock, 5)
    holds = [PlaceHold(HoldId(f"h{i}"), soon.source, soon.amount, soon.expires_at) for i in range(3_000)]
    await asyncio.gather(*(engine.submit(each, ANN) for each in holds))
    journal.appends.clear()
    clock.jump(5)
    await asyncio.gather(*(submitted(engine, pay()) for _ in range(50)))
    assert max(journal.appends) <= 100 + 50


@in_virtual_time
async def test_time_does_not_run_back_with_the_clock() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    before = accepted(await submitted(engine, pay())).time
    clock.jump(-3600)
    after = accepted(await submitted(engine, pay())).time
    assert after == before
    assert engine.status().ready


@in_virtual_time
async def test_after_a_step_back_time_goes_on_once_the_clock_has_caught_up() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    before = accepted(await submitted(engine, pay())).time
    clock.jump(-10)
    await asyncio.sleep(12)
    assert accepted(await submitted(engine, pay())).time == before + 2 * SECOND


@in_virtual_time
async def test_a_restart_under_a_clock_that_is_behind_goes_on_from_the_last_record() -> None:
    clock, journal = VirtualClock(), MemoryJournal()
    engine = await started(journal, clock)
    before = accepted(await submitted(engine, pay())).time
    await engine.stop()
    clock.jump(-86_400)
    engine = await started(journal.reopen(), clock)
    assert accepted(await submitted(engine, pay())).time == before


@in_virtual_time
async def test_a_small_step_forward_is_believed() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    before = accepted(await submitted(engine, pay())).time
    clock.jump(59)
    assert accepted(await submitted(engine, pay())).time == before + 59 * SECOND


@in_virtual_time
async def test_a_large_jump_forward_makes_the_node_unready_and_expires_nothing() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    await engine.submit(hold(clock, 600), ANN)
    clock.jump(3600)
    assert code(await submitted(engine, pay(), "p1")) is RefusalCode.UNREADY
    assert not engine.status().ready
    assert "jumped forward by 3600 s" in engine.status().reason
    await asyncio.sleep(120)
    assert await open_holds(engine) == 1


@in_virtual_time
async def test_what_was_answered_before_the_jump_is_answered_still() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    first = await submitted(engine, pay(), "p1")
    clock.jump(3600)
    assert await submitted(engine, pay(), "p1") == first


@in_virtual_time
async def test_once_the_operator_accepts_the_clock_the_deadlines_come() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    await engine.submit(hold(clock, 600), ANN)
    clock.jump(3600)
    assert code(await submitted(engine, pay(), "p1")) is RefusalCode.UNREADY
    engine.accept_clock()
    await asyncio.sleep(0.01)
    assert await open_holds(engine) == 0
    assert engine.status().ready
    accepted(await submitted(engine, pay(), "p1"))


@in_virtual_time
async def test_a_clock_that_is_put_right_makes_the_node_ready_again() -> None:
    clock = VirtualClock()
    engine = await started(MemoryJournal(), clock)
    clock.jump(3600)
    assert code(await submitted(engine, pay())) is RefusalCode.UNREADY
    clock.jump(-3600)
    accepted(await submitted(engine, pay()))


@in_virtual_time
async def test_deadlines_and_restarts_leave_one_true_history() -> None:
    clock, journal = VirtualClock(), MemoryJournal()
    for round_ in range(5):
        engine = await started(journal, clock)
        await engine.submit(hold(clock, 3, f"h{round_}"), ANN)
        await asyncio.sleep(2)
        await engine.stop()
        journal = journal.reopen()
        await check(journal)


@in_virtual_time
async def test_a_deadline_that_meets_a_stopping_node_waits_for_the_next() -> None:
    clock, journal = VirtualClock(), MemoryJournal()
    engine = await started(journal, clock)
    await engine.submit(hold(clock, 1), ANN)
    await engine.stop()
    await asyncio.sleep(5)
    await turns()
    with pytest.raises(NodeStopped):
        await engine.submit(pay(), ANN)
    assert (await check(journal)).ledger.holds


class CountingClock(VirtualClock):
    """A clock that counts how often it is looked at."""

    looks = 0

    def wall_ns(self) -> int:
        self.looks += 1
        return super().wall_ns()


@pytest.mark.parametrize("jump", [-3600, 3600], ids=["back", "forward"])
@in_virtual_time
async def test_a_clock_that_is_wrong_does_not_keep_the_node_busy(jump: int) -> None:
    clock = CountingClock()
    engine = await started(MemoryJournal(), clock)
    await engine.submit(hold(clock, 0.005), ANN)
    clock.jump(jump)
    engine.status()
    before = clock.looks
    await asyncio.sleep(3_000)
    assert clock.looks - before < 3_000 / 60 * 10
    assert await open_holds(engine) == 1
