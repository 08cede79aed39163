"""Which models the conformance suite runs on. A new adapter adds its factory to `FACTORIES`, no more."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from econonexus.adapters.mock_model import MockModel
from econonexus.adapters.openai_model import OpenAiModel
from econonexus.ports import Model, ModelRefused
from tests.upstream import Server


class Factory(NamedTuple):
    """How to come by models of one kind."""

    name: str
    model: Callable[[], AsyncIterator[Model]]
    """A model of any name, until the test ends."""


async def _mock() -> AsyncIterator[Model]:
    yield MockModel()


async def _far() -> AsyncIterator[Model]:
    """The mock once more, but over real HTTP: behind a server of another make than our own."""
    server = Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    model = OpenAiModel(f"http://127.0.0.1:{server.server_address[1]}/v1/", "secret", retries=0)
    try:
        yield model
    finally:
        await model.close()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            asyncio.run(self._answer(self.path.removeprefix("/v1/"), body))
        except ModelRefused as refused:
            self._whole(refused.status, refused.body)
        except OSError:
            self.close_connection = True  # Whoever asked hung up.

    async def _answer(self, endpoint: str, body: bytes) -> None:
        if self.headers["accept"] != "text/event-stream":
            self._whole(200, await MockModel().call(endpoint, body))
            return
        events = MockModel().stream(endpoint, body)
        first = await anext(events)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._part(first)
        async for event in events:
            self._part(event)
        self.wfile.write(b"0\r\n\r\n")

    def _part(self, event: bytes) -> None:
        self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    def _whole(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """It is quiet."""


FACTORIES = [Factory("mock", _mock), Factory("openai", _far)]
