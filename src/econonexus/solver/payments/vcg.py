"""VCG: each owner pays what the others could have had without it, less what they have with it.

Source: Vickrey (1961), Clarke (1971), Groves (1973); for bundles Ausubel and Milgrom, The lovely but lonely
    Vickrey auction (2006).
Promises: nobody pays more than it bid, and for one bid an owner truth is a best answer to anything. Not that
    revenue is more than nothing, nor that nobody can block.
"""

from collections.abc import Sequence

from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.staying import Staying
from econonexus.solver.problem import Deadline

Interval = tuple[int, int]


def vcg(staying: Staying, deals: Sequence[Deal], deadline: Deadline) -> list[Interval]:
    """What each owner pays, or at the deadline between what and what; never below the floors of its bids.

    The deals are those of an optimal packing.
    """
    welfare = sum(deal.value for deal in deals)
    payments = []
    for place, deal in enumerate(deals):
        surpluses = [0] * len(deals)
        surpluses[place] = deal.value
        tempted = staying.best(surpluses, 1, deadline)
        low = max(deal.floor, tempted.worth - welfare)
        high = max(low, min(deal.value, tempted.bound - welfare))
        payments.append((low, high))
    return payments
