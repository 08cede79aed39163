"""The journal in a file: whatever befalls the file or the directory, one clear fault and no silent loss."""

import asyncio
import errno
import os
import random
import shutil
import signal
import stat
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import apsw
import pytest

from econonexus.adapters.data_directory import translate
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.system_clock import SystemClock
from econonexus.domain.commands import Mint, OpenAccount, Transfer
from econonexus.domain.ids import CallerId, CommandId
from econonexus.node.engine import Engine
from econonexus.node.recovery import recover, take_snapshot
from econonexus.node.writer import NodeStopped
from econonexus.ports import (
    GENESIS_HASH,
    Head,
    JournalDamaged,
    JournalFault,
    JournalFull,
    JournalLocked,
    JournalMissing,
    JournalReadOnly,
)
from tests.conformance.journal import chain, record

ANN = CallerId("ann")
RECORDS = 304
NOBODY = 65_534


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with 304 records, left as a clean stop leaves it."""
    directory = tmp_path_factory.mktemp("filled") / "data"
    asyncio.run(_fill(directory))
    return directory


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(filled, tmp_path / "data")


async def _fill(directory: Path) -> None:
    journal = SqliteJournal.open(directory)
    engine = await Engine.start(journal, SystemClock())
    for name in ("ann", "bob"):
        await engine.submit(OpenAccount(name, name), ANN)
    await engine.submit(Mint("ann", 1_000_000), ANN)
    payments = [Transfer("ann", "bob", number, note="a private word") for number in range(1, 301)]
    await asyncio.gather(*(engine.submit(p, ANN, CommandId(f"p{p.amount}")) for p in payments))
    await engine.stop()
    await journal.close()


async def digest(directory: Path) -> str:
    """The digest of the state that is found in a directory."""
    journal = SqliteJournal.open(directory)
    try:
        return (await recover(journal)).economy.state.digest()
    finally:
        await journal.close()


def sql(directory: Path, statement: str, *values: object) -> None:
    connection = apsw.Connection(str(directory / "journal.sqlite"))
    connection.execute(statement, values)
    connection.close()


async def test_a_flipped_byte_in_a_record_is_found_at_that_record(data: Path) -> None:
    sql(data, """UPDATE journal SET body = CAST(replace(body, '"amount":77,', '"amount":78,') AS BLOB)""")
    with pytest.raises(JournalDamaged, match=r"record 81 does not match the hash chain; restore a backup"):
        await digest(data)


async def test_a_record_deleted_in_the_middle_is_named(data: Path) -> None:
    sql(data, "DELETE FROM journal WHERE sequence = 100")
    with pytest.raises(JournalDamaged, match="record 100 is missing"):
        await digest(data)


async def test_a_record_deleted_at_the_end_is_named(data: Path) -> None:
    sql(data, "DELETE FROM journal WHERE sequence > 300")
    with pytest.raises(JournalDamaged, match=f"records 301 to {RECORDS} are lost"):
        await digest(data)


async def test_a_last_record_that_is_another_is_named(data: Path) -> None:
    sql(data, "UPDATE journal SET hash = zeroblob(32) WHERE sequence = ?", RECORDS)
    with pytest.raises(
        JournalDamaged, match=rf"record {RECORDS} of .* is not the one that had been acknowledged"
    ):
        await digest(data)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 0.9])
async def test_a_file_that_was_cut_short_is_damaged(data: Path, kept: float) -> None:
    file = data / "journal.sqlite"
    os.truncate(file, int(file.stat().st_size * kept))
    with pytest.raises(JournalDamaged, match="restore"):
        await digest(data)


@pytest.mark.parametrize("seed", range(60))
async def test_flipped_bytes_in_the_file_never_go_unnoticed(data: Path, filled: Path, seed: int) -> None:
    """Either a fault of the port that says where, or the byte was nowhere that matters."""
    rng, file = random.Random(seed), data / "journal.sqlite"
    image = bytearray(file.read_bytes())
    for _ in range(8):
        image[rng.randrange(len(image))] ^= 1 << rng.randrange(8)
    file.write_bytes(image)
    try:
        found = await digest(data)
    except JournalFault:
        found = "a fault"
    assert found in ("a fault", await digest(filled))


@pytest.mark.parametrize("kept", [0.0, 0.4, 0.8])
async def test_a_log_that_was_cut_off_is_noticed(tmp_path: Path, kept: float) -> None:
    """SQLite itself cannot tell a log that was lost from one that never was."""
    journal, records = SqliteJournal.open(tmp_path / "data"), chain(100)
    for number in range(100):
        await journal.append(records[number : number + 1], after=number)
    broken = shutil.copytree(tmp_path / "data", tmp_path / "broken")
    await journal.close()
    log = broken / "journal.sqlite-wal"
    os.truncate(log, int(log.stat().st_size * kept))
    with pytest.raises(JournalDamaged, match=r"records \d+ to 100 are lost; restore a backup"):
        await digest(broken)


async def test_with_its_log_a_copy_of_a_running_journal_is_whole(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path / "data")
    await journal.append(chain(10), after=0)
    copy = shutil.copytree(tmp_path / "data", tmp_path / "copy")
    await journal.close()
    reopened = SqliteJournal.open(copy)
    assert (await reopened.head()).sequence == 10
    await reopened.close()


async def test_without_its_head_page_a_journal_is_taken_as_it_stands(data: Path) -> None:
    sql(data, "DELETE FROM journal WHERE sequence > 300")
    (data / "journal.head").unlink()
    journal = SqliteJournal.open(data)
    assert (await journal.head()).sequence == 300
    await journal.close()


async def test_a_damaged_snapshot_says_to_delete_it(data: Path) -> None:
    journal = SqliteJournal.open(data)
    await take_snapshot(journal)
    await journal.close()
    before = await digest(data)
    [snapshot] = (data / "snapshots").glob("*.snapshot")
    snapshot.write_bytes(snapshot.read_bytes().replace(b'"balance":', b'"balance":1', 1))
    with pytest.raises(JournalDamaged, match=r"\.snapshot is damaged; delete it"):
        await digest(data)
    snapshot.unlink()
    assert await digest(data) == before


async def test_what_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"Dear diary, " * 1_000)
    with pytest.raises(JournalDamaged, match="not a database"):
        SqliteJournal.open(tmp_path)


async def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    sql(tmp_path, "CREATE TABLE recipes(name)")
    before = (tmp_path / "journal.sqlite").read_bytes()
    with pytest.raises(JournalFault, match="of something else; name another directory"):
        SqliteJournal.open(tmp_path)
    assert (tmp_path / "journal.sqlite").read_bytes() == before


async def test_a_database_of_another_application_is_left_alone(tmp_path: Path) -> None:
    sql(tmp_path, "PRAGMA application_id = 7")
    with pytest.raises(JournalFault, match="is not a journal of econonexus"):
        SqliteJournal.open(tmp_path)


async def test_a_newer_schema_says_to_upgrade(data: Path) -> None:
    sql(data, "PRAGMA user_version = 99")
    for opening in (SqliteJournal.open, SqliteJournal.open_to_read):
        with pytest.raises(JournalFault, match=r"of schema 99, this version reads .*; upgrade econonexus"):
            opening(data)


async def test_where_there_is_no_journal_reading_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing, match="there is no journal in"):
        SqliteJournal.open_to_read(tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_stops_the_node_and_loses_nothing(tmp_path: Path) -> None:
    await _fill(tmp_path)
    journal = SqliteJournal.open(tmp_path)
    engine = await Engine.start(journal, SystemClock())
    pages = journal._connection.pragma("page_count")
    journal._connection.pragma("max_page_count", pages + 2)
    acknowledged = 0

    async def pay_on() -> None:
        nonlocal acknowledged
        for number in range(1_000):
            await engine.submit(Transfer("ann", "bob", 1, note="x" * 900), ANN, CommandId(f"more{number}"))
            acknowledged += 1

    with pytest.raises(NodeStopped, match="no room left; free some"):
        await pay_on()
    await engine.stop()
    await journal.close()
    journal = SqliteJournal.open(tmp_path)
    assert (await recover(journal)).head.sequence == RECORDS + acknowledged
    await journal.close()


async def test_after_an_append_that_found_no_room_the_journal_is_as_it_was(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path)
    await journal.append(first := chain(2, keys=True), after=0)
    journal._connection.pragma("max_page_count", journal._connection.pragma("page_count"))
    large = record(3, first[-1].hash, ("ann", "large"), b"x" * 100_000)
    with pytest.raises(JournalFull):
        await journal.append([large], after=2)
    assert await journal.head() == Head(2, first[-1].hash)
    assert await journal.find([("ann", "large")]) == {}
    journal._connection.pragma("max_page_count", 100_000)
    await journal.append([large], after=2)
    await journal.close()


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.ENOSPC, JournalFull),
        (errno.EDQUOT, JournalFull),
        (errno.EFBIG, JournalFull),
        (errno.EROFS, JournalReadOnly),
        (errno.EACCES, JournalReadOnly),
        (errno.EIO, JournalFault),
    ],
)
def test_errors_of_the_system_become_faults_of_the_port(number: int, fault: type) -> None:
    translated = translate(OSError(number, os.strerror(number)), Path("/data"))
    assert type(translated) is fault
    assert str(translated).startswith("/data: ")


@pytest.fixture
def for_anybody() -> Iterator[Path]:
    """A directory that everybody can read, and only its owner write to."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def as_nobody(directory: Path) -> str:
    """What a process that may not write says when it opens the journal there."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Of forks beside threads; this child has none.
        child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            SqliteJournal.open(directory)
            os.write(writing, b"opened")
        except BaseException as fault:
            os.write(writing, f"{type(fault).__name__}: {fault}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as said:
        heard = said.read()
    os.waitpid(child, 0)
    return heard


def test_a_directory_that_cannot_be_written_to_says_so(for_anybody: Path) -> None:
    assert as_nobody(for_anybody).startswith("JournalReadOnly")
    assert as_nobody(for_anybody / "new").startswith("JournalReadOnly")


def test_a_journal_that_cannot_be_written_to_says_so(for_anybody: Path, filled: Path) -> None:
    shutil.copytree(filled, for_anybody / "data")
    for file in (for_anybody / "data").rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    (for_anybody / "data" / "lock").chmod(0o666)
    (for_anybody / "data").chmod(0o755)
    assert as_nobody(for_anybody / "data").startswith("JournalReadOnly")


HOLD = """
import pathlib, sys, time
from econonexus.adapters.sqlite_journal import SqliteJournal
journal = SqliteJournal.open(pathlib.Path(sys.argv[1]))
print("holding", flush=True)
time.sleep(600)
"""


@pytest.fixture
async def holder(data: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that has the journal open."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(data), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"holding\n"
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def test_a_second_node_gets_one_line_that_names_the_first(
    data: Path, holder: asyncio.subprocess.Process
) -> None:
    with pytest.raises(JournalLocked, match=rf"in use by process {holder.pid} on .*, started ") as fault:
        SqliteJournal.open(data)
    assert "\n" not in str(fault.value)


async def test_a_reader_is_welcome_beside_a_node(data: Path, holder: asyncio.subprocess.Process) -> None:
    journal = SqliteJournal.open_to_read(data)
    assert (await journal.head()).sequence == RECORDS
    await journal.close()


async def test_when_a_node_is_killed_its_lock_is_free(data: Path, holder: asyncio.subprocess.Process) -> None:
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    journal = SqliteJournal.open(data)
    assert (await journal.head()).sequence == RECORDS
    await journal.close()


async def test_a_journal_that_could_not_be_opened_leaves_no_lock(data: Path) -> None:
    sql(data, "PRAGMA user_version = 99")
    for _ in range(2):
        with pytest.raises(JournalFault, match="schema 99"):
            SqliteJournal.open(data)


async def test_the_files_are_their_owners_alone(filled: Path) -> None:
    for path in (filled, *filled.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


async def test_a_reader_cannot_write(data: Path) -> None:
    journal = SqliteJournal.open_to_read(data)
    head = await journal.head()
    with pytest.raises(JournalReadOnly):
        await journal.append([record(head.sequence + 1, head.hash)], after=head.sequence)
    await journal.close()


async def test_an_erased_text_is_nowhere_in_the_files(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path)
    await journal.append([record(1, GENESIS_HASH, aside=b'{"note":["00","the secret word"]}')], after=0)
    await journal.erase(1)
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"the secret word" not in file.read_bytes()
    await journal.close()


async def test_erased_texts_are_nowhere_in_the_files_however_many_there_were(tmp_path: Path) -> None:
    """Pages split as rows come in, and must not leave old bytes behind."""
    journal = SqliteJournal.open(tmp_path)
    engine = await Engine.start(journal, SystemClock())
    for number in range(300):
        await engine.submit(OpenAccount(f"a{number}", "o", label=f"secret-{number}"), ANN)
    for sequence in range(2, 302):
        assert await engine.erase(sequence)
    await engine.stop()
    await journal.close()

    assert [file for file in tmp_path.rglob("*") if file.is_file() and b"secret-" in file.read_bytes()] == []


async def test_a_reader_does_not_keep_a_node_that_erases_waiting(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path)
    engine = await Engine.start(journal, SystemClock())
    await engine.submit(OpenAccount("a", "o", label="secret"), ANN)
    reader = apsw.Connection(str(tmp_path / "journal.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN; SELECT count(*) FROM journal").fetchall()

    with pytest.raises(JournalFault, match="erase again when it is done"):
        await engine.erase(2)

    reader.close()
    assert not await engine.erase(2)  # It was gone; now it is gone from the log too.
    await engine.stop()
    await journal.close()
    assert [file for file in tmp_path.rglob("*") if file.is_file() and b"secret" in file.read_bytes()] == []


async def test_a_snapshot_beside_a_busy_node_is_made(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path)
    engine = await Engine.start(journal, SystemClock())
    for name in ("ann", "bob"):
        await engine.submit(OpenAccount(name, name), ANN)
    await engine.submit(Mint("ann", 10**9), ANN)
    reader = SqliteJournal.open_to_read(tmp_path)
    snapshot = asyncio.create_task(take_snapshot(reader))
    while not snapshot.done():
        await engine.submit(Transfer("ann", "bob", 1), ANN)

    assert (await snapshot).sequence >= 4
    await reader.close()
    await engine.stop()
    await journal.close()


async def test_a_checkpoint_that_is_none_is_damage(data: Path) -> None:
    connection = apsw.Connection(str(data / "journal.sqlite"))
    connection.execute("INSERT INTO checkpoint VALUES (3, x'7b')")
    connection.close()
    journal = SqliteJournal.open_to_read(data)

    with pytest.raises(JournalDamaged, match=r"a checkpoint in .* is unreadable"):
        await journal.checkpoints()
    await journal.close()
