"""A real HTTP server that speaks OpenAI's API as it is told to: answers, streams, delays, faults."""

import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Json = dict[str, Any]
PATIENCE_S = 30.0


class Asked(NamedTuple):
    """One request that came."""

    path: str
    headers: Mapping[str, str]
    body: Json
    port: int
    """Of the client's connection."""


class Reply(NamedTuple):
    """What one request is answered. With `events` it is a stream; where it is `cut`, it has no end."""

    body: Json | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    events: Sequence[bytes | threading.Event] | None = None
    """What is sent one after the other; at an `Event` it waits until that is set."""
    hold: threading.Event | None = None
    """It waits for this before it answers anything."""
    cut: bool = False


def chat(text: str = "Hi!", read: int = 9, written: int = 3, cached: int = 0) -> Reply:
    """A chat's whole answer, with the usage it reports."""
    message = {"role": "assistant", "content": text}
    return Reply(
        {
            "id": "chatcmpl-far",
            "object": "chat.completion",
            "created": 1,
            "model": "far-model",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": chat_usage(read, written, cached),
        }
    )


def chat_usage(read: int, written: int, cached: int = 0) -> Json:
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def chunk(text: str | None = None, usage: Json | None = None, **delta: Any) -> bytes:
    """One event of a chat's stream; with a usage, the one that has nothing else."""
    delta = delta if text is None else {"content": text, **delta}
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": None}]
    head = {"id": "chatcmpl-far", "object": "chat.completion.chunk", "created": 1, "model": "far-model"}
    return b"data: " + json.dumps({**head, "choices": choices, "usage": usage}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def error(status: int, message: str = "no", **headers: str) -> Reply:
    """An answer that says no, in OpenAI's shape."""
    about = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return Reply({"error": about}, status, {name.replace("_", "-"): text for name, text in headers.items()})


class Server(ThreadingHTTPServer):
    """A thread for every connection, and room for as many as a test makes at once."""

    daemon_threads = True
    request_queue_size = 1_024


class Upstream:
    """A server on a free port. Use as a context manager; `script` what it answers, look at what `asked`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: deque[Reply] = deque()
        self.otherwise = chat()
        self.arrived = threading.Semaphore(0)
        """Released with every request that came."""
        self.hung_up = threading.Event()
        """Set once somebody went away in the middle of an answer."""
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                upstream.asked.append(
                    Asked(self.path, dict(self.headers.items()), body, self.client_address[1])
                )
                reply = upstream.script.popleft() if upstream.script else upstream.otherwise
                upstream.arrived.release()
                _answer(self, reply)

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    upstream.hung_up.set()

            def log_message(self, *_: object) -> None:
                """It is quiet."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "Upstream":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.hold is not None:
        reply.hold.wait(PATIENCE_S)
    if reply.cut and reply.events is None:
        handler.close_connection = True
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.events is not None:
        _stream(handler, reply)
        return
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _stream(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for event in reply.events or ():
        if isinstance(event, threading.Event):
            event.wait(PATIENCE_S)
            continue
        handler.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        handler.wfile.flush()
    if reply.cut:
        handler.close_connection = True
    else:
        handler.wfile.write(b"0\r\n\r\n")
