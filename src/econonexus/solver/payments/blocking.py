"""The coalition that would gain most by dealing with the seller alone, whatever the payments are."""

from collections.abc import Sequence

import msgspec

from econonexus.solver.payments.deals import deals_of
from econonexus.solver.payments.staying import Pack, Staying
from econonexus.solver.problem import Deadline, Problem


class Coalition(msgspec.Struct, frozen=True):
    """What a coalition of owners would buy by position, what it and the seller would gain over what they
    have now, and what no coalition gains more than: that is proven.

    In the core both are 0.
    """

    bids: tuple[int, ...]
    gain: int
    most: int


def worst_coalition(
    problem: Problem, winners: Sequence[int], payments: Sequence[int], deadline: Deadline, pack: Pack
) -> Coalition:
    """The coalition that gains most where these winners pay this much each, no more than they bid.

    At the deadline the one found may not be the worst; `most` says how far off it may be.
    """
    deals = deals_of(problem, winners)
    paid = dict(zip(winners, payments, strict=True))
    surpluses = [deal.value - sum(paid[position] for position in deal.bids) for deal in deals]
    assert min(surpluses, default=0) >= 0, "somebody pays more than it bid"
    tempted = Staying(problem, deals, pack).best(surpluses, 1, deadline)
    welfare = sum(deal.value for deal in deals)
    gain = max(0, tempted.worth - welfare)
    return Coalition(tempted.bids if gain else (), gain, max(0, tempted.bound - welfare))
