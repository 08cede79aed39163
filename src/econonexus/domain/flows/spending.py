"""What leaves an account: who pays, what is frozen, funds, and every budget on the way out.

Shared by all flows that move money or reserve it.
"""

from econonexus.domain import events
from econonexus.domain.ids import CREDIT, AccountId, BudgetId, Instant
from econonexus.domain.kinds import AccountKind, BudgetMode
from econonexus.domain.ledger import Account
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent

Decision = tuple[events.Event, ...]
"""The events a command yields, in order; never empty."""

PAYS = frozenset(AccountKind) - {AccountKind.MINT, AccountKind.BURN, AccountKind.DEBT, AccountKind.STAKE}
"""The kinds of account that money may be sent from; what is at stake leaves by rules of its own."""
RECEIVES = frozenset(AccountKind) - {AccountKind.MINT, AccountKind.DEBT, AccountKind.STAKE}
"""The kinds of account that money may be sent to; what is put at stake gets there by rules of its own."""


def unknown_account(field: str, account: AccountId) -> Refusal:
    """The account that a field names is not there."""
    return Refusal(RefusalCode.UNKNOWN_ACCOUNT, field, account)


def payer(state: State, name: AccountId) -> tuple[Account, Agent | None] | None:
    """The account that pays where `name` is asked to, and the agent if it pays from its team's wallet."""
    account = state.ledger.accounts.get(name)
    if account is not None:
        return account, None
    agent = state.agents.owned_by(name)
    if agent is None or agent.team is None:
        return None
    return state.ledger.accounts[AccountId(agent.team)], agent


def earner(state: State, agent: Agent) -> Account:
    """Where what an agent earns or is given back goes: its wallet, or its team's."""
    own = state.ledger.accounts.get(AccountId(agent.id))
    if own is not None and own.asset == CREDIT and own.kind in RECEIVES:
        return own
    assert agent.team is not None, "every agent has a wallet, or a team that has"
    return state.ledger.accounts[AccountId(agent.team)]


def frozen(state: State, source: Account, agent: Agent | None = None) -> Refusal | None:
    """Whether anything stops new money from leaving an account: itself, the agent that owns it, its team."""
    if source.frozen:
        return Refusal(RefusalCode.ACCOUNT_FROZEN, "source", source.id)
    if not state.agents.teams and not state.agents.by_id:
        return None
    spender = agent or state.agents.owned_by(source.owner)
    if spender is not None and spender.frozen:
        return Refusal(RefusalCode.AGENT_FROZEN, "source", spender.id)
    team = state.agents.team_of(source.owner)
    if team is not None and team.frozen:
        return Refusal(RefusalCode.TEAM_FROZEN, "source", team.id)
    return None


def may_pay(source: Account, destination: Account) -> Refusal | None:
    """Whether money could pass between two accounts at all."""
    if source.kind not in PAYS:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "source", source.id)
    if destination.kind not in RECEIVES:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "destination", destination.id)
    if source.asset != destination.asset:
        return Refusal(RefusalCode.ASSET_MISMATCH, "destination", destination.id)
    return None


def can_afford(state: State, source: Account, amount: int, agent: Agent | None = None) -> Refusal | None:
    """Whether an account may let an amount go now.

    What it has is not told where that would tell what a sealed bid holds.
    """
    stopped = frozen(state, source, agent)
    if stopped:
        return stopped
    available = source.balance - source.floor - source.held
    if amount > available:
        is_sealed = source.id in state.auctions.sealed
        told = None if is_sealed else available
        return Refusal(RefusalCode.INSUFFICIENT_FUNDS, "amount", source.id, amount, told)
    return None


def has_room(destination: Account, amount: int) -> Refusal | None:
    """Whether a balance may rise by an amount."""
    if destination.balance + amount <= MAX_AMOUNT:
        return None
    room = MAX_AMOUNT - destination.balance
    return Refusal(RefusalCode.BALANCE_TOO_LARGE, "amount", destination.id, amount, room)


