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

import time
from collections.abc import Callable, Sequence

import msgspec

from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.repeated import Asked, Repeated
from econonexus.solver.problem import Deadline, Packing, Problem
from econonexus.solver.program import program_of

Pack = Callable[[Problem, Deadline], Packing]
"""Winner determination: the best packing found by the deadline, and a proven bound."""


GLANCE = 200
"""How many branches are looked into where no proof is needed."""


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
        self._asked: Repeated | None = None
        self.seen: set[tuple[int, ...]] = set()
        """All packings that were an answer: what tempted once may tempt again."""
        self._stay = tuple(position for deal in deals for position in deal.bids)

    def best(
        self, surpluses: Sequence[int], scale: int, deadline: Deadline, enough: int | None = None
    ) -> Temptation:
        """The best packing when each deal's surplus is this, in parts of 1 / `scale`.

        Stops as soon as a packing is worth more than `enough`, if that is given. At the deadline `bound` may
        be more than `worth`.
        """
        prices = self._prices(surpluses, scale)
        found = self._ask(prices, deadline, enough, None)
        if time.monotonic() > deadline:
            return self._temptation(found)
        if found.worth < found.bound and (enough is None or found.worth <= enough):
            # The relaxation itself is out of reach.
            packing = self._pack(self._priced(prices, scale), deadline)
            winners = packing.winners if packing.welfare > found.worth else found.columns
            found = Asked(winners, max(packing.welfare, found.worth), min(packing.bound, found.bound))
        return self._temptation(found)

    def glance(self, surpluses: Sequence[int], scale: int, deadline: Deadline, enough: int) -> Temptation:
        """The same, but only as far as it is found out quickly."""
        prices = self._prices(surpluses, scale)
        return self._temptation(self._ask(prices, deadline, enough, GLANCE))

    def _ask(
        self, prices: Sequence[int], deadline: Deadline, enough: int | None, most_nodes: int | None
    ) -> Asked:
        """Ask the relaxation; after the deadline, say that everybody may keep its deal."""
        if time.monotonic() > deadline:
            return Asked(self._stay, sum(prices[bid] for bid in self._stay), sum(prices))
        if self._asked is None:
            self._asked = Repeated(program_of(self._extended))
        return self._asked.best(prices, self._stay, deadline, enough, most_nodes)

    def _prices(self, surpluses: Sequence[int], scale: int) -> list[int]:
        return [price * scale for price in self._extended.prices[: self._bids]] + list(surpluses)

    def _temptation(self, found: Asked) -> Temptation:
        bids = tuple(column for column in found.columns if column < self._bids)
        self.seen.add(bids)
        return Temptation(bids, found.worth, found.bound)

    def _priced(self, prices: Sequence[int], scale: int) -> Problem:
        budgets = [None if budget is None else budget * scale for budget in self._extended.budgets]
        return msgspec.structs.replace(self._extended, prices=tuple(prices), budgets=tuple(budgets))


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
