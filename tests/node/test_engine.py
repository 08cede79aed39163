"""The single writer: when callers are answered, what they may rely on, and how it stops."""

import asyncio

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain.commands import DrawCredit, FreezeAccount, PlaceHold, SetCreditLine, VoidHold
from econonexus.domain.ids import AccountId, CallerId, CommandId
from econonexus.domain.refusals import RefusalCode
from econonexus.node.engine import Engine, Limits
from econonexus.node.intake import InvalidCommand
from econonexus.node.recovery import take_snapshot
from econonexus.node.remembered import Remembered
from econonexus.node.writer import NodeStopped
from tests.faulty_journal import FaultyJournal, Moment, SlowJournal
from tests.nodes import ANN, OPERATOR, accepted, balance, check, code, digest, pay, started, submitted, turns
from tests.virtual_time import VirtualClock, in_virtual_time


@in_virtual_time
async def test_a_new_journal_begins_with_the_asset_credit() -> None:
    journal = MemoryJournal()
    engine = await Engine.start(journal, VirtualClock())
    assert await engine.read(lambda state: list(state.ledger.assets)) == ["credit"]
    assert (await journal.head()).sequence == 1


@in_virtual_time
async def test_nobody_is_answered_before_the_sync() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    reply = submitted(engine, pay())
    await turns(100)
    assert not reply.done()
    journal.gate.set()
    assert accepted(await reply).sequence == (await journal.head()).sequence


@in_virtual_time
async def test_commands_in_flight_share_appends() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.appends.clear()
    await asyncio.gather(*(submitted(engine, pay()) for _ in range(1_000)))
    assert sum(journal.appends) == 1_000
    assert len(journal.appends) <= 10
    assert await balance(engine, "bob") == 1_000


@in_virtual_time
async def test_a_command_is_decided_in_the_call_and_answered_once_it_is_awaited() -> None:
    engine = await started(MemoryJournal())
    before = engine.status()
    answers = [engine.submit(pay(5), ANN), engine.submit(pay(7), ANN, CommandId("p1"))]
    assert engine.peek(lambda state: state.ledger.accounts[AccountId("bob")].balance) == 12
    assert engine.status().durable == before.durable
    first, second = [accepted(await answer) for answer in answers]
    assert (first.sequence, second.sequence) == (before.sequence + 1, before.sequence + 2)
    assert engine.status().batches == before.batches + 1
    assert await engine.submit(pay(7), ANN, CommandId("p1")) == second


@in_virtual_time
async def test_no_append_is_larger_than_the_limit_by_more_than_one_command() -> None:
    journal = SlowJournal()
    engine = await started(journal, limits=Limits(max_batch=50))
    await asyncio.gather(*(submitted(engine, pay()) for _ in range(1_000)))
    assert max(journal.appends) <= 50


@in_virtual_time
async def test_beyond_its_bound_the_node_says_overloaded_and_loses_nothing() -> None:
    journal = SlowJournal()
    engine = await started(journal, limits=Limits(max_pending=10))
    journal.gate.clear()
    replies = [submitted(engine, pay(), f"p{i}") for i in range(25)]
    await turns()
    turned_away = [reply for reply in replies if reply.done()]
    assert len(turned_away) == 15
    assert {code(reply.result()) for reply in turned_away} == {RefusalCode.OVERLOADED}
    journal.gate.set()
    await asyncio.gather(*replies)
    assert await balance(engine, "bob") == 10


@in_virtual_time
async def test_what_was_turned_away_may_come_again_under_its_id() -> None:
    journal = SlowJournal()
    engine = await started(journal, limits=Limits(max_pending=1))
    journal.gate.clear()
    first = submitted(engine, pay(1), "first")
    await turns()
    assert code(await submitted(engine, pay(2), "second")) is RefusalCode.OVERLOADED
    journal.gate.set()
    await first
    accepted(await submitted(engine, pay(2), "second"))
    assert await balance(engine, "bob") == 3


