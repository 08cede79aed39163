"""Each solver in a process of its own: warm, alone on its libraries, and ended if it overruns its time."""

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType

from benchmarks.bundle_peers import PEERS
from benchmarks.bundle_runs import Case, Run, Solve, ours
from econonexus.solver.problem import Problem

OURS = "EconoNexus"
SOLVERS: dict[str, Solve] = {OURS: ours, **PEERS}
WARM_UP = Case("arbitrary", 250, 100, 0)
GRACE_S = 5.0


class Worker:
    """A solver that waits for auctions."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._start()

    def run(self, problem: Problem, limit_s: float) -> Run:
        """One auction. A solver that takes `GRACE_S` longer than it may is ended, and has found nothing."""
        self._pipe.send((problem, limit_s))
        if self._pipe.poll(limit_s + GRACE_S):
            answer = self._pipe.recv()
            if isinstance(answer, Run):
                return answer
            raise RuntimeError(f"{self.name}: {answer}")
        self.close()
        self._start()
        return Run(limit_s + GRACE_S, [], None, False, [])

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # Not a daemon: ours has worker processes of its own.
        self._process = context.Process(target=_serve, args=(self.name, theirs))
        self._process.start()
        theirs.close()
        assert self._pipe.recv() == "warm"


class Workers:
    """All solvers, for as long as the block lasts."""

    def __enter__(self) -> dict[str, Worker]:
        self._workers = {name: Worker(name) for name in SOLVERS}
        return self._workers

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers.values():
            worker.close()


def _serve(name: str, pipe: Connection) -> None:
    solve = SOLVERS[name]
    # Libraries load and compile before the clock runs.
    solve(WARM_UP.problem(), 2.0)
    pipe.send("warm")
    while True:
        try:
            problem, limit_s = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(solve(problem, limit_s))
        except Exception as error:  # The benchmark says whose fault it was.
            pipe.send(repr(error))
