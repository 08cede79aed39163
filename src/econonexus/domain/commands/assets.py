"""Assets, the accounts that hold them, and exchanges between them."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import CREDIT, AccountId, AssetId, BudgetId, ExchangeId
from econonexus.domain.kinds import AccountKind
from econonexus.domain.money import Amount, Price


class DeclareAsset(CommandForm, frozen=True):
    """Make an asset exist, with its system accounts.

    `credit` gets `mint`, `burn`, `treasury`, `rewards`, `insurance` and `escrow`; any other asset gets
    the first three and `escrow`, named `mint:usd` and so on. `decimals`, 0 to 18, only says how people
    like to read it. Refused: `asset_exists`, `account_exists` (of a system account's name).
    """

    asset: AssetId
    decimals: int = 6


class DeclareExchange(CommandForm, frozen=True):
    """Let accounts trade `sell` for `buy` at `rate`: `rate.amount` of `buy` per `rate.per_units` of `sell`.

    Opens two accounts, `exchange:<id>:<asset>`, which the operator stocks by transfers.
    Refused: `invalid_rate`, `same_asset`, `unknown_asset`, `exchange_exists`, `account_exists` (of
    its accounts' names).
    """

    exchange: ExchangeId
    sell: AssetId
    buy: AssetId
    rate: Price


class Convert(CommandForm, frozen=True):
    """Trade `amount` of the source's asset at a declared exchange, into the destination's asset.

    What is received is rounded down once, and must be an amount itself. The exchange's own accounts
    cannot trade with it. Refused: `same_account`, `unknown_exchange`, `unknown_account`,
    `wrong_account_kind`, `asset_mismatch`, `balance_too_large`, `account_frozen`, `agent_frozen`,
    `team_frozen`, `insufficient_funds` (of the source, or of the exchange's stock), `budget_exhausted`.
    """

    exchange: ExchangeId
    source: AccountId
    destination: AccountId
    amount: Amount


class OpenAccount(CommandForm, frozen=True):
    """Open an account of one asset for an owner.

    `kind` is `wallet` or `escrow`; the system opens the others itself. `budget` limits all that
    leaves the account. `label` is personal text of at most 256 characters, never part of the
    economy's state. Refused: `unknown_asset`, `account_exists`, `unknown_budget`,
    `wrong_account_kind`, `asset_mismatch`.
    """

    account: AccountId
    owner: AccountId
    kind: AccountKind = AccountKind.WALLET
    asset: AssetId = CREDIT
    budget: BudgetId | None = None
    label: str = ""


class FreezeAccount(CommandForm, frozen=True):
    """Stop everything new from leaving an account; what is on hold may still settle, income may come.

    Refused: `unknown_account`, `wrong_account_kind`, `account_frozen`.
    """

    account: AccountId
    reason: str = ""


class UnfreezeAccount(CommandForm, frozen=True):
    """Let money leave a frozen account again. Refused: `unknown_account`, `account_not_frozen`."""

    account: AccountId
    reason: str = ""
