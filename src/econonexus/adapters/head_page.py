"""How far a journal has come, in a page of memory shared with the kernel.

Writing it costs no system call, and what is written outlives the process, though perhaps not a loss of
power. It is written only after the journal's sync. So a journal that ends before it was cut short
behind our back, which the journal itself cannot tell: a log that was cut off looks like one never written.

There are two slots, written in turn, each with a checksum: if the process dies in the middle of one, the
other still holds what was safe before.
"""

import mmap
import os
import struct
import zlib
from pathlib import Path

from econonexus.ports import GENESIS_HASH, Head

_HEAD = struct.Struct("<Q32s")
_CHECKSUM = struct.Struct("<I")
_SLOT = _HEAD.size + _CHECKSUM.size
_SIZE = 2 * _SLOT


class HeadPage:
    """The last record that was safe: its sequence and hash."""

    def __init__(self, path: Path) -> None:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(file).st_size < _SIZE:
                os.ftruncate(file, _SIZE)
            self._page = mmap.mmap(file, _SIZE)
        finally:
            os.close(file)
        # The slot that holds the newest is written last.
        self._next = 0 if _slot(self._page, 0).sequence < _slot(self._page, 1).sequence else 1

    def read(self) -> Head:
        """What was written last; sequence 0 if nothing was."""
        return _newest(self._page)

    def write(self, head: Head) -> None:
        """Say that everything up to this record is safe."""
        packed = _HEAD.pack(*head)
        start = self._next * _SLOT
        self._page[start : start + _SLOT] = packed + _CHECKSUM.pack(zlib.crc32(packed))
        self._next = 1 - self._next

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()


def read_head_page(path: Path) -> Head:
    """What a page says, for one who must not write to it; sequence 0 if there is none."""
    try:
        return _newest(path.read_bytes())
    except FileNotFoundError:
        return Head(0, GENESIS_HASH)


def _newest(page: bytes | mmap.mmap) -> Head:
    return max(_slot(page, 0), _slot(page, 1), key=lambda head: head.sequence)


def _slot(page: bytes | mmap.mmap, number: int) -> Head:
    slot = page[number * _SLOT : (number + 1) * _SLOT]
    packed, checksum = slot[: _HEAD.size], slot[_HEAD.size :]
    if checksum != _CHECKSUM.pack(zlib.crc32(packed)):
        return Head(0, GENESIS_HASH)
    return Head(*_HEAD.unpack(packed))
