"""SQLite files of a data directory: made for their owner only, and opened beside their writer."""

import os
from pathlib import Path

import apsw

BUSY_MS = 10_000


def create_private(path: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def connect_to_read(path: Path) -> apsw.Connection:
    """A connection that cannot write.

    Without a log beside it, a file on a medium that cannot be written is as good as immutable.
    """
    resting = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if resting else ''}"
    connection = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    connection.set_busy_timeout(BUSY_MS)
    return connection
