"""How what is pledged for a bid or a commitment is reserved, paid and freed again."""

from econonexus.domain.ids import Instant
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount
from econonexus.domain.state import State


def reserve(state: State, pledge: Pledge, sign: int = 1) -> None:
    """Reserve what is pledged, in the account and in every budget; free it again where `sign` is -1."""
    state.ledger.reserve(pledge, sign)
    if pledge.line is not None:
        state.lines.reserve(pledge, sign)
    if pledge.budgets:
        state.budgets.bid(pledge.budgets, sign * pledge.amount, sign)


def pay(state: State, pledge: Pledge, amount: Amount, at: Instant) -> None:
    """Move what is paid of a pledge; what it reserves is freed by the caller."""
    state.ledger.move(pledge.source, pledge.destination, amount)
    if pledge.budgets:
        state.budgets.spend(pledge.budgets, amount, at)
