"""What CP-SAT finds and proves while our own search goes on, taken in from time to time."""

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.cp_sat import CpSat
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.tableau import Flags


class Companion:
    """Looks for the best packing first, then for the first of the best.

    No packing is worth more than `bound`; `complete` says that the incumbent is the first of the best. What
    the incumbent's worth rules out may be fixed and barred.
    """

    def __init__(
        self, program: Program, fixed: Flags, barred: Flags, incumbent: Incumbent, until: Deadline
    ) -> None:
        self._program, self._fixed, self._barred, self._until = program, fixed, barred, until
        self._incumbent = incumbent
        self._search = CpSat(program, fixed, barred, incumbent.winners, None, until)
        self._last = False
        self.bound = self._search.bound
        self.complete = False

    def hear(self) -> None:
        """Take in what was found since the last time."""
        # Whether it is done is asked first: what it found before that is then there too.
        done = self._search.done
        for winners in self._search.found():
            self._incumbent.offer(winners)
        if self._last:
            self.complete = done
            return
        self.bound = max(self._incumbent.welfare, min(self.bound, self._search.bound))
        if self.bound == self._incumbent.welfare:
            self._search.stop()
            self._last = True
            self._search = CpSat(
                self._program, self._fixed, self._barred, self._incumbent.winners, self.bound, self._until
            )

    def stop(self) -> None:
        """End it, and take in the rest."""
        self._search.stop()
        self.hear()
