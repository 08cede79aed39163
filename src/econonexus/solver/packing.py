"""Winner determination: which bids win, anytime, with a proven bound."""

from econonexus.solver.exact_search import first_best
from econonexus.solver.problem import Deadline, OnProgress, Packing, Problem
from econonexus.solver.program import program_of


def pack(problem: Problem, deadline: Deadline, on_progress: OnProgress | None = None) -> Packing:
    """The packing worth most, or the best found by the deadline with a bound on what any could be worth."""
    program = program_of(problem)
    found = first_best(program, -1, deadline)
    winners = found.winners or ()
    welfare = sum(problem.prices[position] for position in winners)
    packing = Packing(winners, welfare, welfare if found.complete else sum(problem.prices))
    if on_progress is not None:
        on_progress(packing)
    return packing