@in_virtual_time
async def test_the_same_id_and_content_get_the_same_answer_and_act_once() -> None:
    engine = await started(MemoryJournal())
    first = await submitted(engine, pay(5, note="thanks"), "p1")
    assert await submitted(engine, pay(5, note="thanks"), "p1") == first
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_the_same_id_with_other_content_is_refused() -> None:
    engine = await started(MemoryJournal())
    await submitted(engine, pay(5), "p1")
    assert code(await submitted(engine, pay(6), "p1")) is RefusalCode.ID_REUSED
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_the_digest_of_what_the_caller_sent_decides_what_the_same_content_is() -> None:
    engine = await started(MemoryJournal())
    first = await engine.submit(pay(5), ANN, CommandId("p1"), digest="as sent")
    assert await engine.submit(pay(6), ANN, CommandId("p1"), digest="as sent") == first


@in_virtual_time
async def test_an_id_belongs_to_its_caller() -> None:
    engine = await started(MemoryJournal())
    await engine.submit(pay(5), ANN, CommandId("p1"))
    accepted(await engine.submit(pay(7), CallerId("bob"), CommandId("p1")))
    assert await balance(engine, "bob") == 12


@in_virtual_time
async def test_commands_without_an_id_act_every_time() -> None:
    engine = await started(MemoryJournal())
    replies = [await submitted(engine, pay(5)) for _ in range(2)]
    assert len({reply.id for reply in replies}) == 2
    assert await balance(engine, "bob") == 10


@in_virtual_time
async def test_a_refusal_is_remembered_even_when_it_would_pass_now() -> None:
    engine = await started(MemoryJournal())
    refused = await submitted(engine, pay(2_000_000), "p1")
    assert code(refused) is RefusalCode.INSUFFICIENT_FUNDS
    await engine.submit(pay(1), ANN)
    assert await submitted(engine, pay(2_000_000), "p1") == refused


@in_virtual_time
async def test_a_repeat_of_what_is_in_flight_waits_for_it() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    first, second = submitted(engine, pay(5), "p1"), submitted(engine, pay(5), "p1")
    await turns()
    assert not first.done()
    assert not second.done()
    journal.gate.set()
    assert await first == await second
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_an_answer_of_several_events_is_repeated_whole() -> None:
    engine = await started(MemoryJournal())
    await engine.submit(SetCreditLine("bob", 50), OPERATOR)
    await engine.submit(DrawCredit("bob", 30), OPERATOR)
    first = accepted(await submitted(engine, pay(5), "p1"))
    assert len(first.events) == 2
    assert await submitted(engine, pay(5), "p1") == first


@in_virtual_time
async def test_answers_outlive_a_restart() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    first = await submitted(engine, pay(5), "p1")
    refused = await submitted(engine, pay(2_000_000), "p2")
    await engine.stop()
    engine = await started(journal.reopen())
    assert await submitted(engine, pay(5), "p1") == first
    assert await submitted(engine, pay(2_000_000), "p2") == refused
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_what_memory_forgot_the_journal_still_knows() -> None:
    engine = await started(MemoryJournal(), remembered=Remembered(max_commands=2))
    replies = [await submitted(engine, pay(i), f"p{i}") for i in range(1, 11)]
    again = [await submitted(engine, pay(i), f"p{i}") for i in range(1, 11)]
    assert again == replies
    assert await balance(engine, "bob") == 55


@in_virtual_time
async def test_what_is_in_flight_is_never_forgotten() -> None:
    journal = SlowJournal()
    engine = await started(journal, remembered=Remembered(max_commands=1), limits=Limits(max_batch=1))
    for i in range(5):
        await submitted(engine, pay(), f"before{i}")
    journal.gate.clear()
    replies = [submitted(engine, pay(), f"p{i}") for i in range(5)]
    await turns()
    journal.let_pass(1)
    await asyncio.wait(replies, return_when=asyncio.FIRST_COMPLETED)
    again = [submitted(engine, pay(), f"p{i}") for i in range(5)]
    await turns()
    journal.let_pass(1_000)
    assert await asyncio.gather(*replies) == await asyncio.gather(*again)
    assert await balance(engine, "bob") == 10


