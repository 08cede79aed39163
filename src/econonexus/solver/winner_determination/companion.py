"""Another solver beside our own search: what it finds and proves, taken in."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination import cp_sat, highs_mip, scip
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.tableau import Flags


class Search(Protocol):
    """One run of another solver, in a thread of its own, which a failure ends and nothing else.

    No packing is worth more than `bound`: that is proven. `done` says that it has come to the end.
    """

    bound: int
    done: bool

    def found(self) -> list[list[int]]:
        """The packings that it says it has found since this was asked last."""

    def stop(self) -> None:
        """End it."""


Begin = Callable[[Sequence[int], int | None], Search]
"""Starts a search from a packing: for a better one, or, where the optimum is given, for the first of the
best."""


class Companion:
    """Looks for the best packing first, then for the first of the best.

    No packing is worth more than `bound`; `complete` says that the incumbent is the first of the best. What
    it says it has found is believed if it fits.
    """

    def __init__(self, program: Program, incumbent: Incumbent, begin: Begin) -> None:
        self._program, self._incumbent, self._begin = program, incumbent, begin
        self._search = begin(incumbent.winners, None)
        self._last = False
        self.bound = self._search.bound
        self.complete = False

    def hear(self) -> None:
        """Take in what was found since the last time."""
        # Whether it is done is asked first: what it found before that is then there too.
        done = self._search.done
        for winners in self._search.found():
            if self._program.fits(winners):
                self._incumbent.offer(winners)
        if self._last:
            self.complete = done
            return
        self.bound = max(self._incumbent.welfare, min(self.bound, self._search.bound))
        if self.bound == self._incumbent.welfare:
            self._search.stop()
            self._last = True
            self._search = self._begin(self._incumbent.winners, self.bound)

    def stop(self) -> None:
        """End it, and take in the rest."""
        self._search.stop()
        self.hear()


def company(
    program: Program, fixed: Flags, barred: Flags, incumbent: Incumbent, until: Deadline
) -> Companion | None:
    """CP-SAT, whose proofs count too; else SCIP or HiGHS, where packings may help; None where nothing may.

    What the incumbent's worth rules out may be fixed and barred.
    """
    begin: Begin
    if cp_sat.can_solve(program):
        begin = partial(cp_sat.CpSat, program, fixed, barred, until)
    elif scip.can_help(program):
        begin = partial(scip.Scip, program, fixed, barred, until)
    elif highs_mip.can_help(program):
        begin = partial(highs_mip.HighsMip, program, fixed, barred, until)
    else:
        return None
    return Companion(program, incumbent, begin)
