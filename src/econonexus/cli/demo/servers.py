"""The demo's servers: each a process of its own on a free port of this machine, ended with the demo."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar

from econonexus.cli.exits import fault
from econonexus.interfaces.http.server import listen

HOST = "127.0.0.1"
READY = "ready "
PATIENCE_S = 30.0
MAX_BODY_BYTES = 64 << 20


@contextlib.asynccontextmanager
async def process(
    arguments: Sequence[str], told: object = None, environment: dict[str, str] | None = None
) -> AsyncIterator[str]:
    """Run a Python program that prints `ready URL`; the URL. `told` is written to it as JSON.

    Nothing of the settings of a node that may stand in our environment reaches it. Raises: CommandFailed.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ECONONEXUS_")}
    with tempfile.TemporaryFile() as errors:  # A pipe that nobody reads would stop it once it is full.
        started = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=clean | (environment or {}),
        )
        try:
            line = await _first_line(started, told)
            if not line.startswith(READY):
                await started.wait()
                errors.seek(0)
                words = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise fault(f"a server of the demo did not start: {words}")
            yield line.removeprefix(READY).strip()
        finally:
            await _end(started)


async def _first_line(started: asyncio.subprocess.Process, told: object) -> str:
    """What a program says first, once it was told what it has to know."""
    assert started.stdin is not None
    assert started.stdout is not None
    started.stdin.write(msgspec.json.encode(told))
    started.stdin.close()
    return (await asyncio.wait_for(started.stdout.readline(), PATIENCE_S)).decode()


async def _end(started: asyncio.subprocess.Process) -> None:
    """Tell it to stop, and wait until it has; a server that does not is killed."""
    with contextlib.suppress(ProcessLookupError):
        started.terminate()
    try:
        await asyncio.wait_for(started.communicate(), PATIENCE_S)
    except TimeoutError:
        started.kill()
        await started.wait()


def application(*routes: Any) -> Litestar:
    """An application of a few routes, for bodies as large as prompts may be."""
    return Litestar(routes, openapi_config=None, logging_config=None, request_max_body_size=MAX_BODY_BYTES)


def serve(app: Litestar) -> None:
    """Serve an application on a free port until SIGTERM; says where on standard output."""
    bound = listen(HOST, 0)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
    server = _Server(config)
    print(f"{READY}http://{HOST}:{bound.getsockname()[1]}", flush=True)
    server.run(sockets=[bound])


class _Server(uvicorn.Server):
    """Being told to stop is no failure, so the signal is not raised again at the end."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
