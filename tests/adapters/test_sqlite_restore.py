"""Putting a backup in place: a whole economy in a new directory, or nothing."""

from pathlib import Path

import pytest

from econonexus.bootstrap import back_up, open_node, restore
from econonexus.domain.commands import Mint, OpenAccount
from econonexus.ports import JournalFault


async def economy(path: Path, minted: int) -> None:
    async with open_node(path) as node:
        await node.submit(OpenAccount("ann", "ann"), "op")
        await node.submit(Mint("ann", minted), "op")


async def minted(path: Path) -> int:
    async with open_node(path) as node:
        return await node.read(lambda state: state.ledger.accounts["ann"].balance)


async def test_a_backup_makes_a_new_directory(tmp_path: Path) -> None:
    await economy(tmp_path / "a", 7)
    await back_up(tmp_path / "a", tmp_path / "backup", lambda _done, _all: None)

    restore(tmp_path / "backup", tmp_path / "b")

    assert await minted(tmp_path / "b") == 7


@pytest.mark.parametrize(
    "left", ["journal.sqlite-wal", "snapshots/00000000000000000003.snapshot", "views.sqlite"]
)
async def test_nothing_of_another_economy_may_be_left_where_a_backup_goes(tmp_path: Path, left: str) -> None:
    """SQLite would replay another journal's log into the restored one."""
    await economy(tmp_path / "a", 7)
    await back_up(tmp_path / "a", tmp_path / "backup", lambda _done, _all: None)
    (tmp_path / "b" / left).parent.mkdir(parents=True)
    (tmp_path / "b" / left).write_bytes(b"something")

    with pytest.raises(JournalFault, match=f"holds {left} already; name a new directory"):
        restore(tmp_path / "backup", tmp_path / "b")
    assert not (tmp_path / "b" / "journal.sqlite").exists()


async def test_a_running_journal_restores_with_what_is_in_its_log(tmp_path: Path) -> None:
    async with open_node(tmp_path / "a") as node:
        await node.submit(OpenAccount("ann", "ann"), "op")
        await node.submit(Mint("ann", 9), "op")

        restore(tmp_path / "a" / "journal.sqlite", tmp_path / "b")

    assert await minted(tmp_path / "b") == 9
