"""What one decision does to balances, added up while it is made, so that each part of it sees what is left.

A decision is made from the state before it. Where several of its events move money into and out of the same
accounts, each must count what those before it have moved.
"""

from econonexus.domain import events
from econonexus.domain.flows.spending import Decision, alerts, repayment
from econonexus.domain.ids import AccountId, BudgetId, Instant
from econonexus.domain.ledger import Account, Pledge
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.state import State


class Tally:
    """The movements of one decision, in their order."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._moved: dict[AccountId, int] = {}
        self._freed: dict[AccountId, int] = {}
        self._income: dict[AccountId, int] = {}
        self._spent: dict[BudgetId, int] = {}

    def free(self, pledge: Pledge) -> None:
        """What was reserved is so no more."""
        self._freed[pledge.source] = self._freed.get(pledge.source, 0) + pledge.amount

    def move(
        self, source: AccountId, destination: AccountId, amount: int, levels: tuple[BudgetId, ...] = ()
    ) -> None:
        """So much goes from one account to another, and counts as spent in these budgets."""
        if not amount or source == destination:
            return
        self._moved[source] = self._moved.get(source, 0) - amount
        self._moved[destination] = self._moved.get(destination, 0) + amount
        self._income[destination] = self._income.get(destination, 0) + amount
        for level in levels:
            self._spent[level] = self._spent.get(level, 0) + amount

    def available(self, account: Account) -> int:
        """What may leave an account after all this."""
        moved, freed = self._moved.get(account.id, 0), self._freed.get(account.id, 0)
        return max(0, account.available + moved + freed)

    def room(self, account: Account) -> int:
        """By how much a balance may still rise."""
        return MAX_AMOUNT - account.balance - self._moved.get(account.id, 0)

    def follow_ups(self, now: Instant) -> Decision:
        """What follows from all this: alerts of budgets, and debts, which income repays before anything."""
        raised: list[events.Event] = []
        for level, amount in self._spent.items():
            raised += alerts(self._state, (level,), amount, now)
        for receiver, amount in self._income.items():
            raised += repayment(self._state, self._state.ledger.accounts[receiver], amount)
        return tuple(raised)
