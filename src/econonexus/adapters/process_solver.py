"""The `Solver` port by worker processes: one task at a time each, killed when nobody waits for the answer."""

import asyncio
import contextlib
import json
import signal
import struct
import sys
from typing import Any

import msgspec

from econonexus.domain.mechanisms.package_outcome import Proposal, flaws
from econonexus.ports import (
    OnSolving,
    SolverFailed,
    SolverFault,
    SolverLate,
    SolverMissing,
    SolverOutOfMemory,
    Task,
)

MEMORY_LIMIT_BYTES = 16 * 2**30
"""The address space a worker may use; libraries reserve far more than they touch."""
GRACE_S = 15.0
"""How long after its deadline an answer is waited for, starting up and writing included."""
IDLE_WORKERS = 2
"""How many workers are kept for the next task, so that it need not load the mathematics again."""

_LENGTH = struct.Struct("<Q")
_MEMORY = "the memory the solver may use is not enough for this auction"
_SIGNS_OF_MEMORY = (
    b"MemoryError",
    b"bad_alloc",
    b"allocate memory",
    b"failed to map segment",
    b"Memory allocation",
    b"address space",
)
"""What libraries say in their last words when they get no more memory."""
_LAST_WORDS = 16_384
_COMMAND = (sys.executable, "-m", "econonexus.solver.worker")


class ProcessSolver:
    """Starts workers as they are needed. `command` is the worker's, without its memory limit."""

    def __init__(
        self,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
        grace_s: float = GRACE_S,
        command: tuple[str, ...] = _COMMAND,
    ) -> None:
        self._command = (*command, str(memory_limit_bytes))
        self._grace_s = grace_s
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
        """Have a worker solve it. Raises: SolverFault; whatever it raises, the worker is gone."""
        worker = await self._worker()
        self._busy.add(worker)
        try:
            async with asyncio.timeout(task.time_limit_s + self._grace_s):
                answer = await worker.ask(task, on_progress)
            proposal = self._proposal(answer)
            _refuse_flaws(task, proposal)
        except TimeoutError:
            await worker.kill()
            raise SolverLate(f"no answer {self._grace_s:g} s after its deadline") from None
        except BaseException:
            await worker.kill()
            raise
        finally:
            self._busy.discard(worker)
        await self._keep(worker)
        return proposal

    async def _worker(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
        return await _Worker.start(self._command)

    @staticmethod
    def _proposal(answer: dict[str, Any]) -> Proposal:
        match answer:
            case {"proposal": found}:
                return msgspec.convert(found, Proposal)
            case {"fault": "memory"}:
                raise SolverOutOfMemory(_MEMORY)
            case {"fault": "missing", "message": message}:
                raise SolverMissing(f"{message}: install econonexus with its dependencies")
            case _:
                raise SolverFailed(f"the solver failed: {answer.get('message', answer)}")

    async def _keep(self, worker: "_Worker") -> None:
        if len(self._idle) < IDLE_WORKERS:
            self._idle.append(worker)
        else:
            await worker.kill()

    async def close(self) -> None:
        """End all workers, also those at work, whose callers get a fault."""
        while self._idle:
            await self._idle.pop().kill()
        for worker in list(self._busy):
            await worker.kill()


def _refuse_flaws(task: Task, proposal: Proposal) -> None:
    """The second look, by the domain's own code: an answer that cannot be is none."""
    flaw = next(flaws(task.auction, task.payment, proposal), None)
    if flaw is not None:
        raise SolverFailed(f"the solver's answer cannot be: {flaw}")


class _Worker:
    """One process and the pipes to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._to, self._from = process.stdin, process.stdout
        self._last_words = b""
        self._listener = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: tuple[str, ...]) -> "_Worker":
        """A new process. Raises: SolverMissing."""
        pipe = asyncio.subprocess.PIPE
        try:
            return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe))
        except OSError as error:
            raise SolverMissing(f"no solver process could be started: {error}") from error

    @property
    def alive(self) -> bool:
        """Whether the process has not been seen to end."""
        return self._process.returncode is None

    async def ask(self, task: Task, on_progress: OnSolving | None) -> dict[str, Any]:
        """Send a task and wait for its answer. Raises: SolverFailed if the process ends before."""
        body = msgspec.json.encode(task)
        try:
            self._to.write(_LENGTH.pack(len(body)) + body)
            await self._to.drain()
            while "welfare" in (message := await self._read()):
                if on_progress is not None:
                    on_progress(message["welfare"], message["bound"])
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._ended() from None
        return message

    async def _read(self) -> dict[str, Any]:
        (length,) = _LENGTH.unpack(await self._from.readexactly(_LENGTH.size))
        message: dict[str, Any] = json.loads(await self._from.readexactly(length))
        return message

    async def _listen(self) -> None:
        """Keep the end of what the process complains about."""
        assert self._process.stderr is not None
        while words := await self._process.stderr.read(_LAST_WORDS):
            self._last_words = (self._last_words + words)[-_LAST_WORDS:]

    async def _ended(self) -> SolverFault:
        code = await self._process.wait()
        await self._listener
        if any(sign in self._last_words for sign in _SIGNS_OF_MEMORY):
            return SolverOutOfMemory(_MEMORY)
        if code < 0:
            return SolverFailed(f"the solver process was ended by {signal.Signals(-code).name}")
        words = self._last_words.decode(errors="replace").strip().rpartition("\n")[2]
        return SolverFailed(f"the solver process ended with code {code}: {words}")

    async def kill(self) -> None:
        """End the process, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._listener
