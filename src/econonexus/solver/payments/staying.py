"""What bidders could make of the auction if every winner may also keep the deal it has.

Beside the bids, each owner who wins has an *offer to stay*: it takes nothing, brings the owner's surplus
(what it bid less what it pays), and excludes every bid of that owner. With the best packing of both:

- somebody can block the payments if and only if it is worth more than the welfare. For what a coalition and
  the seller have after dealing alone is the coalition's bids; what they had is the seller's revenue and the
  members' surpluses. Add the surpluses of those who stay out to both sides: on one side stands this packing,
  on the other revenue and all surpluses, which is the welfare.
- an owner who would pay nothing, while all others pay their bids, must pay by how much it is worth more: that
  is what the others could have without the owner, less what they have with it, its VCG payment.

Source: Day and Raghavan, Fair payments for efficient allocations in public sector combinatorial auctions,
    Management Science 53 (2007), section 4: separation by winner determination on reduced values. With one
    bid an agent that is the same; offers to stay also serve owners of many agents and OR bids, whose reduced
    values are no sums.
"""

from collections.abc import Callable, Sequence

import msgspec

from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.relaxation import Relaxation
from econonexus.solver.problem import Deadline, Packing, Problem
from econonexus.solver.program import program_of

Pack = Callable[[Problem, Deadline], Packing]
"""Winner determination: the best packing found by the deadline, and a proven bound."""


class Temptation(msgspec.Struct, frozen=True):
    """The bids of the best packing found, what it is worth with the offers to stay, and the proven bound.

    `worth` and `bound` are in parts of a unit, as many as the question's `scale`.
    """

    bids: tuple[int, ...]
    worth: int
    bound: int


class Staying:
    """One auction and its deals, asked about many surpluses."""

    def __init__(self, problem: Problem, deals: Sequence[Deal], pack: Pack) -> None:
        self._bids = len(problem.prices)
        self._extended = _with_offers(problem, deals)
        self._pack = pack
        self._relaxation = Relaxation(program_of(self._extended))

    def best(
        self, surpluses: Sequence[int], scale: int, deadline: Deadline, enough: int | None = None
    ) -> Temptation:
        """The best packing when each deal's surplus is this, in parts of 1 / `scale`.

        Stops as soon as a packing is worth more than `enough`, if that is given. At the deadline `bound` may
        be more than `worth`.
        """
        prices = [price * scale for price in self._extended.prices[: self._bids]]
        prices += surpluses
        relaxed = self._relaxation.best(prices, deadline)
        if relaxed is not None:
            proven = relaxed.worth == relaxed.bound
            if proven or (enough is not None and relaxed.worth > enough):
                return Temptation(self._without_offers(relaxed.columns), relaxed.worth, relaxed.bound)
        packing = self._pack(self._priced(prices, scale), deadline)
        bound = packing.bound if relaxed is None else min(packing.bound, relaxed.bound)
        return Temptation(self._without_offers(packing.winners), packing.welfare, bound)

    def _priced(self, prices: Sequence[int], scale: int) -> Problem:
        budgets = [None if budget is None else budget * scale for budget in self._extended.budgets]
        return msgspec.structs.replace(self._extended, prices=tuple(prices), budgets=tuple(budgets))

    def _without_offers(self, columns: Sequence[int]) -> tuple[int, ...]:
        return tuple(column for column in columns if column < self._bids)


def _with_offers(problem: Problem, deals: Sequence[Deal]) -> Problem:
    """The auction with the offers to stay after the bids, at no price yet.

    An offer takes one seat for each bid of its owner, or with exclusive bidding for each agent; each bid
    takes its own seat.
    """
    places = {deal.owner: place for place, deal in enumerate(deals)}
    seats: dict[tuple[int, int], int] = {}
    bundles = []
    for position, (owner, bundle) in enumerate(zip(problem.owners, problem.bundles, strict=True)):
        if owner in places:
            guest = problem.agents[position] if problem.exclusive else position
            seat = seats.setdefault((places[owner], guest), len(problem.supply) + len(seats))
            bundles.append((*bundle, (seat, 1)))
        else:
            bundles.append(bundle)
    offers = [tuple((seat, 1) for (of, _), seat in seats.items() if of == place) for place in places.values()]
    agents = len(problem.budgets)
    return msgspec.structs.replace(
        problem,
        prices=problem.prices + (0,) * len(deals),
        bundles=tuple(bundles + offers),
        supply=problem.supply + (1,) * len(seats),
        agents=problem.agents + tuple(range(agents, agents + len(deals))),
        owners=problem.owners + tuple(deal.owner for deal in deals),
        budgets=problem.budgets + (None,) * len(deals),
        floors=(0,) * (len(problem.prices) + len(deals)),
    )