def above(state: State, account: Account, agent: Agent | None = None) -> tuple[BudgetId, ...]:
    """The budgets above an account, nearest first.

    Above the agent that owns it, or `agent` where that one draws on its team's wallet; above the account;
    and above the wallet of the team. So whatever stands above a team limits all its agents.
    """
    levels = state.budgets.chain(account.budget) if account.budget is not None else ()
    if not state.agents.teams and not state.agents.by_id:
        return levels
    spender = agent or state.agents.owned_by(account.owner)
    if spender is not None and spender.budget is not None:
        levels = _together(state.budgets.chain(spender.budget), levels)
    team = state.agents.team_of(account.owner)
    shared = None if team is None else state.ledger.accounts[AccountId(team.id)].budget
    if shared is None or shared == account.budget:
        return levels
    return _together(levels, state.budgets.chain(shared))


def _together(levels: tuple[BudgetId, ...], more: tuple[BudgetId, ...]) -> tuple[BudgetId, ...]:
    return (*levels, *(level for level in more if level not in levels))


def levels_left(
    state: State, source: Account, destination: Account, agent: Agent | None = None
) -> tuple[BudgetId, ...]:
    """The budgets that money leaves on its way: above the source and not above the destination."""
    levels = above(state, source, agent)
    if not levels:
        return levels
    kept = above(state, destination)
    return tuple(level for level in levels if level not in kept) if kept else levels


def levels_counted(
    state: State,
    source: Account,
    destination: Account,
    named: BudgetId | None,
    agent: Agent | None,
) -> tuple[BudgetId, ...] | Refusal:
    """The budgets a hold counts against: those above the account, or from the named one upward as well.

    Those that also stand above the destination are left out, as the money does not leave them.
    """
    levels = above(state, source, agent)
    if named is not None and named not in levels[:1]:
        if state.budgets.by_id[named].asset != source.asset:
            return Refusal(RefusalCode.ASSET_MISMATCH, "budget", named)
        run = state.budgets.chain(named)
        if levels and levels[0] not in run:
            return Refusal(RefusalCode.BUDGET_NOT_BENEATH, "budget", named)
        levels = (*run, *(level for level in levels if level not in run))
    kept = above(state, destination) if levels else ()
    return tuple(level for level in levels if level not in kept) if kept else levels


def within_budgets(
    state: State, levels: tuple[BudgetId, ...], amount: int, now: Instant, field: str = "amount"
) -> Refusal | tuple[events.BudgetOverrun, ...]:
    """Whether every level has `amount` left; soft and observing levels pass it and report the overrun.

    Where several hard levels are exhausted, the refusal names the nearest to the account. `field` is the
    command's that asks for the amount. What sealed bids hold counts for hard levels, and is not told; for the
    others it counts once it is paid.
    """
    if not levels:
        return ()
    overruns: list[events.BudgetOverrun] = []
    for level in levels:
        budget = state.budgets.by_id[level]
        sealed = state.auctions.sealed_in.get(level, 0)
        if budget.mode is BudgetMode.HARD:
            left = budget.left(now)
            if amount > left:
                return Refusal(RefusalCode.BUDGET_EXHAUSTED, field, level, amount, None if sealed else left)
        elif amount > (left := budget.left(now, sealed)):
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
    """What of an income goes on to repay the receiver's debts: as much as is owed, before anything else.

    What it was lent for bids and orders comes first, since that falls due.
    """
    if not receiver.owes:
        return ()
    repaid: list[events.Event] = []
    for debt in (receiver.line, receiver.debt):
        owed = 0 if debt is None else -state.ledger.accounts[debt].balance
        amount = min(owed, income)
        if debt is not None and amount > 0:
            repaid.append(events.DebtRepaid(receiver.id, debt, Amount(amount)))
            income -= amount
    return tuple(repaid)
