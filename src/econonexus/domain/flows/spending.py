"""What leaves an account: funds, frozen accounts, and every budget on the way out.

Shared by all flows that move money or reserve it.
"""

from econonexus.domain import events
from econonexus.domain.ids import AccountId, BudgetId, Instant
from econonexus.domain.kinds import AccountKind, BudgetMode
from econonexus.domain.ledger import Account
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State

Decision = tuple[events.Event, ...]
"""The events a command yields, in order; never empty."""

PAYS = frozenset(AccountKind) - {AccountKind.MINT, AccountKind.BURN, AccountKind.DEBT}
"""The kinds of account that money may be sent from."""
RECEIVES = frozenset(AccountKind) - {AccountKind.MINT, AccountKind.DEBT}
"""The kinds of account that money may be sent to."""


def unknown_account(field: str, account: AccountId) -> Refusal:
    """The account that a field names is not there."""
    return Refusal(RefusalCode.UNKNOWN_ACCOUNT, field, account)


def may_pay(source: Account, destination: Account) -> Refusal | None:
    """Whether money could pass between two accounts at all."""
    if source.kind not in PAYS:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "source", source.id)
    if destination.kind not in RECEIVES:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "destination", destination.id)
    if source.asset != destination.asset:
        return Refusal(RefusalCode.ASSET_MISMATCH, "destination", destination.id)
    return None


def can_afford(source: Account, amount: int) -> Refusal | None:
    """Whether an account may let an amount go now."""
    if source.frozen:
        return Refusal(RefusalCode.ACCOUNT_FROZEN, "source", source.id)
    available = source.balance - source.floor - source.held
    if amount > available:
        return Refusal(RefusalCode.INSUFFICIENT_FUNDS, "amount", source.id, amount, available)
    return None


def has_room(destination: Account, amount: int) -> Refusal | None:
    """Whether a balance may rise by an amount."""
    if destination.balance + amount <= MAX_AMOUNT:
        return None
    room = MAX_AMOUNT - destination.balance
    return Refusal(RefusalCode.BALANCE_TOO_LARGE, "amount", destination.id, amount, room)


def levels_left(state: State, source: Account, destination: Account) -> tuple[BudgetId, ...]:
    """The budgets that money leaves on its way: above the source and not above the destination."""
    if source.budget is None:
        return ()
    levels = state.budgets.chain(source.budget)
    if destination.budget is None:
        return levels
    kept = state.budgets.chain(destination.budget)
    return tuple(level for level in levels if level not in kept)


def within_budgets(
    state: State, levels: tuple[BudgetId, ...], amount: int, now: Instant
) -> Refusal | tuple[events.BudgetOverrun, ...]:
    """Whether every level has `amount` left; soft and observing levels pass it and report the overrun.

    Where several hard levels are exhausted, the refusal names the nearest to the account.
    """
    overruns: list[events.BudgetOverrun] = []
    for level in levels:
        budget = state.budgets.by_id[level]
        left = budget.left(now)
        if amount <= left:
            continue
        if budget.mode is BudgetMode.HARD:
            return Refusal(RefusalCode.BUDGET_EXHAUSTED, "amount", level, amount, left)
        overruns.append(events.BudgetOverrun(level, budget.mode, Amount(amount), Amount(left)))
    return tuple(overruns)


def alerts(state: State, levels: tuple[BudgetId, ...], amount: int, now: Instant) -> Decision:
    """The alerts that spending `amount` at these levels raises."""
    raised: list[events.Event] = []
    for level in levels:
        budget = state.budgets.by_id[level]
        for threshold, spent in budget.due_alerts(amount, now):
            raised.append(events.BudgetAlertRaised(level, threshold, Amount(spent), Amount(budget.limit)))
    return tuple(raised)


def repayment(state: State, receiver: Account, income: int) -> Decision:
    """What of an income goes on to repay the receiver's debt: as much as is owed, before anything else."""
    if receiver.debt is None:
        return ()
    owed = -state.ledger.accounts[receiver.debt].balance
    repaid = min(owed, income)
    if repaid <= 0:
        return ()
    return (events.DebtRepaid(receiver.id, receiver.debt, Amount(repaid)),)
