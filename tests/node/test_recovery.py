"""From a journal to an economy: what is believed, and what is not."""

import msgspec
import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain.commands import OpenAccount
from econonexus.domain.state import STATE_VERSION, State
from econonexus.node import recovery
from econonexus.node.recovery import recover, take_snapshot
from econonexus.node.remembered import Remembered
from econonexus.ports import Head, JournalDamaged, JournalMissing, Snapshot
from tests.nodes import OPERATOR, accepted, check, digest, pay, started, submitted
from tests.virtual_time import in_virtual_time


async def filled(payments: int = 10, note: str = "") -> MemoryJournal:
    """A journal with some payments in it, at rest."""
    journal = MemoryJournal()
    engine = await started(journal)
    for number in range(payments):
        accepted(await submitted(engine, pay(1, note), f"p{number}"))
    await engine.stop()
    return journal.reopen()


@in_virtual_time
async def test_replay_from_the_beginning_and_from_a_snapshot_agree() -> None:
    journal = await filled()
    whole = await recover(journal)
    await take_snapshot(journal)
    quick = await recover(journal)
    assert (whole.replayed, quick.replayed) == (14, 0)
    assert whole.economy.state.digest() == quick.economy.state.digest()


@in_virtual_time
async def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    await recover(await filled(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (14, 14)


@in_virtual_time
async def test_a_snapshot_of_another_version_is_not_read() -> None:
    journal = await filled()
    snapshot = await take_snapshot(journal)
    await journal.save_snapshot(msgspec.structs.replace(snapshot, state_version=0, image=b"of old"))
    assert (await recover(journal)).replayed == 14


@in_virtual_time
async def test_a_snapshot_beyond_the_journal_s_end_says_that_records_were_lost() -> None:
    journal = await filled()
    longer = await take_snapshot(await filled(20))
    await journal.save_snapshot(longer)
    with pytest.raises(JournalDamaged, match="ends at record 14, but a snapshot was taken after record 24"):
        await recover(journal)


@in_virtual_time
async def test_a_snapshot_of_another_history_is_not_believed() -> None:
    journal = await filled()
    snapshot = await take_snapshot(journal)
    await journal.save_snapshot(msgspec.structs.replace(snapshot, hash=bytes(32)))
    with pytest.raises(JournalDamaged, match="record 14 is not the one"):
        await recover(journal)


@in_virtual_time
async def test_an_empty_journal_gives_no_snapshot() -> None:
    journal = MemoryJournal()
    with pytest.raises(JournalMissing):
        await take_snapshot(journal)
    await started(journal)


@in_virtual_time
async def test_a_state_is_its_image() -> None:
    state = (await recover(await filled())).economy.state
    assert State.from_image(state.image()).digest() == state.digest()


@in_virtual_time
async def test_private_text_is_restored_on_reading_and_no_part_of_the_state() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    first = await submitted(engine, pay(5, "for the ring"), "p1")
    await engine.submit(OpenAccount("cat", "cat", label="Catherine"), OPERATOR)
    assert await submitted(engine, pay(5, "for the ring"), "p1") == first
    image = await engine.read(State.image)
    assert b"ring" not in image
    assert b"Catherine" not in image


@in_virtual_time
async def test_erasing_a_text_leaves_chain_state_and_replay_as_they_were() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    sequence = accepted(await submitted(engine, pay(5, "for the ring"), "p1")).sequence
    before, head = await digest(engine), await journal.head()
    assert await engine.erase(sequence)
    assert not await engine.erase(sequence)
    await engine.stop()
    engine = await started(journal := journal.reopen())
    assert (await digest(engine), await journal.head()) == (before, head)
    assert "for the ring" not in repr(await submitted(engine, pay(5, "for the ring"), "p1"))
    await check(journal)


@in_virtual_time
async def test_a_snapshot_whose_journal_lost_its_beginning_is_refused() -> None:
    journal = MemoryJournal()
    await journal.save_snapshot(Snapshot(STATE_VERSION, 3, bytes(32), b"{}"))
    with pytest.raises(JournalDamaged, match="ends at record 0"):
        await recover(journal)


@in_virtual_time
async def test_a_journal_that_grows_meanwhile_is_read_to_where_it_ended_at_first() -> None:
    """As when a snapshot is made, or a statement read, beside a busy node."""
    journal = MemoryJournal()
    engine = await started(journal)
    ended = await journal.head()

    class Busy(MemoryJournal):
        async def head(self) -> Head:
            return ended

    busy = Busy()
    busy.__dict__.update(journal.__dict__)
    await submitted(engine, pay(5))

    recovered = await recover(busy)

    assert recovered.head == ended
    assert recovered.economy.state.ledger.accounts["bob"].balance == 0


@in_virtual_time
async def test_what_is_remembered_of_a_long_journal_is_bounded() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    for number in range(50):
        await submitted(engine, pay(1), f"p{number}")
    await engine.stop()
    remembered = Remembered(max_commands=10)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "CHUNK", 5)
        await recover(journal, remembered)

    assert len(remembered) <= 15  # Ten, and the chunk in hand.
    assert not remembered.complete
