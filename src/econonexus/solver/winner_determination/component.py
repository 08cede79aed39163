"""One component from the first bound to the proof: relaxation, greedy, local search, cuts, branching."""

import time
from collections.abc import Callable

import numpy as np

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.branching import Node, Tree, narrowed
from econonexus.solver.winner_determination.companion import Companion, company
from econonexus.solver.winner_determination.core import Core
from econonexus.solver.winner_determination.greedy import by_relaxation, filled
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.reduction import undominated
from econonexus.solver.winner_determination.relaxation import Relaxation, Relaxed
from econonexus.solver.winner_determination.tableau import Floats, Pricing, Tableau

SLICE_S = 0.1
"""For how long branching and local search take turns."""
FIRST_LOOK_S_PER_BID = 5e-5
"""For how long cuts are tried at first, and then local search: 50 ms each for a thousand bids."""
ALONE_S = 0.2
"""For how long branching goes on alone at first: most auctions are done by then."""
WORTH_COMPANY_S = 1.0
"""With less time left no other solver is called in: it takes that long to be loaded and to begin."""
RELAXING = 0.7
"""What share of the time the first relaxation may take; without it the rest goes to local search."""
WORTH_CUTTING = 1e-4
"""A round of cuts that lowers the bound by a smaller share than this is the last."""


class ComponentSolver:
    """Makes the incumbent better and the bound lower until they meet, or until told to stop."""

    def __init__(self, program: Program, incumbent: Incumbent, on_bound: Callable[[int], None]) -> None:
        self._program, self._incumbent, self._on_bound = program, incumbent, on_bound
        self.bound = sum(program.prices)
        self._tableau = Tableau(program)
        self._relaxation = Relaxation(self._tableau)
        self._duals: Floats = np.zeros(self._tableau.height)
        self._pricing: Pricing | None = None

    def solve(self, deadline: Deadline) -> None:
        """Go on until the deadline or the end."""
        now = time.monotonic()
        relaxed = self._relax(now + RELAXING * (deadline - now))
        if relaxed is None:
            self._search_alone(deadline)
        elif self.bound == self._incumbent.welfare:
            self._grow().run(deadline)
        else:
            self._close(relaxed, deadline)

    def _relax(self, until: Deadline) -> Relaxed | None:
        """Solve the relaxation: a bound, and a packing from it; None if it was not solved by then."""
        relaxed = self._relaxation.solve(until)
        pricing = None if relaxed is None else self._tableau.priced(relaxed.duals)
        if relaxed is None or pricing is None:
            return None
        self._duals, self._pricing = relaxed.duals, pricing
        order = by_relaxation(relaxed.shares, pricing.surplus.astype(np.float64))
        self._incumbent.offer(filled(self._program, order))
        self._lower(pricing.bound())
        return relaxed if relaxed.optimal else None

    def _lower(self, bound: int) -> None:
        if bound < self.bound:
            self.bound = bound
            self._on_bound(bound)

    def _search_alone(self, deadline: Deadline) -> None:
        """Without the relaxation's end: from the row prices it got to, or crude ones, to what local search
        finds."""
        crude = self._tableau.crude_duals()
        pricing = self._tableau.priced(crude)
        if pricing is not None and (self._pricing is None or pricing.bound() < self.bound):
            self._duals, self._pricing = crude, pricing
            self._lower(pricing.bound())
        if self._pricing is None:
            self._incumbent.offer(filled(self._program, range(self._tableau.width)))
            return
        self._incumbent.offer(filled(self._program, np.argsort(-self._surplus, kind="stable").tolist()))
        if time.monotonic() < deadline:
            self._core().search(deadline, self._incumbent)

    @property
    def _surplus(self) -> Floats:
        assert self._pricing is not None
        return self._pricing.surplus.astype(np.float64)

    def _core(self) -> Core:
        return Core(self._program, self._duals, self._surplus, self._incumbent)

    def _close(self, relaxed: Relaxed, deadline: Deadline) -> None:
        """Close the gap that the relaxation leaves: cuts, then branching and local search in turns."""
        core, first_look_s = self._core(), FIRST_LOOK_S_PER_BID * self._tableau.width
        relaxed = self._cut(relaxed, core, _slice(first_look_s, deadline), deadline)
        if self.bound > self._incumbent.welfare:
            core.search(_slice(first_look_s, deadline), self._incumbent)
            self._cut(relaxed, core, deadline, deadline)
        tree = self._grow()
        if not self._branch(tree, _slice(ALONE_S, deadline)):
            self._take_turns(tree, core, deadline)

    def _take_turns(self, tree: Tree, core: Core, deadline: Deadline) -> None:
        """Local search and branching in turns, beside another solver if there is one and time for it."""
        companion: Companion | None = None
        if deadline - time.monotonic() > WORTH_COMPANY_S:
            root = tree.root
            companion = company(self._program, root.fixed, root.barred, self._incumbent, deadline)
        try:
            while time.monotonic() < deadline and not (companion is not None and companion.complete):
                if self.bound > self._incumbent.welfare:
                    core.search(_slice(SLICE_S, deadline), self._incumbent)
                if companion is not None:
                    companion.hear()
                    tree.cap = min(tree.cap, companion.bound)
                if self._branch(tree, _slice(SLICE_S, deadline)):
                    return
        finally:
            if companion is not None:
                companion.stop()
                self._lower(companion.bound)

    def _cut(self, relaxed: Relaxed, core: Core, until: Deadline, deadline: Deadline) -> Relaxed:
        """Add cliques round by round, as long as they help; the relaxation they leave."""
        while time.monotonic() < until and self.bound > self._incumbent.welfare:
            cliques = core.cliques(relaxed.shares)
            if not cliques:
                break
            self._tableau.add_cliques(cliques)
            self._relaxation.add_cliques(cliques)
            before = self.bound
            again = self._relax(deadline)
            if again is None:
                break
            relaxed = again
            if before - self.bound < WORTH_CUTTING * before:
                break
        return relaxed

    def _grow(self) -> Tree:
        """A tree from the last row prices; it does without what they and better bids rule out."""
        assert self._pricing is not None
        none = np.zeros(self._tableau.width, dtype=np.bool_)
        useless = none.copy()
        if self.bound > self._incumbent.welfare:
            useless[:] = True
            useless[undominated(self._program)] = False
        fixed, barred = self._pricing.decided(self._incumbent.welfare, none, useless)
        narrow = narrowed(self._tableau, fixed, barred)
        root = Node(self.bound, fixed, barred if narrow is None else narrow)
        return Tree(self._tableau, self._relaxation, self._incumbent, root)

    def _branch(self, tree: Tree, until: Deadline) -> bool:
        complete = tree.run(until)
        self._lower(tree.bound)
        return complete


def _slice(seconds: float, deadline: Deadline) -> Deadline:
    return min(deadline, time.monotonic() + seconds)
