"""What others are told of money on hold: all but what sealed bids reserve, which would tell their prices.

Only an agent with a wallet of its own sees that wallet in full. A wallet or a budget that several draw on
leaves sealed bids out for all of them, whoever's bids they are.
"""

from econonexus.domain.ids import AccountId, AgentId, Instant
from econonexus.domain.ledger import Account
from econonexus.domain.state import State
from econonexus.domain.subjects.budgets import Budget


def hidden(state: State, account: Account, viewer: AgentId | None) -> int:
    """What an account has on hold that a viewer is not told of: an agent, or None for a person."""
    is_its_own = viewer is not None and account.owner == AccountId(viewer)
    return 0 if is_its_own else state.auctions.sealed.get(account.id, 0)


def held(state: State, account: Account, viewer: AgentId | None) -> int:
    """What an account has on hold, as a viewer is told."""
    return account.held - hidden(state, account, viewer)


def available(state: State, account: Account, viewer: AgentId | None) -> int:
    """What may leave an account now, as a viewer is told; nothing where it is overdrawn."""
    return max(0, account.available + hidden(state, account, viewer))


def held_in(state: State, budget: Budget) -> int:
    """What a budget counts as held, as everybody is told."""
    return budget.held - state.auctions.sealed_in.get(budget.id, 0)


def left_of(state: State, budget: Budget, now: Instant) -> int:
    """What is left of a budget, as everybody is told."""
    return budget.left(now, state.auctions.sealed_in.get(budget.id, 0))
