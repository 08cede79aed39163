"""Auctions of bundles are solved beside the economy, and end whatever becomes of the solver."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.process_solver import ProcessSolver
from econonexus.adapters.system_clock import SystemClock
from econonexus.bootstrap import open_node
from econonexus.domain.commands import FreezeMarket, SubmitOutcome
from econonexus.domain.events import Coalition
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.mechanisms.package_outcome import Proposal
from econonexus.domain.terms import Terms
from econonexus.node.clearing import AT_ONCE, Clearing
from econonexus.node.engine import Engine
from econonexus.node.intake import InvalidCommand
from econonexus.ports import (
    OnSolving,
    Solver,
    SolverFailed,
    SolverFault,
    SolverLate,
    SolverMissing,
    SolverOutOfMemory,
    Task,
)
from tests.nodes import OPERATOR, turns
from tests.offices import BIDS, auction, close, commands, payments
from tests.virtual_time import VirtualClock, in_virtual_time

CORE = Proposal((0, 1), 1_100, 1_100, (350, 450), (350, 450))


class Told:
    """A solver that does as it is told: an answer, a fault, or nothing for ever."""

    def __init__(self, *answers: Proposal | SolverFault | None) -> None:
        self._answers = list(answers)
        self.asked: list[Task] = []
        self.stopped = 0
        self.closed = False

    async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
        self.asked.append(task)
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, SolverFault):
            raise answer
        if answer is not None:
            return answer
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.stopped += 1
        raise AssertionError("unreachable")

    async def close(self) -> None:
        self.closed = True


async def _cleared(engine: Engine) -> None:
    """Wait until the auction has ended, in real time where a real process solves."""
    while await engine.read(lambda state: "a" in state.auctions.by_id):
        await engine.relay.reached(engine.relay.position + 1)


async def _solved_by(solver: Solver) -> MemoryJournal:
    """What becomes of the three bids with a solver, by the wall clock."""
    journal = MemoryJournal()
    engine = await Engine.start(journal, SystemClock())
    clearing = Clearing(engine, solver)
    await close(engine)
    await _cleared(engine)
    await clearing.stop()
    await engine.stop()
    return journal


async def test_a_solver_in_a_process_clears_by_core_payments() -> None:
    ended = await auction(await _solved_by(ProcessSolver()))
    assert ended.status is AuctionStatus.SETTLED
    assert payments(ended) == {"b1": 350, "b2": 450}
    assert ended.result is not None
    assert (ended.result.welfare, ended.result.bound, ended.result.payment) == (1_100, 1_100, "core")
    assert ended.result.blocked == Coalition((), 0, 0)


KILLED = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
LYING = (
    sys.executable,
    "-c",
    """
