"""What the solvers that reason in doubles have in common: what they find is a claim, and proves nothing."""

import abc
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.tableau import Flags

_LAST_WORDS_S = 0.2
"""How long a search that was told to stop is waited for. It ends by itself later, and is not heard."""


class Claiming(abc.ABC):
    """One search in a thread of its own, among the columns that are not barred.

    `bound` stays what all columns are worth, and it is never `done`. Where the `optimum` is known it has
    nothing to add and does not begin.
    """

    done = False

    def __init__(
        self,
        program: Program,
        fixed: Flags,
        barred: Flags,
        until: Deadline,
        hint: Sequence[int],
        optimum: int | None,
    ) -> None:
        self._program, self._until = program, until
        self._fixed, self._barred, self._hint = fixed, barred, list(hint)
        self.bound = sum(program.prices)
        self._claims: SimpleQueue[list[int]] = SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        if optimum is None:
            self._thread.start()

    def found(self) -> list[list[int]]:
        """The packings claimed since this was asked last."""
        return [self._claims.get_nowait() for _ in range(self._claims.qsize())]

    def stop(self) -> None:
        """End the search."""
        self._stopped = True
        end = time.monotonic() + _LAST_WORDS_S
        while self._thread.is_alive() and time.monotonic() < end:
            self._interrupt()
            self._thread.join(0.01)

    @abc.abstractmethod
    def _run(self) -> None:
        """Search until the deadline or an interruption, and put every better packing among the claims."""

    def _interrupt(self) -> None:  # noqa: B027 - A solver that asks `stopped` between its steps needs none.
        """Tell the solver to stop; this may be told before it starts, and again and again."""
