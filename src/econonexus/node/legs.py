"""What events do to accounts, as lines of statements know it; those of promises, all in one place.

What is kept back for a task, a contract or a challenge is no line of a statement, as little as what a sealed
bid holds is: an account says so itself. Lines tell what came and what went.
"""

from collections.abc import Callable, Mapping
from typing import Never

from econonexus.domain import events

Leg = tuple[str, int, int, str, str, str, str]
"""Account, change of balance, change of what is held, counterparty, about, code, reference."""


def moved(source: str, destination: str, amount: int, code: str = "", reference: str = "") -> tuple[Leg, Leg]:
    """An amount that goes from one account to another."""
    return (
        (source, -amount, 0, destination, "", code, reference),
        (destination, amount, 0, source, "", code, reference),
    )


def _paid(source: str, destination: str, amount: int, code: str, reference: str) -> tuple[Leg, ...]:
    """The same, where it may be nothing."""
    return moved(source, destination, amount, code, reference) if amount else ()


def _slashed(e: events.StakeSlashed) -> tuple[Leg, ...]:
    code = e.offence.value
    lost = _paid(e.source, e.sink, e.amount - e.to_injured, code, e.contract)
    return _paid(e.source, e.injured, e.to_injured, code, e.contract) + lost


def _called(e: events.DebtCalled) -> tuple[Leg, ...]:
    sources = ((e.wallet, e.from_wallet), (e.stake, e.from_stake), (e.pool, e.from_pool))
    return tuple(leg for source, amount in sources for leg in _paid(source, e.account, amount, "", ""))


PROMISED: Mapping[type, Callable[[Never], tuple[Leg, ...]]] = {
    events.StakePosted: lambda e: moved(e.source, e.destination, e.amount, "stake"),
    events.StakeReleased: lambda e: _paid(e.source, e.destination, e.amount, "stake", ""),
    events.StakeSlashed: _slashed,
    events.LossCompensated: lambda e: _paid(e.source, e.injured, e.amount, "loss", e.contract),
    events.ContractSettled: lambda e: _paid(
        e.source, e.destination, e.payment + e.bonus, "contract", e.contract
    ),
    events.DisputeBondLost: lambda e: _paid(e.source, e.destination, e.amount, "dispute", e.contract),
    events.ContractInsured: lambda e: _paid(e.source, e.destination, e.premium, "premium", e.contract),
    events.ClaimPaid: lambda e: _paid(e.source, e.destination, e.amount, "claim", e.contract),
    events.LineDrawn: lambda e: _paid(e.account, e.wallet, e.amount, "line", e.auction),
    events.DebtCalled: _called,
}
"""The events of stakes, contracts and credit lines that move money."""
