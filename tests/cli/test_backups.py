"""`econonexus backup` beside a running node, and `econonexus restore` into a new directory."""

import asyncio
import json
from pathlib import Path

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import CommandId
from econonexus.domain.money import Amount
from econonexus.node.replies import Accepted
from tests.cli.conftest import ANN, BOB, OPERATOR, Run, history


def test_a_backup_beside_a_running_node_restores_what_was_acknowledged(
    econonexus: Run, tmp_path: Path
) -> None:
    backup, restored = tmp_path / "backup.sqlite", tmp_path / "restored"

    async def back_up_under_load() -> int:
        async with open_node(tmp_path / "data") as node:
            await history(node)
            acknowledged = 0
            done = asyncio.get_running_loop().run_in_executor(
                None, lambda: econonexus("backup", backup, "--data", tmp_path / "data", "--json")
            )
            while not done.done():
                reply = await node.submit(c.Transfer(ANN, BOB, Amount(1)), OPERATOR)
                acknowledged += isinstance(reply, Accepted)
            assert (await done).returncode == 0
            return json.loads((await done).stdout)["records"]

    records = asyncio.run(back_up_under_load())

    assert records >= 11
    assert econonexus("restore", backup, "--data", restored).returncode == 0
    found = json.loads(econonexus("ledger", "verify", "--data", restored, "--json").stdout)
    assert (found["verified"], found["records"]) == (True, records)


def test_a_restored_directory_runs_and_remembers_commands(
    econonexus: Run, data: Path, tmp_path: Path
) -> None:
    econonexus("backup", tmp_path / "b", "--data", data)
    econonexus("restore", tmp_path / "b", "--data", tmp_path / "restored")

    async def repeat() -> int:
        async with open_node(tmp_path / "restored") as node:
            tip = c.Transfer(ANN, BOB, Amount(100), code="tip", reference="task-7", note="thank you, Bob")
            reply = await node.submit(tip, OPERATOR, CommandId("tip"))
            return reply.sequence

    assert asyncio.run(repeat()) == 6


def test_nothing_is_overwritten(econonexus: Run, data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "b"
    assert econonexus("backup", backup, "--data", data).returncode == 0

    again = econonexus("backup", backup, "--data", data)
    over = econonexus("restore", backup, "--data", data)

    assert (again.returncode, over.returncode) == (2, 2)
    assert "exists already; name a new file" in again.stderr
    assert "already; name a new directory" in over.stderr


def test_a_target_in_no_directory_is_named(econonexus: Run, data: Path) -> None:
    done = econonexus("backup", "no/backup", "--data", data)

    assert done.returncode == 2
    assert done.stderr == "econonexus: no/backup: there is no directory no\n"


def test_a_damaged_backup_is_not_restored(econonexus: Run, data: Path, tmp_path: Path) -> None:
    backup, restored = tmp_path / "b", tmp_path / "restored"
    econonexus("backup", backup, "--data", data)
    backup.write_bytes(backup.read_bytes().replace(b'"amount":100', b'"amount":900', 1))

    done = econonexus("restore", backup, "--data", restored)

    assert done.returncode in (1, 3)
    assert done.stderr.count("\n") == 1
    assert not (restored / "journal.sqlite").exists()


def test_what_is_no_backup_is_said_so(econonexus: Run, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Ann, " * 1_000)

    missing = econonexus("restore", "nothing", "--data", "new")
    letter = econonexus("restore", "letter", "--data", "new")

    assert (missing.returncode, letter.returncode) == (2, 3)
    assert "there is no backup nothing" in missing.stderr
    assert "letter is damaged" in letter.stderr
    assert not (tmp_path / "new").exists()


def test_snapshots_beside_a_backup_are_not_its_own(econonexus: Run, data: Path, tmp_path: Path) -> None:
    """The backup lies in the directory of another economy, which has a snapshot after as many records."""
    other = tmp_path / "other"

    async def another() -> None:
        async with open_node(other) as node:
            await history(node)
            await node.snapshot()

    asyncio.run(another())

    done = econonexus("backup", other / "backup.sqlite", "--data", data)

    assert done.returncode == 0, done.stderr
