"""Money that moves at once: mint, burn, transfer, exchange, credit lines."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import (
    RECEIVES,
    Decision,
    alerts,
    can_afford,
    frozen,
    has_room,
    levels_left,
    may_pay,
    payer,
    repayment,
    unknown_account,
    within_budgets,
)
from econonexus.domain.ids import CREDIT, AccountId, BudgetId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account, debt_account, exchange_account, system_account
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent


def transfer(state: State, command: commands.Transfer, now: Instant) -> Decision | Refusal:
    """Move money between two accounts of one asset."""
    refusal = (
        forms.text("code", command.code, forms.MAX_CODE)
        or forms.text("reference", command.reference, forms.MAX_REFERENCE)
        or forms.text("note", command.note, forms.MAX_NOTE)
        or forms.amount("amount", command.amount)
    )
    if refusal:
        return refusal
    if command.source == command.destination:
        return Refusal(RefusalCode.SAME_ACCOUNT, "destination", command.destination)
    accounts, amount = state.ledger.accounts, command.amount
    paying = payer(state, command.source)
    if paying is None:
        return unknown_account("source", command.source)
    source, agent = paying
    destination = accounts.get(command.destination)
    if destination is None:
        return unknown_account("destination", command.destination)
    if source is destination:
        return Refusal(RefusalCode.SAME_ACCOUNT, "destination", command.destination)
    outflow = _outflow(state, source, destination, amount, now, agent)
    if isinstance(outflow, Refusal):
        return outflow
    levels, overruns = outflow
    moved = events.Transferred(
        source.id,
        destination.id,
        amount,
        levels,
        command.code,
        command.reference,
        command.note,
        None if agent is None else agent.id,
    )
    if not levels and not destination.owes:
        return (moved,)  # By far the most common case.
    return (
        *overruns,
        moved,
        *alerts(state, levels, amount, now),
        *repayment(state, destination, amount),
    )


def burn(state: State, command: commands.Burn, now: Instant) -> Decision | Refusal:
    """Take money out of circulation."""
    refusal = _note(command.reason, command.note) or forms.amount("amount", command.amount)
    if refusal:
        return refusal
    source = state.ledger.accounts.get(command.source)
    if source is None:
        return unknown_account("source", command.source)
    sink = state.ledger.accounts[system_account(AccountKind.BURN, source.asset)]
    outflow = _outflow(state, source, sink, command.amount, now)
    if isinstance(outflow, Refusal):
        return outflow
    levels, overruns = outflow
    burned = events.Burned(source.id, sink.id, command.amount, levels, command.reason, command.note)
    return (*overruns, burned, *alerts(state, levels, command.amount, now))


def mint(state: State, command: commands.Mint, now: Instant) -> Decision | Refusal:
    """Issue new money to an account."""
    refusal = _note(command.reason, command.note) or forms.amount("amount", command.amount)
    if refusal:
        return refusal
    destination = state.ledger.accounts.get(command.destination)
    if destination is None:
        return unknown_account("destination", command.destination)
    if destination.kind not in RECEIVES or destination.kind is AccountKind.BURN:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "destination", destination.id)
    source = state.ledger.accounts[system_account(AccountKind.MINT, destination.asset)]
    if source.available < command.amount:
        return Refusal(RefusalCode.BALANCE_TOO_LARGE, "amount", source.id, command.amount, source.available)
    full = has_room(destination, command.amount)
    if full:
        return full
    minted = events.Minted(source.id, destination.id, command.amount, command.reason, command.note)
    return (minted, *repayment(state, destination, command.amount))


def convert(state: State, command: commands.Convert, now: Instant) -> Decision | Refusal:
    """Trade one asset for another at a declared exchange."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    exchange = state.exchanges.by_id.get(command.exchange)
    if exchange is None:
        return Refusal(RefusalCode.UNKNOWN_EXCHANGE, "exchange", command.exchange)
    received = exchange.rate.worth(command.amount)
    if received < 1:
        return Refusal(RefusalCode.AMOUNT_NOT_POSITIVE, "amount", exchange.id, command.amount)
    if received > MAX_AMOUNT:
        return Refusal(RefusalCode.AMOUNT_TOO_LARGE, "amount", exchange.id, received, MAX_AMOUNT)
    accounts = state.ledger.accounts
    stock_in = accounts[exchange_account(exchange.id, exchange.sell)]
    stock_out = accounts[exchange_account(exchange.id, exchange.buy)]
    if command.source == stock_in.id:
        return Refusal(RefusalCode.SAME_ACCOUNT, "source", command.source)
    if command.destination == stock_out.id:
        return Refusal(RefusalCode.SAME_ACCOUNT, "destination", command.destination)
    source, destination = accounts.get(command.source), accounts.get(command.destination)
    if source is None:
        return unknown_account("source", command.source)
    if destination is None:
        return unknown_account("destination", command.destination)
    refusal = earliest(
        may_pay(source, stock_in),
        may_pay(stock_out, destination),
        has_room(stock_in, command.amount),
        has_room(destination, received),
        can_afford(state, source, command.amount),
        can_afford(state, stock_out, received),
    )
    if refusal:
        return refusal
    levels = levels_left(state, source, stock_in)
    overruns = within_budgets(state, levels, command.amount, now)
    if isinstance(overruns, Refusal):
        return overruns
    converted = events.Converted(
        exchange.id, source.id, stock_in.id, command.amount, stock_out.id, destination.id, received, levels
    )
    return (
        *overruns,
        converted,
        *alerts(state, levels, command.amount, now),
        *repayment(state, destination, received),
    )


