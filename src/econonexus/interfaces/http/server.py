"""Serving the application: one process, one port, until it is told to stop or its node fails.

Told to stop, it lets requests in hand end for a while (`stop_grace_s`), cuts the rest, and waits until those
have settled what they used. A node whose journal fails decides nothing more: whoever waits is answered, and
the process ends, so that whatever supervises it starts another, which begins from the journal.
"""

import asyncio
import contextlib
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from econonexus.config import Settings
from econonexus.domain.state import State
from econonexus.interfaces.http.app import create_app
from econonexus.interfaces.http.metrics import Counted
from econonexus.interfaces.http.paths import SlashesKept
from econonexus.interfaces.http.reservations import CALLS
from econonexus.node.node import Node

log = logging.getLogger(__name__)

CUT_S = 5
"""So long calls that were cut may take to settle what they used."""
GC_THRESHOLDS = (50_000, 20, 100)
"""The state is a million small objects that are never garbage: look for it seldom."""
SWITCH_S = 0.000_5
"""So long one thread may keep the interpreter from another. An append gives it up and asks for it again
several times; with Python's own 5 ms it would wait for the event loop each time, and its callers too."""


class CannotListen(Exception):
    """The address cannot be had; the message says why."""


class _Server(uvicorn.Server):
    """A server that tells its endless answers, such as event streams, to end when it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, grace_s: int, on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._grace_s = grace_s
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        cut = asyncio.get_running_loop().call_later(self._grace_s, self._cut)
        await super().shutdown(sockets)
        cut.cancel()

    def _cut(self) -> None:
        """End all connections, which a request hears of as it would of a client that goes away."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def stop(self) -> None:
        """Stop as a signal would stop it."""
        self._on_stop()
        self.should_exit = True

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
    """Serve a node until SIGTERM or SIGINT; `ready` is told the URL once requests are answered.

    Raises: JournalFault where the node's journal fails meanwhile, once whoever waited is answered.
    """
    app = create_app(node, admin_key, settings)
    config = uvicorn.Config(
        Counted(SlashesKept(app), app.state.telemetry.http),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # Nobody asks from which address a request comes.
        timeout_graceful_shutdown=settings.stop_grace_s + CUT_S,
    )
    host, port = bound.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = _Server(config, settings.stop_grace_s, lambda: ready(url), app.state.stopping.set)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_S)
    left = await app.state.gateway.start()
    if left:
        log.warning("%d calls were under way in a crash; they are paid in full until reconciled", left)
    watch = asyncio.create_task(_stop_when_it_fails(node, server))
    try:
        await server.serve(sockets=[bound])
        await _let_calls_end(node)
        await app.state.gateway.close()
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    node.engine.check()


async def _let_calls_end(node: Node) -> None:
    """Wait until calls that were cut have heard of it and are settled; the next start settles the rest."""

    def is_any_open(state: State) -> bool:
        return any(hold.startswith(CALLS) for hold in state.ledger.holds)

    relay = node.engine.relay
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CUT_S):
            while node.engine.peek(is_any_open) and await relay.reached(relay.position + 1):
                pass


async def _stop_when_it_fails(node: Node, server: _Server) -> None:
    await node.engine.ended()
    server.stop()