import json, struct, sys
length, = struct.unpack("<Q", sys.stdin.buffer.read(8))
sys.stdin.buffer.read(length)
said = {"winners": [0, 1], "welfare": 1100, "bound": 1100, "low": [501, 450], "high": [501, 450]}
body = json.dumps({"proposal": said}).encode()
sys.stdout.buffer.write(struct.pack("<Q", len(body)) + body)
sys.stdout.flush()
sys.stdin.read()
""",
)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (KILLED, "the solver ended without an answer"),
        (LYING, "the solver ended without an answer"),
        (("/no/such/solver",), "no solver could be started: install econonexus with its dependencies"),
    ],
    ids=["killed", "lying", "missing"],
)
async def test_a_solver_that_fails_fails_the_auction_and_tells_no_price(
    command: tuple[str, ...], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ended = await auction(await _solved_by(ProcessSolver(command=command)))
    assert (ended.status, ended.reason) == (AuctionStatus.FAILED, reason)
    assert "auction a" in caplog.text
    assert not any(price in caplog.text for price in ("500", "501", "600", "800"))


async def _node(
    solver: Solver, journal: MemoryJournal, clock: VirtualClock | None = None
) -> tuple[Engine, Clearing]:
    engine = await Engine.start(journal, clock or VirtualClock())
    return engine, Clearing(engine, solver)


@in_virtual_time
async def test_a_solver_killed_once_is_asked_again() -> None:
    journal, solver = MemoryJournal(), Told(SolverFailed("killed"), CORE)
    engine, clearing = await _node(solver, journal)
    await close(engine)
    await turns()
    assert payments(await auction(journal)) == {"b1": 350, "b2": 450}
    assert len(solver.asked) == 2
    await clearing.stop()
    assert solver.closed


@pytest.mark.parametrize(
    ("fault", "reason", "asked"),
    [
        (SolverFailed, "the solver ended without an answer", 2),
        (SolverMissing, "no solver could be started: install econonexus with its dependencies", 1),
        (SolverOutOfMemory, "the solver had too little memory for this auction", 1),
        (SolverLate, "the solver gave no answer long after its time limit", 1),
    ],
)
@in_virtual_time
async def test_every_fault_has_its_reason(
    fault: Callable[[str], SolverFault], reason: str, asked: int
) -> None:
    journal, solver = MemoryJournal(), Told(*[fault("price 500")] * 2)
    engine, clearing = await _node(solver, journal)
    await close(engine)
    await turns()
    assert (await auction(journal)).reason == reason
    assert len(solver.asked) == asked
    await clearing.stop()


@in_virtual_time
async def test_what_a_solver_is_asked_is_what_was_bid() -> None:
    solver = Told()
    engine, clearing = await _node(solver, MemoryJournal())
    await close(engine, Terms(reserves={"gpu": 7}, reserve=3, payment="vcg", time_limit=4 * SECOND))
    await turns()
    (task,) = solver.asked
    assert [(bid.id, bid.owner, bid.items, bid.price) for bid in task.auction.bids] == [
        (bid.bid, bid.agent, bid.items, bid.price) for bid in BIDS
    ]
    assert (task.auction.supply, task.auction.reserve, task.auction.exclusive) == (
        {"gpu": 1, "reviewer": 1},
        {"gpu": 7, "reviewer": 3},
        True,
    )
    assert (task.payment, task.time_limit_s) == ("vcg", 4.0)
    await clearing.stop()


@in_virtual_time
async def test_a_solver_that_hangs_is_stopped_at_the_deadline() -> None:
    journal, solver = MemoryJournal(), Told()
    engine, clearing = await _node(solver, journal)
    await close(engine)
    await asyncio.sleep(59.9)
    assert await engine.read(lambda state: "a" in state.auctions.by_id)
    await asyncio.sleep(0.2)
    ended = await auction(journal)
    assert (ended.status, ended.reason) == (AuctionStatus.FAILED, "no outcome came in time")
    assert solver.stopped == 1
    await clearing.stop()


@in_virtual_time
async def test_where_there_is_no_solver_the_deadline_fails_the_auction() -> None:
    journal = MemoryJournal()
    engine = await Engine.start(journal, VirtualClock())
    await close(engine)
    await asyncio.sleep(60.1)
    assert (await auction(journal)).reason == "no outcome came in time"
    await engine.stop()


@in_virtual_time
async def test_an_outcome_that_cannot_be_fails_the_auction() -> None:
    journal = MemoryJournal()
    forged = Proposal((0, 2), 1_300, 1_300, (0, 0), (0, 0))
    engine, clearing = await _node(Told(forged), journal)
    await close(engine)
    await turns()
    assert (await auction(journal)).reason == "the winners cannot win together"
    await clearing.stop()


@in_virtual_time
async def test_an_auction_found_in_clearing_at_the_start_is_solved() -> None:
    journal, clock = MemoryJournal(), VirtualClock()
    engine, clearing = await _node(Told(), journal, clock)
    await close(engine)
    await turns()
    await clearing.stop()
    await engine.stop()
    again, solver = journal.reopen(), Told(CORE)
    engine, clearing = await _node(solver, again, clock)
    await turns()
    assert payments(await auction(again)) == {"b1": 350, "b2": 450}
    assert len(solver.asked) == 1
    await clearing.stop()
    await engine.stop()


@in_virtual_time
async def test_only_so_many_are_solved_at_once() -> None:
    solver = Told()
    engine, clearing = await _node(solver, MemoryJournal())
    *made, announced, bid, _, _, closed = commands()
    for command in made:
        await engine.submit(command, OPERATOR)
    for name in ("x", "y", "z"):
        for command in (replace(announced, supply={"gpu": 1}), bid, closed):
            await engine.submit(replace(command, auction=name), OPERATOR)
    await turns()
    assert len(solver.asked) == AT_ONCE == 2
    await clearing.stop()
    assert solver.stopped == 2


@in_virtual_time
async def test_an_outcome_waits_until_the_clock_is_believed_again() -> None:
    journal, clock = MemoryJournal(), VirtualClock()
    answered = asyncio.Event()

    class Slow(Told):
        async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
            await answered.wait()
            return CORE

    engine, clearing = await _node(Slow(), journal, clock)
    await close(engine, Terms(clearing=10_000 * SECOND))
    clock.jump(3_600)
    answered.set()
    await asyncio.sleep(2)
    assert await engine.read(lambda state: "a" in state.auctions.by_id)
    engine.accept_clock()
    await asyncio.sleep(2)
    assert payments(await auction(journal)) == {"b1": 350, "b2": 450}
    await clearing.stop()


@in_virtual_time
async def test_what_closed_before_its_market_was_halted_is_cleared() -> None:
    journal, answered = MemoryJournal(), asyncio.Event()

    class Slow(Told):
        async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
            await answered.wait()
            return CORE

    engine, clearing = await _node(Slow(), journal)
    await close(engine)
    await engine.submit(FreezeMarket("office", "odd"), OPERATOR)
    answered.set()
    await turns()
    assert payments(await auction(journal)) == {"b1": 350, "b2": 450}
    await clearing.stop()


@in_virtual_time
async def test_nobody_but_the_node_says_what_was_found() -> None:
    engine = await Engine.start(MemoryJournal(), VirtualClock())
    await close(engine)
    with pytest.raises(InvalidCommand, match="only the node"):
        await engine.submit(SubmitOutcome("a", 0, fault="none"), OPERATOR)
    await engine.stop()


async def test_a_node_killed_in_clearing_clears_after_its_restart(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: ASYNC220  # Nothing else runs meanwhile.
        [sys.executable, "-m", "tests.clearing_worker", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "solving\n"
        worker.kill()
    async with open_node(tmp_path) as node:
        await _cleared(node.engine)
        ended = await node.read(lambda state: state.auctions.ended["a"])
    assert payments(ended) == {"b1": 350, "b2": 450}


@in_virtual_time
async def test_a_mistake_of_ours_is_logged_without_its_words_and_the_deadline_fails_the_auction(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Mistaken(Told):
        async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
            raise ValueError(f"price {task.auction.bids[0].price}")

    journal = MemoryJournal()
    engine, clearing = await _node(Mistaken(), journal)
    caplog.clear()
    await close(engine)
    await asyncio.sleep(60.1)
    assert (await auction(journal)).reason == "no outcome came in time"
    assert "ValueError" in caplog.text
    assert "500" not in caplog.text
    await clearing.stop()


async def test_what_is_being_solved_ends_with_the_node(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hang = (
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    engine = await Engine.start(MemoryJournal(), SystemClock())
    clearing = Clearing(engine, ProcessSolver(command=(sys.executable, "-c", hang)))
    await close(engine)
    while not (pid.exists() and pid.read_text()):  # noqa: ASYNC110  # It is another process.
        await asyncio.sleep(0.01)
    await clearing.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert await engine.read(lambda state: "a" in state.auctions.by_id), "a restart asks again"
    await engine.stop()
