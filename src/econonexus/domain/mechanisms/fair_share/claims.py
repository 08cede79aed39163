"""What is said to a rule that divides one resource: who wants how much, and with what standing."""

from collections.abc import Sequence

import msgspec


class Claim(msgspec.Struct, frozen=True):
    """`agent` wants up to `units` >= 0. Weights are >= 1; the higher priority goes first."""

    agent: str
    units: int
    weight: int = 1
    priority: int = 0


def check(capacity: int, claims: Sequence[Claim]) -> None:
    """Raises: ValueError where capacity or units are negative, or a weight is below 1."""
    if capacity < 0:
        raise ValueError(f"capacity must be >= 0, not {capacity}")
    for claim in claims:
        if claim.units < 0:
            raise ValueError(f"units of {claim.agent} must be >= 0, not {claim.units}")
        if claim.weight < 1:
            raise ValueError(f"weight of {claim.agent} must be >= 1, not {claim.weight}")
