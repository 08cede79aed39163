"""From a task to a proposal: the bids that can win, a packing of them, payments, and what they leave open."""

import time

from econonexus.domain.mechanisms.package_outcome import Blocking, Proposal
from econonexus.domain.mechanisms.packages import PackageAuction
from econonexus.ports import OnSolving, Task
from econonexus.solver.packing import pack
from econonexus.solver.payments.blocking import worst_coalition
from econonexus.solver.payments.paying import Payments, pay
from econonexus.solver.problem import Deadline, Packing, Problem

CHECKING = 0.1
"""What share of the time is kept for looking at coalitions, where that is asked for."""


def answer(task: Task, on_progress: OnSolving | None = None) -> Proposal:
    """Solve one task, in this process, by its time limit."""
    start = time.monotonic()
    end = start + task.time_limit_s
    deadline = start + task.time_limit_s * (1 - CHECKING * task.check)
    candidates = task.auction.candidates()
    problem = problem_of(task.auction, candidates)

    def tell(packing: Packing) -> None:
        if on_progress is not None:
            on_progress(packing.welfare, packing.bound)

    packing = pack(problem, deadline, tell)
    payments = pay(problem, packing, task.payment, deadline, pack)
    return Proposal(
        winners=tuple(candidates[position] for position in packing.winners),
        welfare=packing.welfare,
        bound=packing.bound,
        low=payments.low,
        high=payments.high,
        blocking=_blocking(problem, packing, payments, candidates, end) if task.check else None,
    )


def problem_of(auction: PackageAuction, candidates: list[int]) -> Problem:
    """The candidates as numbers: items, agents and owners in the order in which they come."""
    bids = [auction.bids[position] for position in candidates]
    items = {item: place for place, item in enumerate(auction.supply)}
    agents = {agent: place for place, agent in enumerate(dict.fromkeys(bid.agent for bid in bids))}
    owners = {owner: place for place, owner in enumerate(dict.fromkeys(bid.owner for bid in bids))}
    return Problem(
        prices=tuple(bid.price for bid in bids),
        bundles=tuple(
            tuple(sorted((items[item], units) for item, units in bid.items.items() if units)) for bid in bids
        ),
        supply=tuple(auction.supply.values()),
        agents=tuple(agents[bid.agent] for bid in bids),
        owners=tuple(owners[bid.owner] for bid in bids),
        exclusive=auction.exclusive,
        budgets=tuple(auction.budgets.get(agent) for agent in agents),
        floors=tuple(auction.floor(bid) for bid in bids),
    )


def _blocking(
    problem: Problem, packing: Packing, payments: Payments, candidates: list[int], deadline: Deadline
) -> Blocking | None:
    if payments.status != "exact":
        return None
    worst = worst_coalition(problem, packing.winners, payments.low, deadline, pack)
    return Blocking(tuple(candidates[position] for position in worst.bids), worst.gain, worst.most)
