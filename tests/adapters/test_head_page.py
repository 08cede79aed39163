"""The page that says how far a journal has come survives a death in the middle of being written."""

from pathlib import Path

import pytest

from econonexus.adapters.head_page import HeadPage, read_head_page
from econonexus.ports import GENESIS_HASH, Head

SLOT = 44  # 8 bytes of sequence, 32 of hash, 4 of checksum.


def hash_of(number: int) -> bytes:
    return bytes([number]) * 32


def written(path: Path, *sequences: int) -> None:
    page = HeadPage(path)
    for sequence in sequences:
        page.write(Head(sequence, hash_of(sequence)))
    page.close()


def test_a_new_page_says_nothing(tmp_path: Path) -> None:
    assert HeadPage(tmp_path / "head").read() == Head(0, GENESIS_HASH)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_last_one_written_is_read_by_whoever_opens_it_next(tmp_path: Path, count: int) -> None:
    written(tmp_path / "head", *range(1, count + 1))

    assert HeadPage(tmp_path / "head").read() == Head(count, hash_of(count))


@pytest.mark.parametrize("cut", range(SLOT))
def test_half_a_write_leaves_the_one_before(tmp_path: Path, cut: int) -> None:
    """Record 3 is being written over record 1, and only `cut` bytes of it arrive."""
    file = tmp_path / "head"
    written(file, 1, 2)
    before = file.read_bytes()
    written(file, 3)
    after = file.read_bytes()
    start = 0 if before[:SLOT] != after[:SLOT] else SLOT
    file.write_bytes(after[: start + cut] + before[start + cut : start + SLOT] + after[start + SLOT :])

    assert HeadPage(file).read() in (Head(2, hash_of(2)), Head(3, hash_of(3)))


def test_a_reader_sees_what_was_written_and_makes_no_page(tmp_path: Path) -> None:
    written(tmp_path / "head", 1, 2, 3)

    assert read_head_page(tmp_path / "head") == Head(3, hash_of(3))
    assert read_head_page(tmp_path / "none") == Head(0, GENESIS_HASH)
    assert not (tmp_path / "none").exists()
