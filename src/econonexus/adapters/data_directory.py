"""The directory an embedded node keeps its data in, and the lock that gives it to one node at a time."""

import contextlib
import fcntl
import os
import socket
import time
from pathlib import Path

from econonexus.ports import JournalFault, JournalFull, JournalLocked, JournalReadOnly


class DataDirectory:
    """Names the files, and holds the lock while a node runs. The kernel frees it if the node dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal.sqlite"
        self.head = path / "journal.head"
        self.snapshots = path / "snapshots"
        self.views = path / "views.sqlite"
        self.signing_key = path / "signing.key"
        self.admin_key = path / "admin.key"
        self._lock_file = path / "lock"
        self._lock: int | None = None

    def create(self) -> None:
        """Make the directory, for its owner only. Raises: JournalReadOnly, JournalFault."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.snapshots.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise translate(error, self.path) from error

    def leftovers(self) -> list[str]:
        """What is in the directory beside its lock, relative to it, hidden files too."""
        files = (file for file in self.path.rglob("*") if file.is_file() and file != self._lock_file)
        return sorted(str(file.relative_to(self.path)) for file in files)

    def lock(self) -> None:
        """Take the directory for this process. Raises: JournalLocked, naming the holder."""
        try:
            lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise translate(error, self.path) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 1000).decode(errors="replace").strip()
            os.close(lock)
            raise JournalLocked(
                f"{self.path} is in use by {holder or 'another node'}; stop it, or name another directory"
            ) from None
        os.ftruncate(lock, 0)
        started = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        os.write(lock, f"process {os.getpid()} on {socket.gethostname()}, started {started}\n".encode())
        self._lock = lock

    def unlock(self) -> None:
        """Give the directory back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def write_safely(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, safe from a loss of power once this returns."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise translate(error, path) from error


def sync(path: Path) -> None:
    """Make a file's content, or a directory's entries, safe from a loss of power."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def translate(error: OSError, path: Path) -> JournalFault:
    """What an operating system's error means for a journal."""
    reason = f"{path}: {error.strerror or error}"
    match error:
        case PermissionError():
            return JournalReadOnly(f"{reason}; the node's user must be allowed to write there")
        case OSError(errno=28 | 122 | 27):  # ENOSPC, EDQUOT, EFBIG
            return JournalFull(f"{reason}; free some space and start again, what was acknowledged is safe")
        case OSError(errno=30):  # EROFS
            return JournalReadOnly(f"{reason}; name a directory that can be written to")
        case _:
            return JournalFault(f"{reason}; mend it and start again")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
