"""How good prices and shares are, from them alone: this file does not know how they were found.

Of all prices the dual objective of Eisenberg and Gale's program is least at an equilibrium, of all shares the
primal one is greatest, and there the two are equal. So their difference bounds how far any prices and any
shares are from it.

Source: Eisenberg and Gale (1959); the dual as in Cole, Devanur, Gkatzelis, Jain, Mai, Vazirani and
    Yazdanbod, Convex program duality, Fisher markets, and Nash social welfare, EC 2017.
Complexity: O(n m).
"""

from collections.abc import Mapping, Sequence
from math import fsum, inf, log

from econonexus.domain.mechanisms.fisher.buyers import Buyer, Real, is_served, wants

OVERSOLD = 1e-9
"""The part by which sums of floats may exceed a supply."""


def relative_gap(
    buyers: Sequence[Buyer],
    supply: Mapping[str, Real],
    prices: Mapping[str, float],
    shares: Mapping[str, Mapping[str, float]],
) -> float:
    """Dual objective less primal objective, in parts of the money of all buyers who are served.

    It does not change with the units of goods, money or utility. Infinite where the shares oversell or are
    negative, a price is negative, a buyer who is served has nothing, or one could have what it wants for
    nothing.
    """
    if not _is_feasible(supply, prices, shares):
        return inf
    served = [buyer for buyer in buyers if is_served(buyer, supply)]
    money = fsum(float(buyer.budget) for buyer in served)
    if not served:
        return 0.0
    regrets = [_regret(buyer, prices, shares.get(buyer.agent, {})) for buyer in served]
    if inf in regrets:
        return inf
    priced = fsum(float(units) * prices[item] for item, units in supply.items())
    weighted = fsum(float(buyer.budget) * regret for buyer, regret in zip(served, regrets, strict=True))
    # Below zero is rounding: no dual objective is under a primal one.
    return max(0.0, (priced + weighted) / money - 1.0)


def _is_feasible(
    supply: Mapping[str, Real], prices: Mapping[str, float], shares: Mapping[str, Mapping[str, float]]
) -> bool:
    taken: dict[str, list[float]] = {item: [] for item in supply}
    for share in shares.values():
        for item, units in share.items():
            taken[item].append(units)
    fits = all(fsum(units) <= float(supply[item]) * (1.0 + OVERSOLD) for item, units in taken.items())
    return (
        fits
        and all(min(units, default=0.0) >= 0.0 for units in taken.values())
        and min(prices.values(), default=0.0) >= 0.0
    )


def _regret(buyer: Buyer, prices: Mapping[str, float], share: Mapping[str, float]) -> float:
    """log (the utility that the budget can buy at these prices ÷ the utility of the share)."""
    wanted = {item: float(number) for item, number in wants(buyer).items()}
    if buyer.kind == "leontief":
        utility = min(share.get(item, 0.0) / number for item, number in wanted.items())
        cost = fsum(number * prices[item] for item, number in wanted.items())
    else:
        utility = fsum(number * share.get(item, 0.0) for item, number in wanted.items())
        cost = min(prices[item] / number for item, number in wanted.items())
    if utility <= 0.0 or cost <= 0.0:
        return inf
    return log(float(buyer.budget)) - log(cost) - log(utility)
