"""A model behind an HTTP server of its own that costs next to nothing: the same answer, after a while.

`python -m benchmarks.upstream` prints its port and serves until its standard input ends. A request to a model
`mock-100` is answered after 100 ms.
"""

import asyncio
import re
import subprocess
import sys

import uvloop

ANSWER = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"mock","choices":[{"index":0,"message":'
    b'{"role":"assistant","content":"mock tok tok tok"},"finish_reason":"length","logprobs":null}],'
    b'"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}'
)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
REPLY = _HEAD % len(ANSWER) + ANSWER
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_MODEL = re.compile(rb'"model": *"mock-(\d+)"')


class _Server(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end + 2)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return
        model = _MODEL.search(self._buffer, end, whole)
        self._buffer = self._buffer[whole:]
        delay_ms = int(model[1]) if model else 0
        if delay_ms:
            asyncio.get_running_loop().call_later(delay_ms / 1_000, self._transport.write, REPLY)
        else:
            self._transport.write(REPLY)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Server, "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


class Upstream:
    """The server in a process of its own. Use as a context manager; `url` ends in /v1."""

    def __enter__(self) -> "Upstream":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.upstream"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


if __name__ == "__main__":
    uvloop.run(_serve())
