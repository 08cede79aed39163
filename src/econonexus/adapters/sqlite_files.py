"""SQLite files of a data directory: made for their owner only, opened beside their writer, copied whole."""

import os
from collections.abc import Callable
from pathlib import Path

import apsw

from econonexus.adapters.data_directory import sync
from econonexus.ports import JournalFault

BUSY_MS = 10_000
PAGES_PER_STEP = 2_000


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


def copy_whole(
    source: apsw.Connection, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> None:
    """Copy a database into one new file, as it stands now, whole or not at all, beside its writer too.

    `progress` is told pages done and pages in all. Raises: JournalFault if `target` exists, apsw.Error,
    OSError.
    """
    if target.exists():
        raise JournalFault(f"{target} exists already; name a new file")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    create_private(partial)
    copy = apsw.Connection(str(partial))
    try:
        # A read transaction makes the source stand still, however much its writer adds meanwhile.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with copy.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(PAGES_PER_STEP)
                progress(backup.page_count - backup.remaining, backup.page_count)
        # The copy is one file: nothing of it may be left in a log beside it.
        copy.pragma("journal_mode", "delete")
        copy.close()
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    except BaseException:
        copy.close()
        partial.unlink(missing_ok=True)
        raise
    finally:
        source.execute("COMMIT")