@in_virtual_time
async def test_what_came_before_a_snapshot_is_looked_up_in_the_journal() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    first = await submitted(engine, pay(5), "p1")
    await engine.stop()
    await take_snapshot(journal)
    engine = await started(journal.reopen())
    assert await submitted(engine, pay(5), "p1") == first
    assert code(await submitted(engine, pay(6), "p1")) is RefusalCode.ID_REUSED
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_memory_forgets_after_a_day() -> None:
    remembered = Remembered()
    engine = await started(MemoryJournal(), remembered=remembered)
    first = await submitted(engine, pay(5), "p1")
    await asyncio.sleep(25 * 3600)
    await submitted(engine, pay(1), "p2")  # The older half is p1 and p2 from now on.
    await submitted(engine, pay(1), "p3")
    await asyncio.sleep(25 * 3600)
    await submitted(engine, pay(1), "p4")
    assert len(remembered) == 2
    assert not remembered.complete
    assert await submitted(engine, pay(5), "p1") == first


@in_virtual_time
async def test_a_cancelled_caller_takes_nobody_with_it_and_its_command_stands() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    gone, stays = submitted(engine, pay(5), "gone"), submitted(engine, pay(7), "stays")
    await turns()
    gone.cancel()
    await turns()
    journal.gate.set()
    accepted(await stays)
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await balance(engine, "bob") == 12
    accepted(await submitted(engine, pay(5), "gone"))
    assert await balance(engine, "bob") == 12


@in_virtual_time
async def test_a_read_shows_nothing_that_is_not_durable() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    paid = submitted(engine, pay(5))
    await turns()
    seen = asyncio.create_task(balance(engine, "bob"))
    await turns(100)
    assert not seen.done()
    journal.gate.set()
    assert await seen == 5
    await paid


@in_virtual_time
async def test_everybody_reads_his_own_writes() -> None:
    engine = await started(MemoryJournal())

    async def pay_and_look(number: int) -> None:
        reply = accepted(await submitted(engine, pay(1)))
        assert await engine.read(lambda state: state.sequence) >= reply.sequence

    await asyncio.gather(*(pay_and_look(number) for number in range(50)))


@in_virtual_time
async def test_if_an_append_fails_everybody_in_hand_is_told_and_everybody_after() -> None:
    engine = await started(FaultyJournal(5, Moment.BEFORE), limits=Limits(max_batch=2))
    replies = [submitted(engine, pay(), f"p{i}") for i in range(6)]
    outcomes = await asyncio.gather(*replies, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NodeStopped] * 6
    for late in (engine.submit(pay(), ANN), engine.read(lambda state: state.sequence)):
        with pytest.raises(NodeStopped, match="the machine died before anything"):
            await late
    assert not engine.status().ready
    assert "the machine died" in engine.status().reason


@in_virtual_time
async def test_after_a_failed_append_a_restart_recovers() -> None:
    journal = FaultyJournal(5, Moment.BEFORE)
    engine = await started(journal)
    with pytest.raises(NodeStopped):
        await submitted(engine, pay(5), "p1")
    await engine.stop()
    engine = await started(journal_after := journal.reopen())
    assert await balance(engine, "bob") == 0
    accepted(await submitted(engine, pay(5), "p1"))
    await check(journal_after)


@in_virtual_time
async def test_stopping_finishes_what_is_in_hand() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    replies = [submitted(engine, pay(), f"p{i}") for i in range(10)]
    await turns()
    stopping = asyncio.create_task(engine.stop())
    await turns()
    with pytest.raises(NodeStopped):
        await engine.submit(pay(), ANN)
    journal.gate.set()
    await stopping
    for reply in replies:
        accepted(await reply)
    assert (await check(journal)).ledger.accounts["bob"].balance == 10


@in_virtual_time
async def test_a_stopped_engine_leaves_the_state_that_a_new_one_finds() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    await engine.submit(PlaceHold("h", "ann", 5, 2**62), ANN)
    await engine.submit(VoidHold("h"), ANN)
    await engine.submit(FreezeAccount("bob", "why"), ANN)
    before = await digest(engine)
    await engine.stop()
    engine = await started(journal.reopen())
    assert await digest(engine) == before


