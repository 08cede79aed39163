"""A whole embedded node on a data directory: what a program gets from `open_node`."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.sqlite_views import SqliteViews
from econonexus.adapters.system_clock import SystemClock
from econonexus.bootstrap import open_node, open_reader, snapshot
from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, CallerId, CommandId
from econonexus.domain.money import Amount
from econonexus.node.engine import Engine
from econonexus.node.node import Node
from econonexus.node.replies import Accepted
from econonexus.ports import JournalFault, JournalLocked, JournalMissing

ANN, BOB, OPERATOR = AccountId("ann"), AccountId("bob"), CallerId("op")


async def _furnish(node: Node) -> None:
    for command in (c.OpenAccount(ANN, ANN), c.OpenAccount(BOB, BOB), c.Mint(ANN, Amount(1_000))):
        assert isinstance(await node.submit(command, OPERATOR), Accepted)


async def test_a_node_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        first = await node.submit(c.Transfer(ANN, BOB, Amount(10)), OPERATOR, CommandId("t"))
    async with open_node(tmp_path) as node:
        again = await node.submit(c.Transfer(ANN, BOB, Amount(10)), OPERATOR, CommandId("t"))
        balance = await node.read(lambda state: state.ledger.accounts[BOB].balance)

    assert again == first
    assert balance == 10


async def test_a_second_node_is_told_who_has_the_directory(tmp_path: Path) -> None:
    async with open_node(tmp_path):
        with pytest.raises(JournalLocked, match=f"in use by process {os.getpid()} on "):
            async with open_node(tmp_path):
                pass


async def test_a_statement_sees_what_was_acknowledged(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        for amount in range(1, 20):
            reply = await node.submit(c.Transfer(ANN, BOB, Amount(amount)), OPERATOR)
            (line,) = await node.statement(BOB, limit=1)
            assert (line.sequence, line.amount) == (reply.sequence, amount)
            assert line.balance_after == amount * (amount + 1) // 2


async def test_spend_is_summed_by_account_and_code(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        for amount in (5, 7):
            await node.submit(c.Transfer(ANN, BOB, Amount(amount), code="tip"), OPERATOR)
        await node.submit(c.Burn(BOB, Amount(2), reason="fee"), OPERATOR)
        rows = await node.spend()

    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:  # Two hours, if the clock struck one meanwhile.
        amount, times = totals.get((row.account, row.code), (0, 0))
        totals[row.account, row.code] = (amount + row.amount, times + row.times)
    assert totals == {("ann", "tip"): (12, 2), ("bob", "fee"): (2, 1)}


async def test_views_that_are_gone_are_made_anew(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        before = await node.statement(ANN)
    for file in tmp_path.glob("views.sqlite*"):
        file.unlink()
    async with open_node(tmp_path) as node:
        assert await node.statement(ANN) == before


async def test_views_of_a_journal_that_was_put_back_are_made_anew(tmp_path: Path) -> None:
    """The journal is older than the views, as after a restore into the same place."""
    old, new = tmp_path / "old", tmp_path / "new"
    async with open_node(old) as node:
        await _furnish(node)
    async with open_node(new) as node:
        await _furnish(node)
        await node.submit(c.Transfer(ANN, BOB, Amount(999)), OPERATOR)
        await node.statement(ANN)
    (old / "views.sqlite").write_bytes((new / "views.sqlite").read_bytes())

    async with open_node(old) as node:
        (line,) = await node.statement(ANN)
        assert (line.kind, line.balance_after) == ("minted", 1_000)


async def test_a_snapshot_is_made_by_another_process_while_the_node_runs(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        await node.snapshot()
        reply = await node.submit(c.Transfer(ANN, BOB, Amount(10)), OPERATOR)

    replayed: list[tuple[int, int]] = []
    async with open_node(tmp_path, progress=lambda done, of: replayed.append((done, of))) as node:
        assert await node.read(lambda state: state.ledger.accounts[BOB].balance) == 10
    assert replayed == [(reply.sequence - 4, reply.sequence - 4)]  # Records 1 to 4 came from the snapshot.


async def test_a_snapshot_process_that_cannot_start_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
        with pytest.raises(JournalFault, match="no snapshot process could be started"):
            await node.snapshot()
        assert isinstance(await node.submit(c.Transfer(ANN, BOB, Amount(1)), OPERATOR), Accepted)


async def test_snapshots_are_made_by_themselves(tmp_path: Path) -> None:
    journal = MemoryJournal()
    asked = asyncio.Event()

    async def take() -> None:
        asked.set()

    engine = await Engine.start(journal, SystemClock())
    node = Node(engine, journal, SqliteViews.open(tmp_path / "views.sqlite"), take, snapshot_every=10)
    await _furnish(node)  # Four records with the declaration of `credit`.
    for _ in range(5):
        await node.submit(c.Transfer(ANN, BOB, Amount(1)), OPERATOR)
    assert not asked.is_set()
    await node.submit(c.Transfer(ANN, BOB, Amount(1)), OPERATOR)
    async with asyncio.timeout(30):
        await asked.wait()
    await node.stop()


async def test_a_command_from_before_the_snapshot_is_remembered(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        first = await node.submit(c.Transfer(ANN, BOB, Amount(10)), OPERATOR, CommandId("t"))
    await snapshot(tmp_path)
    async with open_node(tmp_path) as node:
        assert await node.submit(c.Transfer(ANN, BOB, Amount(10)), OPERATOR, CommandId("t")) == first


async def test_reading_beside_a_node_changes_nothing(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        async with open_reader(tmp_path) as reader:
            assert (await reader.journal.head()).sequence == 4
            await node.submit(c.Transfer(ANN, BOB, Amount(1)), OPERATOR)
            assert (await reader.journal.head()).sequence == 5


async def test_there_is_nothing_to_read_where_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing, match="there is no journal in"):
        async with open_reader(tmp_path / "nowhere"):
            pass
    assert not (tmp_path / "nowhere").exists()


async def test_what_is_personal_can_be_erased(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:
        await _furnish(node)
        reply = await node.submit(
            c.Transfer(ANN, BOB, Amount(1), note="for the flat in Elm Street"), OPERATOR
        )
        before = await node.read(lambda state: state.digest())
        assert await node.engine.erase(reply.sequence)
        assert not await node.engine.erase(reply.sequence)

    for file in tmp_path.rglob("*"):
        assert not file.is_file() or b"Elm Street" not in file.read_bytes(), file
    async with open_node(tmp_path) as node:
        assert await node.read(lambda state: state.digest()) == before


async def test_data_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with open_node(folder) as node:
        await _furnish(node)
        await node.statement(ANN)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}

    assert {name for name, mode in modes.items() if mode & 0o077} == set()
