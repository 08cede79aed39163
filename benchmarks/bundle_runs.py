"""One solver on one bundle auction: what it had found when, and what it claims."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from econonexus.benchmark.bundles.auctions import draw_auction
from econonexus.solver.packing import pack
from econonexus.solver.problem import Packing, Problem


class Case(NamedTuple):
    """An auction by what it is drawn from."""

    family: str
    bids: int
    items: int
    seed: int

    def problem(self) -> Problem:
        """What winner determination is asked."""
        auction = draw_auction(*self)
        places = {
            bidder: place for place, bidder in enumerate(dict.fromkeys(kept.bidder for kept in auction.bids))
        }
        agents = tuple(places[kept.bidder] for kept in auction.bids)
        return Problem(
            prices=tuple(kept.offer.price for kept in auction.bids),
            bundles=tuple(tuple((item, 1) for item in kept.offer.items) for kept in auction.bids),
            supply=(1,) * len(auction.items),
            agents=agents,
            owners=agents,
            exclusive=True,
            budgets=(None,) * len(places),
            floors=(0,) * len(agents),
        )


class Step(NamedTuple):
    """The best there was at a moment; seconds since the solver was given the auction."""

    seconds: float
    welfare: int
    bound: int | None


class Run(NamedTuple):
    """A whole run. `proven` says that the solver claims to have the optimum."""

    seconds: float
    """Until that claim, or the end. Ours then goes on to the first of equally good packings."""
    winners: Sequence[int]
    bound: int | None
    proven: bool
    steps: Sequence[Step]

    def welfare_at(self, seconds: float) -> int:
        """Of the best packing found by then; 0 if there was none."""
        return max((step.welfare for step in self.steps if step.seconds <= seconds), default=0)


Solve = Callable[[Problem, float], Run]


def ours(problem: Problem, limit_s: float) -> Run:
    """Our winner determination, in this process."""
    started = time.perf_counter()
    steps: list[Step] = []

    def found(packing: Packing) -> None:
        steps.append(Step(time.perf_counter() - started, packing.welfare, packing.bound))

    packing = pack(problem, time.monotonic() + limit_s, found)
    steps.append(Step(time.perf_counter() - started, packing.welfare, packing.bound))
    proof = next((step for step in steps if step.bound == step.welfare), steps[-1])
    return Run(proof.seconds, packing.winners, packing.bound, packing.optimal, steps)


def feasible(problem: Problem, winners: Sequence[int]) -> bool:
    """Whether no item is sold and no bidder wins twice."""
    taken = [item for bid in winners for item, _ in problem.bundles[bid]]
    agents = [problem.agents[bid] for bid in winners]
    return len(set(taken)) == len(taken) and len(set(agents)) == len(agents)