def set_credit_line(state: State, command: commands.SetCreditLine, now: Instant) -> Decision | Refusal:
    """Say how far a wallet may go into debt."""
    refusal = forms.amount("limit", command.limit, least=0)
    if refusal:
        return refusal
    debt = debt_account(command.account)
    other = state.ledger.accounts.get(debt)
    if other is not None and other.kind is not AccountKind.DEBT:
        return Refusal(RefusalCode.ACCOUNT_EXISTS, "account", debt)
    wallet = _credit_wallet(state, command.account)
    if isinstance(wallet, Refusal):
        return wallet
    owed = -other.balance if other is not None else 0
    if command.limit < owed:
        return Refusal(RefusalCode.CREDIT_LINE_IN_USE, "limit", debt, command.limit, owed)
    return (events.CreditLineSet(wallet.id, debt, wallet.owner, command.limit),)


def draw_credit(state: State, command: commands.DrawCredit, now: Instant) -> Decision | Refusal:
    """Draw on a wallet's credit line."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    wallet = _credit_wallet(state, command.account)
    if isinstance(wallet, Refusal):
        return wallet
    full = has_room(wallet, command.amount)
    if full:
        return full
    stopped = frozen(state, wallet)
    if stopped:
        return stopped
    debt = state.ledger.accounts[wallet.debt] if wallet.debt else None
    available = max(0, debt.available) if debt else 0
    if debt is None or command.amount > available:
        return Refusal(RefusalCode.CREDIT_LINE_EXCEEDED, "amount", wallet.id, command.amount, available)
    return (events.CreditDrawn(debt.id, wallet.id, command.amount),)


def _outflow(
    state: State,
    source: Account,
    destination: Account,
    amount: Amount,
    now: Instant,
    agent: Agent | None = None,
) -> Refusal | tuple[tuple[BudgetId, ...], tuple[events.BudgetOverrun, ...]]:
    """Whether an amount may go from source to destination: the budgets it leaves, and which it overruns."""
    refusal = (
        may_pay(source, destination)
        or has_room(destination, amount)
        or can_afford(state, source, amount, agent)
    )
    if refusal:
        return refusal
    levels = levels_left(state, source, destination, agent)
    if not levels:
        return levels, ()
    overruns = within_budgets(state, levels, amount, now)
    return overruns if isinstance(overruns, Refusal) else (levels, overruns)


def _note(reason: str, note: str) -> Refusal | None:
    return forms.text("reason", reason, forms.MAX_REASON) or forms.text("note", note, forms.MAX_NOTE)


def _credit_wallet(state: State, name: AccountId) -> Account | Refusal:
    """The wallet a credit line may belong to."""
    wallet = state.ledger.accounts.get(name)
    if wallet is None:
        return unknown_account("account", name)
    if wallet.kind is not AccountKind.WALLET:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "account", name)
    if wallet.asset != CREDIT:
        return Refusal(RefusalCode.CREDIT_ONLY, "account", name)
    return wallet
