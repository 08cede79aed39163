"""One packing program asked again and again with other prices.

The linear program keeps its basis from question to question, so that a change of few prices costs few
pivots, and keeps the clique cuts that earlier questions needed. What it leaves open, a short branch and
bound closes; what that leaves open is for whoever can do more.
"""

import time
from collections.abc import Sequence

import msgspec
import numpy as np

from econonexus.solver.problem import Deadline
from econonexus.solver.program import Program
from econonexus.solver.winner_determination.branching import Node, Tree, narrowed
from econonexus.solver.winner_determination.clique_cuts import violated_cliques
from econonexus.solver.winner_determination.conflicts import conflicts_of
from econonexus.solver.winner_determination.greedy import by_relaxation, filled
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.relaxation import Relaxation, Relaxed
from econonexus.solver.winner_determination.tableau import Flags, Pricing, Tableau

MOST_CUT_COLUMNS = 5_000
"""Beyond so many columns nobody looks for cliques: their conflicts alone are a table of this many squared."""

MOST_ROUNDS = 20
"""How often cuts are added to one question."""

SLICE_S = 0.02
"""How often branch and bound is asked whether it has found enough."""


class Asked(msgspec.Struct, frozen=True):
    """Columns that can be chosen together, what they are worth, and what no choice is worth more than."""

    columns: tuple[int, ...]
    worth: int
    bound: int


class _AnyOfTheBest(Incumbent):
    """Payments depend on what the best packing is worth, so which of equally good ones it is counts for
    nothing."""

    def follows(self, allowed: Flags) -> bool:  # noqa: ARG002
        return False


class Repeated:
    """The program, its relaxation with all cuts so far, and which columns conflict."""

    def __init__(self, program: Program) -> None:
        self._tableau = Tableau(program)
        self._relaxation = Relaxation(self._tableau)
        small = 0 < self._tableau.width <= MOST_CUT_COLUMNS
        self._conflicts = conflicts_of(self._tableau) if small else None
        self._nothing = np.zeros(self._tableau.width, dtype=np.bool_)

    def best(
        self,
        prices: Sequence[int],
        known: Sequence[int],
        deadline: Deadline,
        enough: int | None = None,
        most_nodes: int | None = None,
    ) -> Asked:
        """The best columns at these prices, as far as it is found out; `known` is a choice to start from.

        Stops as soon as a choice is worth more than `enough`, or where the branches are more than
        `most_nodes`.
        """
        self._tableau.reprice(prices)
        self._relaxation.reprice()
        self._relaxation.restrict(self._nothing, self._nothing)
        question = _Question(self._tableau, known)
        relaxed = self._relaxation.solve(deadline)
        for _ in range(MOST_ROUNDS):
            if relaxed is None:
                break
            question.take(relaxed)
            if question.settled(enough) or not self._cut(relaxed):
                break
            relaxed = self._relaxation.solve(deadline)
        if relaxed is not None and not question.settled(enough):
            question.branch(self._relaxation, deadline, enough, most_nodes)
        return question.answer()

    def _cut(self, relaxed: Relaxed) -> bool:
        """Add the cliques that the solution violates; whether there are any."""
        if self._conflicts is None or relaxed.integral:
            return False
        cliques = violated_cliques(self._conflicts, relaxed.shares)
        if cliques:
            self._tableau.add_cliques(cliques)
            self._relaxation.add_cliques(cliques)
        return bool(cliques)


class _Question:
    """What is known of one question's answer."""

    def __init__(self, tableau: Tableau, known: Sequence[int]) -> None:
        self._tableau = tableau
        self._incumbent = _AnyOfTheBest(tableau.program, lambda: None)
        self._incumbent.offer(known)
        self._bound = sum(tableau.program.prices)
        self._pricing: Pricing | None = None

    def take(self, relaxed: Relaxed) -> None:
        """A bound from the row prices, and a choice from the shares."""
        # The exact row prices of whole-numbered columns are often whole, and then these prove more.
        for duals in (relaxed.duals, np.round(relaxed.duals)):
            pricing = self._tableau.priced(duals)
            if pricing is not None and (self._pricing is None or pricing.bound() < self._bound):
                self._pricing, self._bound = pricing, min(self._bound, pricing.bound())
        if self._pricing is not None:
            order = by_relaxation(relaxed.shares, self._pricing.surplus.astype(np.float64))
            self._incumbent.offer(filled(self._tableau.program, order))

    def settled(self, enough: int | None) -> bool:
        """Whether the answer is proven, or good enough."""
        worth = self._incumbent.welfare
        return worth >= self._bound or (enough is not None and worth > enough)

    def branch(
        self, relaxation: Relaxation, deadline: Deadline, enough: int | None, most_nodes: int | None
    ) -> None:
        """Search what the reduced costs leave undecided for something better."""
        if self._pricing is None:
            return
        nothing = np.zeros(self._tableau.width, dtype=np.bool_)
        fixed, barred = self._pricing.decided(self._incumbent.welfare + 1, nothing, nothing)
        narrow = narrowed(self._tableau, fixed, barred)
        if narrow is None:
            self._bound = self._incumbent.welfare
            return
        tree = Tree(self._tableau, relaxation, self._incumbent, Node(self._bound, fixed, narrow))
        done = False
        while not done and not self.settled(enough) and time.monotonic() < deadline:
            if most_nodes is not None and tree.nodes > most_nodes:
                break
            done = tree.run(min(deadline, time.monotonic() + SLICE_S))
            self._bound = min(self._bound, tree.bound)

    def answer(self) -> Asked:
        """What is found out."""
        worth = self._incumbent.welfare
        return Asked(tuple(self._incumbent.winners), worth, max(worth, self._bound))
