"""Assets, exchanges and accounts: what must be there before money can move."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import Decision, unknown_account
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import exchange_account, system_account, system_kinds
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State

OPENABLE = frozenset({AccountKind.WALLET, AccountKind.ESCROW})
"""The kinds anyone may open; the system opens the others itself."""
FREEZABLE = OPENABLE | {
    AccountKind.STAKE,
    AccountKind.TREASURY,
    AccountKind.REWARDS,
    AccountKind.INSURANCE,
    AccountKind.EXCHANGE,
}
MAX_DECIMALS = 18


def declare_asset(state: State, command: commands.DeclareAsset, now: Instant) -> Decision | Refusal:
    """Make an asset exist."""
    refusal = forms.name("asset", command.asset) or forms.amount("decimals", command.decimals, least=0)
    if refusal:
        return refusal
    if command.decimals > MAX_DECIMALS:
        return Refusal(
            RefusalCode.AMOUNT_TOO_LARGE, "decimals", command.asset, command.decimals, MAX_DECIMALS
        )
    if command.asset in state.ledger.assets:
        return Refusal(RefusalCode.ASSET_EXISTS, "asset", command.asset)
    for kind in system_kinds(command.asset):
        own = system_account(kind, command.asset)
        if own in state.ledger.accounts:
            return Refusal(RefusalCode.ACCOUNT_EXISTS, "asset", own)
    return (events.AssetDeclared(command.asset, command.decimals),)


def declare_exchange(state: State, command: commands.DeclareExchange, now: Instant) -> Decision | Refusal:
    """Let one asset be traded for another."""
    refusal = forms.name("exchange", command.exchange)
    if refusal:
        return refusal
    rate = command.rate
    if forms.amount("rate.amount", rate.amount) or forms.amount("rate.per_units", rate.per_units):
        return Refusal(RefusalCode.INVALID_RATE, "rate")
    if command.sell == command.buy:
        return Refusal(RefusalCode.SAME_ASSET, "buy", command.buy)
    for field, asset in (("sell", command.sell), ("buy", command.buy)):
        if asset not in state.ledger.assets:
            return Refusal(RefusalCode.UNKNOWN_ASSET, field, asset)
    if command.exchange in state.exchanges.by_id:
        return Refusal(RefusalCode.EXCHANGE_EXISTS, "exchange", command.exchange)
    for asset in (command.sell, command.buy):
        stock = exchange_account(command.exchange, asset)
        if stock in state.ledger.accounts:
            return Refusal(RefusalCode.ACCOUNT_EXISTS, "exchange", stock)
    return (events.ExchangeDeclared(command.exchange, command.sell, command.buy, rate),)


def open_account(state: State, command: commands.OpenAccount, now: Instant) -> Decision | Refusal:
    """Open an account for an owner."""
    refusal = (
        forms.name("account", command.account)
        or forms.name("owner", command.owner)
        or forms.text("label", command.label, forms.MAX_LABEL)
    )
    if refusal:
        return refusal
    if command.asset not in state.ledger.assets:
        return Refusal(RefusalCode.UNKNOWN_ASSET, "asset", command.asset)
    if command.account in state.ledger.accounts:
        return Refusal(RefusalCode.ACCOUNT_EXISTS, "account", command.account)
    budget = None
    if command.budget is not None:
        budget = state.budgets.by_id.get(command.budget)
        if budget is None:
            return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    if command.kind not in OPENABLE:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "kind", command.kind.value)
    if budget is not None and budget.asset != command.asset:
        return Refusal(RefusalCode.ASSET_MISMATCH, "budget", budget.id)
    opened = events.AccountOpened(
        command.account, command.owner, command.kind, command.asset, command.budget, command.label
    )
    return (opened,)


def freeze(state: State, command: commands.FreezeAccount, now: Instant) -> Decision | Refusal:
    """Stop everything new from leaving an account."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    account = state.ledger.accounts.get(command.account)
    if account is None:
        return unknown_account("account", command.account)
    if account.kind not in FREEZABLE:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "account", account.id)
    if account.frozen:
        return Refusal(RefusalCode.ACCOUNT_FROZEN, "account", account.id)
    return (events.AccountFrozen(account.id, command.reason),)


def unfreeze(state: State, command: commands.UnfreezeAccount, now: Instant) -> Decision | Refusal:
    """Let money leave an account again."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    account = state.ledger.accounts.get(command.account)
    if account is None:
        return unknown_account("account", command.account)
    if not account.frozen:
        return Refusal(RefusalCode.ACCOUNT_NOT_FROZEN, "account", account.id)
    return (events.AccountUnfrozen(account.id, command.reason),)