@in_virtual_time
async def test_a_snapshot_saves_the_replay_and_changes_nothing() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    for amount in range(1, 20):
        await submitted(engine, pay(amount))
    await take_snapshot(journal)
    await submitted(engine, pay(100))
    before = await digest(engine)
    await engine.stop()
    engine = await started(journal.reopen())
    assert await digest(engine) == before


@in_virtual_time
async def test_the_same_commands_give_the_same_state_whatever_the_order_of_callbacks() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    for amount in range(1, 20):
        await submitted(engine, pay(amount), f"p{amount}")
    state = await check(journal)
    assert state.ledger.accounts["bob"].balance == sum(range(1, 20))


@in_virtual_time
async def test_a_bug_in_a_caller_s_command_hurts_nobody_else() -> None:
    engine = await started(MemoryJournal())
    with pytest.raises(InvalidCommand, match="note"):
        await engine.submit(pay(5, note=None), ANN)  # No text at all.
    accepted(await submitted(engine, pay(5)))
    assert await balance(engine, "bob") == 5


@in_virtual_time
async def test_text_that_no_journal_can_keep_hurts_nobody_else() -> None:
    engine = await started(MemoryJournal())
    with pytest.raises(InvalidCommand, match="surrogates"):
        await engine.submit(pay(5, note="\ud800"), ANN)
    accepted(await submitted(engine, pay(5)))


@in_virtual_time
async def test_an_id_that_is_no_name_is_refused_and_not_kept() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    before = await journal.head()
    for name in ("", "two words", "\ud800", "x" * 129):
        assert code(await submitted(engine, pay(5), name)) is RefusalCode.INVALID_ID
    assert await journal.head() == before


@in_virtual_time
async def test_a_stop_that_is_cancelled_leaves_nobody_waiting() -> None:
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    reply = submitted(engine, pay(5))
    await turns()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(engine.stop(), 1)
    assert not reply.done()
    journal.gate.set()
    accepted(await reply)
    await engine.stop()


@in_virtual_time
async def test_a_writer_that_is_cancelled_lets_its_callers_go() -> None:
    """As when an event loop is shut down with everything in it."""
    journal = SlowJournal()
    engine = await started(journal)
    journal.gate.clear()
    reply = submitted(engine, pay(5))
    await turns()
    (writer,) = [task for task in asyncio.all_tasks() if task.get_name() == "econonexus writer"]
    writer.cancel()
    with pytest.raises(NodeStopped, match="CancelledError"):
        await reply


@in_virtual_time
async def test_a_deadline_or_two_keep_no_command_waiting() -> None:
    """What fell due and the command that found it go into one append."""
    journal, clock = SlowJournal(), VirtualClock()
    engine = await started(journal, clock)
    for number in range(3):
        await submitted(engine, PlaceHold(f"h{number}", "ann", 1, clock.wall_ns() + 10**9))
    journal.gate.clear()
    first = submitted(engine, pay(1))
    await turns()
    await asyncio.sleep(2)
    second = submitted(engine, pay(2))
    await turns()
    journal.appends.clear()
    journal.gate.set()
    accepted(await first)
    accepted(await second)
    assert journal.appends == [1, 4]  # The first payment; three that expired and the second.


@in_virtual_time
async def test_nobody_else_is_the_node() -> None:
    engine = await started(MemoryJournal())
    with pytest.raises(InvalidCommand, match="caller"):
        await engine.submit(pay(5), CallerId("node"))


@in_virtual_time
async def test_the_name_of_a_command_without_one_cannot_be_chosen() -> None:
    engine = await started(MemoryJournal())
    made = accepted(await engine.submit(pay(5), ANN)).id
    assert code(await engine.submit(pay(5), ANN, made)) is RefusalCode.INVALID_ID


@pytest.mark.parametrize("name", ["max_pending", "max_batch", "max_due", "checkpoint_every"])
def test_a_limit_is_at_least_one(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        Limits(**{name: 0})
