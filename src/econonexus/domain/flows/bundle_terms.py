"""Whether what a market's terms say of bundles can be."""

from econonexus.domain.ids import ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.terms import Terms


def odd_bundles(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """What is out of range, or is said where no bundles are sold."""
    if terms.reserves and mechanism is not Mechanism.COMBINATORIAL:
        return _odd("reserves")
    if any(price.__class__ is not int or not 0 <= price <= MAX_AMOUNT for price in terms.reserves.values()):
        return _odd("reserves")
    for field in ("clearing", "time_limit"):
        if not _is_long(getattr(terms, field)):
            return _odd(field)
    # A solver that may take longer than anybody waits would be asked for nothing.
    return None if terms.time_limit <= terms.clearing else _odd("time_limit")


def unsold_reserves(resources: tuple[ResourceId, ...], terms: Terms) -> Refusal | None:
    """Whether a reserve is set for an item that the market does not sell."""
    for item in terms.reserves:
        if item not in resources:
            return Refusal(RefusalCode.INVALID_TERMS, "reserves", item)
    return None


def _is_long(duration: int) -> bool:
    return duration.__class__ is int and 1 <= duration <= MAX_AMOUNT


def _odd(field: str) -> Refusal:
    return Refusal(RefusalCode.INVALID_TERMS, field)
