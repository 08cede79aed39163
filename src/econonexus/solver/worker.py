"""The process that solves: reads tasks from standard input, one after another, and writes answers.

Run as `python -m econonexus.solver.worker [BYTES]`, where BYTES is the memory it may use. A message is its
length in eight bytes and JSON: a task in; out go any number of {"welfare", "bound"}, then one {"proposal"}
or {"fault", "message"}. It ends when its standard input does, also in the middle of a task: whoever asked
is gone.
"""

import json
import os
import struct
import sys
import threading
from queue import SimpleQueue
from typing import BinaryIO

import msgspec

from econonexus.domain.mechanisms.package_outcome import Proposal
from econonexus.ports import Task

_LENGTH = struct.Struct("<Q")
_LARGEST_READ = 2**20


def main() -> None:
    """Serve until standard input ends."""
    if len(sys.argv) > 1:
        # There is no such thing on Windows, where nothing is limited.
        import resource

        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # One core each: whoever wants more solves several auctions at once.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    tasks: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.fileno(), tasks), daemon=True).start()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not end up between our messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        _serve(tasks.get(), out)


def _read(source: int, tasks: "SimpleQueue[Task]") -> None:
    while head := _exactly(source, _LENGTH.size):
        body = _exactly(source, _LENGTH.unpack(head)[0])
        if not body:
            break
        tasks.put(msgspec.json.decode(body, type=Task))
    os._exit(0)


def _exactly(source: int, length: int) -> bytes:
    """So many bytes; none where the source ends before."""
    parts: list[bytes] = []
    while length:
        part = os.read(source, min(length, _LARGEST_READ))
        if not part:
            return b""
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _serve(task: Task, out: BinaryIO) -> None:
    try:
        # Only here is the mathematics loaded, so that its absence is an answer too.
        from econonexus.solver.answering import answer

        found = answer(task, lambda welfare, bound: _write(out, {"welfare": welfare, "bound": bound}))
        _write(out, {"proposal": _plain(found)})
    except MemoryError:
        _write(out, {"fault": "memory"})
    except ModuleNotFoundError as error:
        _write(out, {"fault": "missing", "message": f"{error.name} is not installed"})
    except ImportError as error:
        # A library that does not fit into memory cannot be imported either.
        memory = "failed to map segment" in str(error) or "allocate memory" in str(error)
        _write(out, {"fault": "memory"} if memory else {"fault": "failed", "message": str(error)})
    except Exception as error:
        _write(out, {"fault": "failed", "message": f"{type(error).__name__}: {error}"})


def _plain(proposal: Proposal) -> object:
    return {
        name: msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else value
        for name, value in msgspec.structs.asdict(proposal).items()
    }


def _write(out: BinaryIO, message: object) -> None:
    # Sums of amounts may be larger than what msgspec writes, so this is the standard library's JSON.
    body = json.dumps(message).encode()
    out.write(_LENGTH.pack(len(body)) + body)
    out.flush()


if __name__ == "__main__":
    main()
