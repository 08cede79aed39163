"""Signed checkpoints: whoever has the public key can tell that history was not rewritten."""

import asyncio
import stat
from pathlib import Path

import msgspec
import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.nacl_signer import NaclSigner, is_genuine
from econonexus.node.engine import Engine, Limits
from econonexus.ports import Checkpoint, JournalFault
from tests.nodes import ANN, pay, started
from tests.virtual_time import VirtualClock, in_virtual_time


def checkpoint(signer: NaclSigner) -> Checkpoint:
    return Checkpoint(7, "ab" * 32, 1_000, signer.public_key, "").signed_by(signer)


def test_a_signed_checkpoint_is_genuine(tmp_path: Path) -> None:
    assert is_genuine(checkpoint(NaclSigner(tmp_path / "key")))


@pytest.mark.parametrize(
    "forgery",
    [
        {"sequence": 8},
        {"hash": "cd" * 32},
        {"time": 1_001},
        {"public_key": "00" * 32},
        {"public_key": "no key"},
        {"signature": ""},
        {"signature": "ff" * 64},
    ],
    ids=str,
)
def test_a_changed_checkpoint_is_not(tmp_path: Path, forgery: dict[str, str | int]) -> None:
    genuine = checkpoint(NaclSigner(tmp_path / "key"))
    assert not is_genuine(msgspec.structs.replace(genuine, **forgery))


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first, second = NaclSigner(tmp_path / "key"), NaclSigner(tmp_path / "key")
    assert first.public_key == second.public_key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "no key", "abcd", "é"])
def test_a_file_that_holds_no_key_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(JournalFault, match="holds no signing key; restore it, or delete it"):
        NaclSigner(tmp_path / "key")


@in_virtual_time
async def test_a_node_signs_now_and_then_and_when_it_stops(tmp_path: Path) -> None:
    journal, clock = MemoryJournal(), VirtualClock()
    await (await started(journal, clock)).stop()  # Four records, and nobody signed them.
    engine = await Engine.start(
        journal, clock, limits=Limits(checkpoint_every=10), signer=NaclSigner(tmp_path / "key")
    )
    for _ in range(25):
        await engine.submit(pay(), ANN)
        await asyncio.sleep(1)
    await engine.stop()
    signed = await journal.checkpoints()
    assert [each.sequence for each in signed] == [10, 20, 29]
    records = await journal.read(0, 100)
    for each in signed:
        assert is_genuine(each)
        assert each.hash == records[each.sequence - 1].hash.hex()
