"""Branch and bound on the relaxation, in which every bound that closes a branch is exact.

Source: Land and Doig, An automatic method of solving discrete programming problems, Econometrica 28 (1960).
"""

import heapq
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from econonexus.solver.exact_search import first_best
from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.greedy import by_relaxation, filled
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.relaxation import Relaxation, Relaxed
from econonexus.solver.winner_determination.tableau import Flags, Pricing, Tableau

ROUND_EVERY = 8
"""At every how many nodes a packing is made from the relaxation."""
FEW = 16
"""So many undecided columns are searched exhaustively, which no rounding of doubles can lead astray."""


class Node(NamedTuple):
    """Some of all packings: those with every `fixed` column and no `barred` one, none worth more than
    `bound`."""

    bound: int
    fixed: Flags
    barred: Flags


class Tree:
    """A search for packings better than the incumbent, equally good ones that come before it included.

    `cap` may be lowered to what is proven elsewhere: no packing is worth more.
    """

    def __init__(self, tableau: Tableau, relaxation: Relaxation, incumbent: Incumbent, root: Node) -> None:
        self._tableau, self._relaxation, self._incumbent = tableau, relaxation, incumbent
        self.root = root
        self._open: list[tuple[int, int, Node]] = [(-root.bound, 0, root)]
        self._pushed = 0
        self._at_once: Node | None = None
        self.cap = root.bound
        self.nodes = 0

    @property
    def bound(self) -> int:
        """No packing is worth more than this."""
        bounds = [-entry[0] for entry in self._open[:1]]
        if self._at_once is not None:
            bounds.append(self._at_once.bound)
        return max(self._incumbent.welfare, min(self.cap, max(bounds, default=0)))

    def run(self, deadline: Deadline) -> bool:
        """Search until the deadline; whether all is seen, and the incumbent is the first of the best."""
        while (node := self._next()) is not None:
            if time.monotonic() > deadline:
                self._push(node)
                return False
            self._look_into(node, deadline)
        return True

    def _next(self) -> Node | None:
        node, self._at_once = self._at_once, None
        while node is None or self._hopeless(node.bound, node.barred):
            if not self._open:
                return None
            node = heapq.heappop(self._open)[2]
        return node

    def _hopeless(self, bound: int, barred: Flags) -> bool:
        bound = min(bound, self.cap)
        if bound == self._incumbent.welfare:
            return not self._incumbent.follows(~barred)
        return bound < self._incumbent.welfare

    def _push(self, node: Node) -> None:
        self._pushed += 1
        heapq.heappush(self._open, (-node.bound, self._pushed, node))

    def _look_into(self, node: Node, deadline: Deadline) -> None:
        self.nodes += 1
        self._relaxation.restrict(node.fixed, node.barred)
        relaxed = self._relaxation.solve(deadline)
        pricing = None if relaxed is None else self._tableau.priced(relaxed.duals)
        if relaxed is None or pricing is None:
            self._split(node, None)
            return
        if relaxed.integral or self.nodes % ROUND_EVERY == 1:
            order = by_relaxation(relaxed.shares, pricing.surplus.astype(np.float64))
            self._incumbent.offer(filled(self._tableau.program, order))
        self._narrow(node, relaxed, pricing, deadline)

    def _narrow(self, node: Node, relaxed: Relaxed, pricing: Pricing, deadline: Deadline) -> None:
        """Decide what the bound leaves no choice about, and split the rest."""
        bound = min(node.bound, pricing.bound(node.fixed, node.barred))
        if self._hopeless(bound, node.barred):
            return
        fixed, barred = pricing.decided(self._incumbent.welfare, node.fixed, node.barred)
        narrow = narrowed(self._tableau, fixed, barred)
        if narrow is None or self._hopeless(bound, narrow):
            return
        free = np.flatnonzero(~fixed & ~narrow)
        if len(free) <= FEW:
            self._exhaust(fixed, free, deadline, Node(bound, fixed, narrow))
        else:
            self._split(Node(bound, fixed, narrow), relaxed)

    def _exhaust(self, fixed: Flags, free: NDArray[np.int64], deadline: Deadline, node: Node) -> None:
        sure = np.flatnonzero(fixed).tolist()
        rest, columns = _beside(self._tableau.program, sure, free.tolist())
        found = first_best(rest, self._incumbent.welfare - self._tableau.welfare(sure) - 1, deadline)
        if found.winners is not None:
            self._incumbent.offer([*sure, *(columns[column] for column in found.winners)])
        if not found.complete:
            self._push(node)

    def _split(self, node: Node, relaxed: Relaxed | None) -> None:
        """Into the packings with a column, which are looked into at once, and those without it."""
        free = np.flatnonzero(~node.fixed & ~node.barred)
        if not len(free):
            self._incumbent.offer(np.flatnonzero(node.fixed).tolist())
            return
        column = self._branching_column(node, relaxed, free)
        barred, fixed = node.barred.copy(), node.fixed.copy()
        barred[column] = fixed[column] = True
        self._push(Node(node.bound, node.fixed, barred))
        narrow = narrowed(self._tableau, fixed, node.barred)
        if narrow is not None:
            self._at_once = Node(node.bound, fixed, narrow)

    def _branching_column(self, node: Node, relaxed: Relaxed | None, free: NDArray[np.int64]) -> int:
        """The column over which the relaxation is least decided, by its price; at a tie the first that would
        make a packing come before the incumbent."""
        if relaxed is None or min(node.bound, self.cap) == self._incumbent.welfare:
            fresh = free[~self._incumbent.inside[free]]
            return int(fresh[0] if len(fresh) else free[0])
        shares = relaxed.shares[free]
        undecided = np.minimum(shares, 1.0 - shares)
        if undecided.max() < 1e-6:
            return int(free[shares.argmax()])
        return int(free[(undecided * self._tableau.prices[free].astype(np.float64)).argmax()])


def narrowed(tableau: Tableau, fixed: Flags, barred: Flags) -> Flags | None:
    """What is barred once the fixed columns are in; None where they do not fit. O(entries)."""
    taken = fixed[tableau.column]
    left = tableau.capacity.copy()
    np.subtract.at(left, tableau.row[taken], tableau.amount[taken])
    if len(left) and left.min() < 0:
        return None
    narrow = barred.copy()
    narrow[tableau.column[~taken & (tableau.amount > left[tableau.row])]] = True
    # A fixed column that is barred too is a contradiction.
    return None if bool((narrow & fixed).any()) else narrow


def _beside(program: Program, sure: list[int], free: list[int]) -> tuple[Program, list[int]]:
    """The program of the free columns beside the sure ones."""
    left = list(program.capacities)
    for column in sure:
        for row, amount in program.columns[column]:
            left[row] -= amount
    rest = Program(
        tuple(program.prices[column] for column in free),
        tuple(program.columns[column] for column in free),
        tuple(left),
    )
    return rest, free
