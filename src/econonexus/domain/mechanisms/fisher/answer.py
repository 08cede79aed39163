"""An equilibrium as plain values, shaped as `econonexus clear` and the API say it."""

from collections.abc import Mapping, Sequence
from math import fsum, isfinite

from econonexus.domain.mechanisms.fisher.buyers import Buyer, wants
from econonexus.domain.mechanisms.fisher.market import Equilibrium


def answer_of(buyers: Sequence[Buyer], found: Equilibrium, checked: bool = False) -> dict[str, object]:
    """The equilibrium in plain values, with the same keys whatever comes of it; `checked` fills `properties`.

    `allocation` has an entry for each buyer who gets something, `revenue` is all the money paid, and
    `welfare` the sum of what each buyer's utility function says of its share, each in its own measure. The
    gap is None where there is no bound.
    """
    allocation = [_entry(buyer.agent, found) for buyer in buyers if _bought(buyer.agent, found)]
    return {
        "mechanism": "fisher",
        "status": "cleared" if allocation else "no_sale",
        "allocation": allocation,
        "welfare": fsum(_utility(buyer, found.shares[buyer.agent]) for buyer in buyers),
        "revenue": fsum(_payment(buyer.agent, found) for buyer in buyers),
        "prices": dict(found.prices),
        "shares": {agent: dict(share) for agent, share in found.shares.items()},
        "excess_demand": dict(found.excess_demand),
        "unserved": list(found.unserved),
        "optimal": found.converged,
        "gap": found.gap if isfinite(found.gap) else None,
        "properties": {"within_tolerance": found.converged} if checked else {},
    }


def _entry(agent: str, found: Equilibrium) -> dict[str, object]:
    return {"agent": agent, "items": _bought(agent, found), "payment": _payment(agent, found)}


def _bought(agent: str, found: Equilibrium) -> dict[str, float]:
    return {item: units for item, units in found.shares[agent].items() if units}


def _payment(agent: str, found: Equilibrium) -> float:
    return fsum(found.prices[item] * units for item, units in _bought(agent, found).items())


def _utility(buyer: Buyer, share: Mapping[str, float]) -> float:
    wanted = {item: float(number) for item, number in wants(buyer).items()}
    if buyer.kind == "leontief":
        return min((share.get(item, 0.0) / number for item, number in wanted.items()), default=0.0)
    return fsum(share.get(item, 0.0) * number for item, number in wanted.items())
