"""What every journal promises, whatever it is made of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from econonexus.ports import GENESIS_HASH, Checkpoint, Head, Journal, JournalFault, JournalFenced, Snapshot
from tests.conformance.journal import FACTORIES, Factory, Place, chain, record


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.name)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    factory: Factory = request.param
    async with asynccontextmanager(factory.place)(tmp_path) as place:
        yield place


@pytest.fixture
async def journal(place: Place) -> AsyncIterator[Journal]:
    journal = await place.open()
    yield journal
    await journal.close()


async def test_an_empty_journal_ends_before_its_first_record(journal: Journal) -> None:
    assert await journal.head() == Head(0, GENESIS_HASH)
    assert await journal.read(0, 10) == []


async def test_the_head_is_the_last_record(journal: Journal) -> None:
    records = chain(3)
    await journal.append(records, after=0)
    assert await journal.head() == Head(3, records[-1].hash)


async def test_what_is_read_is_what_was_appended(journal: Journal) -> None:
    records = chain(2, keys=True)
    records.append(record(3, records[-1].hash, aside=b'{"note":["00","secret"]}'))
    records.append(record(4, records[-1].hash, ("anna/\u00e9", "42"), b"{}"))
    await journal.append(records, after=0)
    assert await journal.read(0, 10) == records


async def test_a_batch_may_be_large(journal: Journal) -> None:
    records = chain(1_003, keys=True)
    await journal.append(records, after=0)
    assert await journal.read(0, 2_000) == records


async def test_reading_goes_page_by_page(journal: Journal) -> None:
    records = chain(10)
    await journal.append(records[:4], after=0)
    await journal.append(records[4:], after=4)
    assert await journal.read(0, 3) == records[:3]
    assert await journal.read(3, 3) == records[3:6]
    assert await journal.read(9, 3) == records[9:]
    assert await journal.read(10, 3) == []


async def test_an_append_after_another_record_than_the_last_is_fenced(journal: Journal) -> None:
    records = chain(3)
    await journal.append(records[:2], after=0)
    for wrong in (0, 1, 3):
        with pytest.raises(JournalFenced):
            await journal.append(records[2:], after=wrong)
    assert await journal.read(0, 10) == records[:2]


async def test_of_two_who_append_after_the_same_record_one_is_fenced(journal: Journal) -> None:
    outcomes = await asyncio.gather(
        *(journal.append(chain(3), after=0) for _ in range(5)), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, JournalFenced) for outcome in outcomes) == 4
    assert await journal.read(0, 10) == chain(3)


async def test_a_command_that_is_there_is_fenced_and_nothing_of_its_batch_is_kept(journal: Journal) -> None:
    first = record(1, GENESIS_HASH, ("ann", "pay"))
    await journal.append([first], after=0)
    other = record(2, first.hash, ("ann", "other"))
    again = record(3, other.hash, ("ann", "pay"))
    with pytest.raises(JournalFenced):
        await journal.append([other, again], after=1)
    assert await journal.read(0, 10) == [first]
    assert await journal.find([("ann", "other")]) == {}
    await journal.append([other], after=1)


async def test_a_command_that_comes_twice_in_one_batch_is_fenced(journal: Journal) -> None:
    first = record(1, GENESIS_HASH, ("ann", "pay"))
    with pytest.raises(JournalFenced):
        await journal.append([first, record(2, first.hash, ("ann", "pay"))], after=0)
    assert await journal.head() == Head(0, GENESIS_HASH)


async def test_the_same_id_of_two_callers_is_two_commands(journal: Journal) -> None:
    first = record(1, GENESIS_HASH, ("ann", "pay"))
    await journal.append([first, record(2, first.hash, ("bob", "pay"))], after=0)
    assert await journal.find([("ann", "pay"), ("bob", "pay"), ("cat", "pay")]) == {
        ("ann", "pay"): 1,
        ("bob", "pay"): 2,
    }


async def test_caller_and_id_are_never_run_together(journal: Journal) -> None:
    await journal.append([record(1, GENESIS_HASH, ("ab", "c"))], after=0)
    assert await journal.find([("a", "bc"), ("c", "ab")]) == {}


async def test_many_commands_are_found_among_more(journal: Journal) -> None:
    """More than any adapter keeps in memory before it sorts keys into an index."""
    last = None
    for _ in range(50):
        records = chain(500, last, keys=True)
        await journal.append(records, after=last.sequence if last else 0)
        last = records[-1]
    wanted = {("ann", f"c{sequence}"): sequence for sequence in (1, 2, 19_999, 20_000, 20_001, 25_000)}
    assert await journal.find([*wanted, ("ann", "c25001")]) == wanted


async def test_erasing_forgets_the_private_values_and_leaves_the_chain(journal: Journal) -> None:
    private = record(1, GENESIS_HASH, aside=b'{"note":["00","secret"]}')
    await journal.append([private, record(2, private.hash)], after=0)
    assert await journal.erase(1)
    assert (await journal.read(0, 1)) == [msgspec.structs.replace(private, aside=None)]


@pytest.mark.parametrize("sequence", [0, 1, 3])
async def test_erasing_where_nothing_private_is_says_so(journal: Journal, sequence: int) -> None:
    await journal.append(chain(2), after=0)
    assert not await journal.erase(sequence)


async def test_erasing_twice_says_so(journal: Journal) -> None:
    await journal.append([record(1, GENESIS_HASH, aside=b"{}")], after=0)
    assert [await journal.erase(1), await journal.erase(1)] == [True, False]


async def test_there_is_no_snapshot_before_one_is_kept(journal: Journal) -> None:
    assert await journal.load_snapshot() is None


async def test_the_newest_snapshot_is_loaded(journal: Journal) -> None:
    await journal.append(chain(12), after=0)
    for sequence in (2, 9, 11):
        await journal.save_snapshot(
            Snapshot(1, sequence, bytes([sequence]) * 32, b"image\n\x00 %d" % sequence)
        )
    assert await journal.load_snapshot() == Snapshot(1, 11, b"\x0b" * 32, b"image\n\x00 11")


async def test_checkpoints_are_kept_in_order(journal: Journal) -> None:
    checkpoints = [Checkpoint(sequence, "ab" * 32, sequence, "key", "signed") for sequence in (3, 10, 200)]
    for checkpoint in checkpoints:
        await journal.add_checkpoint(checkpoint)
    assert await journal.checkpoints() == checkpoints


async def test_closing_twice_is_closing_once(journal: Journal) -> None:
    await journal.close()
    await journal.close()
    with pytest.raises(JournalFault, match="closed"):
        await journal.head()


async def test_a_closed_journal_does_nothing_more(journal: Journal) -> None:
    await journal.append(chain(1), after=0)
    await journal.close()
    for use in (
        journal.head(),
        journal.append(chain(2)[1:], after=1),
        journal.read(0, 1),
        journal.find([("ann", "pay")]),
        journal.erase(1),
        journal.load_snapshot(),
        journal.checkpoints(),
    ):
        with pytest.raises(JournalFault, match="closed"):
            await use


async def test_everything_is_there_when_it_is_opened_again(place: Place) -> None:
    journal = await place.open()
    records = chain(5, keys=True)
    records.append(record(6, records[-1].hash, aside=b"{}"))
    await journal.append(records, after=0)
    await journal.save_snapshot(Snapshot(1, 6, records[-1].hash, b"image"))
    await journal.add_checkpoint(Checkpoint(6, "ab", 1, "key", "signed"))
    await journal.close()
    journal = await place.open()
    assert await journal.head() == Head(6, records[-1].hash)
    assert await journal.read(0, 10) == records
    assert await journal.find([("ann", "c3")]) == {("ann", "c3"): 3}
    assert await journal.load_snapshot() == Snapshot(1, 6, records[-1].hash, b"image")
    assert len(await journal.checkpoints()) == 1
    with pytest.raises(JournalFenced):
        await journal.append([record(7, records[-1].hash, ("ann", "c3"))], after=6)
    await journal.close()


async def test_readers_beside_the_writer_see_whole_batches_in_an_unbroken_chain(journal: Journal) -> None:
    records = chain(600)
    done = False

    async def write() -> None:
        nonlocal done
        for start in range(0, 600, 30):
            await journal.append(records[start : start + 30], after=start)
        done = True

    async def read() -> None:
        while not done:
            seen = await journal.read(0, 1_000)
            assert seen == records[: len(seen)]
            assert len(seen) % 30 == 0

    await asyncio.gather(write(), read(), read())
    assert await journal.read(0, 1_000) == records
