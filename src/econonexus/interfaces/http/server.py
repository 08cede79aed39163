"""Serving the application: one process, one port, until it is told to stop."""

import gc
import logging
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from econonexus.config import Settings
from econonexus.interfaces.gateway.calls import settle_what_a_crash_left
from econonexus.interfaces.http.app import create_app
from econonexus.interfaces.http.metrics import Counted
from econonexus.node.node import Node

log = logging.getLogger(__name__)

GRACE_S = 10
"""So long requests in hand may take once the server is told to stop."""
GC_THRESHOLDS = (50_000, 20, 100)
"""The state is a million small objects that are never garbage: look for it seldom."""


class CannotListen(Exception):
    """The address cannot be had; the message says why."""


class _Server(uvicorn.Server):
    """A server that tells its endless answers, such as event streams, to end when it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_stop()
        super().handle_exit(sig, frame)
        # Being told to stop is no failure, so the signal is not raised again at the end.
        self._captured_signals.clear()


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound, 0 for any free port. Raises: CannotListen."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        raise CannotListen(f"{host}:{port}: {os.strerror(error.errno or 0)}; name another --port") from None


async def serve(
    node: Node, admin_key: str, settings: Settings, bound: socket.socket, ready: Callable[[str], None]
) -> None:
    """Serve a node until SIGTERM or SIGINT; `ready` is told the URL once requests are answered."""
    app = create_app(node, admin_key, settings)
    config = uvicorn.Config(
        Counted(app, app.state.telemetry.http),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    host, port = bound.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = _Server(config, lambda: ready(url), app.state.stopping.set)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    left = await settle_what_a_crash_left(node)
    if left:
        log.warning("%d calls were under way in a crash; they are settled in full", left)
    await server.serve(sockets=[bound])
    await app.state.calls.drain()
