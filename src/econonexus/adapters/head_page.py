"""How far a journal has come, in a page of memory shared with the kernel.

Writing it costs no system call, and what is written outlives the process, though perhaps not a loss of
power. It is written only after the journal's sync. So a journal that ends before it was cut short
behind our back, which the journal itself cannot tell: a log that was cut off looks like one never written.
"""

import mmap
import os
import struct
from pathlib import Path

from econonexus.ports import Head

_HEAD = struct.Struct("<Q32s")


class HeadPage:
    """The last record that was safe: its sequence and hash."""

    def __init__(self, path: Path) -> None:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(file).st_size < _HEAD.size:
                os.ftruncate(file, _HEAD.size)
            self._page = mmap.mmap(file, _HEAD.size)
        finally:
            os.close(file)

    def read(self) -> Head:
        """What was written last; sequence 0 if nothing was."""
        return Head(*_HEAD.unpack_from(self._page))

    def write(self, head: Head) -> None:
        """Say that everything up to this record is safe."""
        _HEAD.pack_into(self._page, 0, *head)

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()
