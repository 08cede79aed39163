"""Winner determination: which bids win, anytime, with a proven bound."""

import time

from econonexus.solver.exact_search import first_best
from econonexus.solver.problem import Deadline, OnProgress, Packing, Problem
from econonexus.solver.program import Program, program_of
from econonexus.solver.winner_determination.component import ComponentSolver
from econonexus.solver.winner_determination.incumbent import Incumbent
from econonexus.solver.winner_determination.reduction import components, restricted

FEW = 14
"""A component of so few bids is searched exhaustively, before any array is made."""


def pack(problem: Problem, deadline: Deadline, on_progress: OnProgress | None = None) -> Packing:
    """The packing worth most, or the best found by the deadline with a bound on what any could be worth.

    Of equally good packings it is the first, unless time runs out between the proof that it is optimal and
    the proof that it is the first. Exponential in the worst case; stops within a few ms of the deadline,
    once the bids are read, as the linear solver looks at the clock between its iterations.
    """
    program = program_of(problem)
    able = [position for position in range(len(problem.prices)) if _within_budget(problem, position)]
    run = _Run(program, list(components(program, able)), on_progress)
    for number in range(len(run.parts)):
        run.solve(number, deadline)
    return run.packing()


def _within_budget(problem: Problem, position: int) -> bool:
    budget = problem.budgets[problem.agents[position]]
    return budget is None or problem.prices[position] <= budget


class _Run:
    """The components, what each has come to, and all of it put together."""

    def __init__(self, program: Program, parts: list[list[int]], on_progress: OnProgress | None) -> None:
        self.parts = parts
        self._program, self._on_progress = program, on_progress
        self._winners: list[list[int]] = [[] for _ in parts]
        self._bounds = [sum(program.prices[column] for column in part) for part in parts]

    def packing(self) -> Packing:
        """What is known of the whole."""
        winners = sorted(column for part in self._winners for column in part)
        welfare = sum(self._program.prices[column] for column in winners)
        return Packing(tuple(winners), welfare, sum(self._bounds))

    def solve(self, number: int, deadline: Deadline) -> None:
        """Solve one component in its share of the time: what is left, by the number of bids."""
        part, program = self.parts[number], restricted(self._program, self.parts[number])
        if len(part) <= FEW:
            found = first_best(program, -1, deadline)
            if found.complete:
                self._settle(number, list(found.winners or ()))
                return
        waiting = sum(len(other) for other in self.parts[number:])
        now = time.monotonic()
        share = now + (deadline - now) * len(part) / waiting
        incumbent = Incumbent(program, lambda: self._tell(number, incumbent, self._bounds[number]))
        solver = ComponentSolver(program, incumbent, lambda bound: self._tell(number, incumbent, bound))
        solver.solve(share)

    def _settle(self, number: int, winners: list[int]) -> None:
        self._winners[number] = [self.parts[number][column] for column in winners]
        self._bounds[number] = sum(self._program.prices[column] for column in self._winners[number])

    def _tell(self, number: int, incumbent: Incumbent, bound: int) -> None:
        self._winners[number] = [self.parts[number][column] for column in incumbent.winners]
        self._bounds[number] = max(bound, incumbent.welfare)
        if self._on_progress is not None:
            self._on_progress(self.packing())
