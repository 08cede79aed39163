"""What a hold takes from limits that do not stand above its source, each in the limit's own unit."""

import msgspec

from econonexus.domain.ids import BudgetId
from econonexus.domain.money import Amount

MAX_CHARGES = 8


class Charge(msgspec.Struct, frozen=True, gc=False):
    """An amount of a budget's limit, in the smallest unit of the budget's asset.

    That may be another asset than that of the money which the hold reserves.
    """

    budget: BudgetId
    amount: Amount


def charged(charges: tuple[Charge, ...], budget: BudgetId) -> int:
    """What `charges` say of a budget; 0 where they do not name it."""
    return sum(charge.amount for charge in charges if charge.budget == budget)


def added(charges: tuple[Charge, ...], more: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """Both together, a budget named in both with the sum; new ones stand last."""
    named = {charge.budget for charge in charges}
    risen = (Charge(each.budget, Amount(each.amount + charged(more, each.budget))) for each in charges)
    return (*risen, *(charge for charge in more if charge.budget not in named))
