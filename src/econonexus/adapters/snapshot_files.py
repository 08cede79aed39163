"""Snapshots, one file each beside the journal, so that making one is never in the writer's way."""

import hashlib
from pathlib import Path

import msgspec

from econonexus.adapters.data_directory import write_safely
from econonexus.ports import JournalDamaged, Snapshot


class _Header(msgspec.Struct):
    state_version: int
    sequence: int
    hash: str


def save(folder: Path, snapshot: Snapshot) -> None:
    """Write a snapshot, then remove the older ones. Raises: JournalFault."""
    header = _Header(snapshot.state_version, snapshot.sequence, snapshot.hash.hex())
    body = msgspec.json.encode(header) + b"\n" + snapshot.image
    write_safely(folder / f"{snapshot.sequence:020}.snapshot", _digest(body) + b"\n" + body)
    for old in sorted(folder.glob("*.snapshot"))[:-1]:
        old.unlink(missing_ok=True)


def load_newest(folder: Path) -> Snapshot | None:
    """The newest snapshot, if there is one. Raises: JournalDamaged."""
    files = sorted(folder.glob("*.snapshot"))
    if not files:
        return None
    digest, _, body = files[-1].read_bytes().partition(b"\n")
    if digest != _digest(body):
        raise JournalDamaged(
            f"the snapshot {files[-1]} is damaged; delete it and start again, the journal has everything"
        )
    head, _, image = body.partition(b"\n")
    header = msgspec.json.decode(head, type=_Header)
    return Snapshot(header.state_version, header.sequence, bytes.fromhex(header.hash), image)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
