"""Assets, the accounts that hold them, and exchanges between them."""

from econonexus.domain.events.form import EventForm, Private
from econonexus.domain.ids import AccountId, AssetId, BudgetId, ExchangeId
from econonexus.domain.kinds import AccountKind
from econonexus.domain.money import Amount, Price


class AssetDeclared(EventForm, frozen=True, tag="asset_declared/1"):
    """An asset exists, with its system accounts."""

    asset: AssetId
    decimals: int


class ExchangeDeclared(EventForm, frozen=True, tag="exchange_declared/1"):
    """`sell` can be traded for `buy` at `rate`, out of the exchange's own two accounts."""

    exchange: ExchangeId
    sell: AssetId
    buy: AssetId
    rate: Price


class Converted(EventForm, frozen=True, tag="converted/1"):
    """`given` went from source to the exchange, `received` from the exchange to destination."""

    exchange: ExchangeId
    source: AccountId
    stock_in: AccountId
    given: Amount
    stock_out: AccountId
    destination: AccountId
    received: Amount
    budgets: tuple[BudgetId, ...] = ()


class AccountOpened(EventForm, frozen=True, tag="account_opened/1"):
    """An account exists, empty."""

    account: AccountId
    owner: AccountId
    kind: AccountKind
    asset: AssetId
    budget: BudgetId | None = None
    label: Private = ""


class AccountFrozen(EventForm, frozen=True, tag="account_frozen/1"):
    """Nothing new leaves the account."""

    account: AccountId
    reason: str = ""


class AccountUnfrozen(EventForm, frozen=True, tag="account_unfrozen/1"):
    """Money may leave the account again."""

    account: AccountId
    reason: str = ""
