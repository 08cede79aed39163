"""Workers that end, stall, lie or are killed: always a clear word, never a wait without end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from econonexus.adapters.process_solver import ProcessSolver
from econonexus.ports import (
    SolverFailed,
    SolverLate,
    SolverMissing,
    SolverOutOfMemory,
    Task,
)
from tests.conformance.solver import bundles, crowded

TASK = Task(bundles(("ann", {"a": 1}, 5)), "pay_as_bid", 600.0)

ANSWER = """
import json, os, struct, sys
def say(message):
    body = json.dumps(message).encode()
    os.write(1, struct.pack("<Q", len(body)) + body)
os.read(0, 1)
"""
"""A worker's beginning, in the language of workers."""

Open = Callable[..., AbstractAsyncContextManager[ProcessSolver]]


@pytest.fixture
def solver() -> Open:
    @asynccontextmanager
    async def opened(script: str | None = None, **settings: float) -> AsyncIterator[ProcessSolver]:
        command = {} if script is None else {"command": (sys.executable, "-c", ANSWER + script)}
        solver = ProcessSolver(**settings, **command)  # type: ignore[arg-type]
        try:
            yield solver
        finally:
            await solver.close()

    return opened


async def test_a_worker_that_cannot_be_started() -> None:
    solver = ProcessSolver(command=("/nowhere/python",))
    with pytest.raises(SolverMissing, match="/nowhere/python"):
        await solver.solve(TASK)


async def test_a_library_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "highspy.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'highspy'\", name='highspy')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    solver = ProcessSolver()
    with pytest.raises(SolverMissing, match="highspy is not installed"):
        await solver.solve(TASK)
    await solver.close()


async def test_a_worker_that_is_killed_at_work(solver: Open, tmp_path: Path) -> None:
    async with solver("os.kill(os.getpid(), 9)") as killed:
        with pytest.raises(SolverFailed, match="SIGKILL"):
            await killed.solve(TASK)


async def test_a_worker_that_ends_by_itself(solver: Open) -> None:
    async with solver("sys.exit('out of order')") as ended:
        with pytest.raises(SolverFailed, match="code 1: out of order"):
            await ended.solve(TASK)


async def test_too_little_memory_to_begin_with(solver: Open) -> None:
    async with solver(memory_limit_bytes=2**26) as small:
        with pytest.raises(SolverOutOfMemory, match="memory"):
            await small.solve(TASK)


async def test_a_library_that_aborts_for_want_of_memory(solver: Open) -> None:
    async with solver("os.write(2, b'terminate called: std::bad_alloc'); os.abort()") as aborting:
        with pytest.raises(SolverOutOfMemory):
            await aborting.solve(TASK)


async def test_a_fault_that_the_worker_reports(solver: Open) -> None:
    async with solver("say({'fault': 'failed', 'message': 'KeyError: 7'}); os.read(0, 2**20)") as failing:
        with pytest.raises(SolverFailed, match="KeyError: 7"):
            await failing.solve(TASK)


async def test_an_answer_that_cannot_be(solver: Open) -> None:
    lie = {"winners": [0], "welfare": 6, "bound": 6, "low": [5], "high": [5]}
    async with solver(f"say({{'proposal': {lie}}}); os.read(0, 2**20)") as lying:
        with pytest.raises(SolverFailed, match="the welfare is 5, not 6"):
            await lying.solve(TASK)


async def test_a_worker_that_never_answers_is_stopped(solver: Open) -> None:
    async with solver("import signal; signal.pause()", grace_s=0.0) as silent:
        with pytest.raises(SolverLate, match="after its deadline"):
            await silent.solve(Task(TASK.auction, "pay_as_bid", 1e-9))


async def test_cancelling_ends_the_process(solver: Open) -> None:
    async with solver("say({'welfare': os.getpid(), 'bound': 0}); import signal; signal.pause()") as silent:
        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(silent.solve(TASK, lambda pid, _: begun.set_result(pid)))
        pid = await begun
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_closing_ends_what_is_at_work(solver: Open) -> None:
    async with solver("say({'welfare': os.getpid(), 'bound': 0}); import signal; signal.pause()") as silent:
        begun = asyncio.Event()
        waiting = asyncio.create_task(silent.solve(TASK, lambda *_: begun.set()))
        await begun.wait()
        await silent.close()
        with pytest.raises(SolverFailed, match="SIGKILL"):
            await waiting


async def test_an_idle_worker_that_died_is_not_asked(solver: Open) -> None:
    async with solver() as real:
        await real.solve(TASK)
        worker = real._idle[0]
        os.kill(worker._process.pid, signal.SIGKILL)
        await worker._process.wait()
        assert (await real.solve(TASK)).welfare == 5


async def test_a_worker_ends_with_whoever_asked() -> None:
    """Its standard input ends while it is at work."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "econonexus.solver.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    import msgspec

    body = msgspec.json.encode(Task(crowded(2_000), "pay_as_bid", 600.0))
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(body).to_bytes(8, "little") + body)
    await process.stdout.readexactly(8)
    process.stdin.close()
    assert await process.wait() == 0
