"""Everything that can be asked of the economy.

A command either is refused, and nothing changes, or yields events. Amounts are whole numbers of the
asset's smallest unit, instants are nanoseconds UTC, and every id is a name as `ids` defines it. Each
docstring says what the command does and what it may be refused for, beside what its form forbids
(`invalid_id`, `text_too_long`, `amount_not_integer`, `amount_not_positive`, `amount_too_large`).
"""

import msgspec

from econonexus.domain.charges import Charge
from econonexus.domain.ids import (
    CREDIT,
    AccountId,
    AgentId,
    AssetId,
    BudgetId,
    Duration,
    ExchangeId,
    HoldId,
    Instant,
    KeyDigest,
    KeyId,
    TeamId,
)
from econonexus.domain.kinds import AccountKind, BudgetMode, Mode, Role, Unreported
from econonexus.domain.money import Amount, Ppm, Price


class _Command(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """What all commands share."""


class DeclareAsset(_Command, frozen=True):
    """Make an asset exist, with its system accounts.

    `credit` gets `mint`, `burn`, `treasury`, `rewards`, `insurance` and `escrow`; any other asset gets
    the first three and `escrow`, named `mint:usd` and so on. `decimals`, 0 to 18, only says how people
    like to read it. Refused: `asset_exists`, `account_exists` (of a system account's name).
    """

    asset: AssetId
    decimals: int = 6


class DeclareExchange(_Command, frozen=True):
    """Let accounts trade `sell` for `buy` at `rate`: `rate.amount` of `buy` per `rate.per_units` of `sell`.

    Opens two accounts, `exchange:<id>:<asset>`, which the operator stocks by transfers.
    Refused: `invalid_rate`, `same_asset`, `unknown_asset`, `exchange_exists`, `account_exists` (of
    its accounts' names).
    """

    exchange: ExchangeId
    sell: AssetId
    buy: AssetId
    rate: Price


class Convert(_Command, frozen=True):
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


class OpenAccount(_Command, frozen=True):
    """Open an account of one asset for an owner.

    `kind` is `wallet`, `stake` or `escrow`; the system opens the others itself. `budget` limits all that
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


class FreezeAccount(_Command, frozen=True):
    """Stop everything new from leaving an account; what is on hold may still settle, income may come.

    Refused: `unknown_account`, `wrong_account_kind`, `account_frozen`.
    """

    account: AccountId
    reason: str = ""


class UnfreezeAccount(_Command, frozen=True):
    """Let money leave a frozen account again. Refused: `unknown_account`, `account_not_frozen`."""

    account: AccountId
    reason: str = ""


class Mint(_Command, frozen=True):
    """Issue new money to an account.

    Refused: `unknown_account`, `wrong_account_kind`, `balance_too_large`.
    """

    destination: AccountId
    amount: Amount
    reason: str = ""
    note: str = ""


class Burn(_Command, frozen=True):
    """Take money out of circulation.

    Refused: `unknown_account`, `wrong_account_kind`, `balance_too_large`, `account_frozen`,
    `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    source: AccountId
    amount: Amount
    reason: str = ""
    note: str = ""


class Transfer(_Command, frozen=True):
    """Move money between two accounts of one asset; the command's id is the transfer's id.

    `code` says why (at most 64 characters), `reference` what it is about (256), `note` is personal text
    (1,024). Where `source` names an agent without a wallet, its team's pays. It counts against every
    budget the money leaves: those above the source that are not also above the destination. Income repays
    the receiver's debt first. Refused: `same_account`, `unknown_account`, `wrong_account_kind`,
    `asset_mismatch`, `balance_too_large`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    source: AccountId
    destination: AccountId
    amount: Amount
    code: str = ""
    reference: str = ""
    note: str = ""


class SetCreditLine(_Command, frozen=True):
    """Let a `credit` wallet draw up to `limit` (0 closes the line) into a debt account `debt:<wallet>`.

    Refused: `account_exists` (of the debt account's name), `unknown_account`, `wrong_account_kind`,
    `credit_only`, `credit_line_in_use`.
    """

    account: AccountId
    limit: Amount


class DrawCredit(_Command, frozen=True):
    """Draw on a wallet's credit line: the wallet rises, its debt account falls.

    Refused: `unknown_account`, `wrong_account_kind`, `credit_only`, `balance_too_large`,
    `account_frozen`, `agent_frozen`, `team_frozen`, `credit_line_exceeded`.
    """

    account: AccountId
    amount: Amount


class PlaceHold(_Command, frozen=True):
    """Reserve money in an account for one destination (default: the asset's burn account).

    The money stays, but is no longer available. The hold ends by `PostHold`, `VoidHold`, or by itself at
    `expires_at`: `unreported` says whether it is released then or paid in full. Where `source` names an
    agent without a wallet, its team's pays. It counts against the account's budget and all above it, or
    against `budget`, which must be that one or beneath it (a run). `also` are up to 8 further limits it
    counts against, each in its own unit: the budget named and all above it, none of which it may count in
    already. Refused: `invalid_charge`, `same_account`, `unknown_account`, `unknown_budget`, `hold_exists`,
    `wrong_account_kind`, `asset_mismatch`, `budget_not_beneath`, `budget_counted_twice`,
    `deadline_passed`, `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`,
    `budget_exhausted`.
    """

    hold: HoldId
    source: AccountId
    amount: Amount
    expires_at: Instant
    destination: AccountId | None = None
    budget: BudgetId | None = None
    code: str = ""
    reference: str = ""
    also: tuple[Charge, ...] = ()
    unreported: Unreported = Unreported.RELEASE


class TopUpHold(_Command, frozen=True):
    """Add to a running hold, and move its deadline later where `expires_at` is given.

    `also` adds to its further limits, or names new ones; with it, `amount` may be 0. Refused:
    `invalid_charge`, `unknown_budget`, `unknown_hold`, `budget_counted_twice`, `deadline_passed`,
    `hold_already_settled`, `hold_expired`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    hold: HoldId
    amount: Amount
    expires_at: Instant | None = None
    also: tuple[Charge, ...] = ()


class PostHold(_Command, frozen=True):
    """Pay any amount up to the hold to its destination and release the rest.

    `also` says what was really used of its further limits; one that it does not name counts in full.
    Where `agent` says who asks, a hold that this agent did not place is as good as unknown. Refused:
    `invalid_charge`, `unknown_hold`, `hold_already_settled`, `hold_expired`, `amount_over_hold`,
    `balance_too_large`.
    """

    hold: HoldId
    amount: Amount
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class VoidHold(_Command, frozen=True):
    """Release a hold whole; `agent` as in `PostHold`.

    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`.
    """

    hold: HoldId
    agent: AgentId | None = None


class ExpireHold(_Command, frozen=True):
    """End a hold whose deadline has come, as its `unreported` says; the node asks this by itself.

    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`, `hold_not_due`.
    """

    hold: HoldId


class SettleUnreported(_Command, frozen=True):
    """Pay a hold in full, as nobody is left who could say what was used, as after a crash.

    Its `also` counts in full too. Where the destination has no room for all of it, the rest is released.
    It stays on the list of the unreported until `ReconcileHold`.
    Refused: `unknown_hold`, `hold_already_settled`, `hold_expired`.
    """

    hold: HoldId


class ReconcileHold(_Command, frozen=True):
    """Say what a hold that nobody had reported, and that was paid in full, really was: `amount`, or 0.

    The difference goes back from the destination to the source, frozen or not, and repays no debt. It
    comes out of what is spent in the hold's budgets wherever the window of the settlement still runs.
    `also` as in `PostHold`. Refused: `invalid_charge`, `unknown_hold`, `hold_still_open`,
    `hold_already_settled`, `hold_expired`, `amount_over_hold`, `balance_too_large`, `insufficient_funds`
    (of the destination).
    """

    hold: HoldId
    amount: Amount
    also: tuple[Charge, ...] = ()


class RecordUsage(_Command, frozen=True):
    """Say what an agent used without a hold to pay it from: no money moves and no limit counts it.

    It is there for reports: where the gateway only watches, and where more was used than could be held.
    `refused` is the code of the refusal that `enforce` would have given, if any (64). `budget` as in
    `PlaceHold`. Refused: `unknown_agent`, `unknown_budget`, `asset_mismatch`, `budget_not_beneath`.
    """

    agent: AgentId
    amount: Amount
    code: str = ""
    reference: str = ""
    refused: str = ""
    budget: BudgetId | None = None


class CreateBudget(_Command, frozen=True):
    """Make a limit on what leaves the accounts and budgets beneath it.

    `limit` is per window of `window` nanoseconds, aligned to the budget's creation, or for ever where
    `window` is 0. What a window leaves over is carried into the next up to `carry_over`. `alerts` are
    shares of the limit at which spending raises one alert a window: at most 8, ascending, each in
    1..1,000,000 ppm. A budget of `credit` that bears the name of an agent or a team limits it at once,
    where nothing else does or where it stands beneath what does. Refused: `invalid_budget_rule`,
    `unknown_asset`, `budget_exists`, `unknown_budget`, `asset_mismatch`, `budget_too_deep`.
    """

    budget: BudgetId
    limit: Amount
    parent: BudgetId | None = None
    asset: AssetId = CREDIT
    window: Duration = Duration(0)
    carry_over: Amount = Amount(0)
    mode: BudgetMode = BudgetMode.HARD
    alerts: tuple[Ppm, ...] = (Ppm(800_000), Ppm(1_000_000))


class ChangeBudget(_Command, frozen=True):
    """Replace a budget's limit, carry-over, mode and alerts; what was spent and held stays.

    A limit below what is spent and held leaves nothing until that is less.
    Refused: `invalid_budget_rule`, `unknown_budget`.
    """

    budget: BudgetId
    limit: Amount
    carry_over: Amount = Amount(0)
    mode: BudgetMode = BudgetMode.HARD
    alerts: tuple[Ppm, ...] = (Ppm(800_000), Ppm(1_000_000))


class CloseBudget(_Command, frozen=True):
    """Remove a budget that nothing uses, as at the end of a run.

    Refused: `unknown_budget`, `budget_in_use`.
    """

    budget: BudgetId


class AssignBudget(_Command, frozen=True):
    """Put an account beneath a budget, or beneath none; or an agent that has no account of its own.

    What stands above a team's wallet limits all that its agents own as well. Holds placed before go on
    counting where they were placed. Refused: `unknown_account`, `unknown_budget`, `wrong_account_kind`,
    `asset_mismatch`.
    """

    account: AccountId
    budget: BudgetId | None


class CreateTeam(_Command, frozen=True):
    """Make a team, with a wallet of the same name.

    `budget` limits what leaves the team's wallet and all that its agents own; where none is named, the
    budget of the team's own name does, if there is one. Refused: `team_exists`, `agent_exists`,
    `account_exists`, `unknown_budget`, `asset_mismatch`.
    """

    team: TeamId
    budget: BudgetId | None = None


class FreezeTeam(_Command, frozen=True):
    """Stop everything new from leaving what a team and its agents own; income may come.

    Refused: `unknown_team`, `team_frozen`.
    """

    team: TeamId
    reason: str = ""


class UnfreezeTeam(_Command, frozen=True):
    """Let a team and its agents spend again. Refused: `unknown_team`, `team_not_frozen`."""

    team: TeamId
    reason: str = ""


class CreateAgent(_Command, frozen=True):
    """Make an agent, with a wallet of the same name, some money and its first key.

    Without a `wallet` of its own it pays from its team's. `owner` is who answers for it: the team by
    default, or else the agent itself. `credits` are minted into the wallet. `budget` limits what the
    agent spends, besides the budgets above its team; where none is named, the budget of the agent's own
    name does, if there is one. `weight` is 1 to 1,000,000, `priority` -1,000 to 1,000, higher first;
    `capabilities` are at most 64 names, `models` too (none: every model); `metadata` are at most 16
    declared facts of 64 characters to 256, no place for anything personal. `key` names the key whose
    secret has the digest `key_digest`; both or none. Refused: `invalid_agent`, `invalid_key`,
    `team_exists` (of its name), `unknown_team`, `agent_exists`, `key_exists`, `account_exists`,
    `unknown_budget`, `asset_mismatch`, `balance_too_large`.
    """

    agent: AgentId
    team: TeamId | None = None
    owner: AccountId | None = None
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()
    credits: Amount = Amount(0)  # The money's own name.
    wallet: bool = True
    budget: BudgetId | None = None
    key: KeyId | None = None
    key_digest: KeyDigest = KeyDigest("")


class ChangeAgent(_Command, frozen=True):
    """Replace those properties of an agent that are given; the others stay as they are.

    Their bounds are those of `CreateAgent`. `budget` puts it beneath another budget; `AssignBudget` takes
    it from beneath all. Refused: `invalid_agent`, `unknown_agent`, `unknown_budget`, `asset_mismatch`.
    """

    agent: AgentId
    weight: int | None = None
    priority: int | None = None
    models: tuple[str, ...] | None = None
    capabilities: tuple[str, ...] | None = None
    metadata: dict[str, str] | None = None
    budget: BudgetId | None = None


class FreezeAgent(_Command, frozen=True):
    """Stop everything new from leaving what an agent owns; what is on hold may settle, income may come.

    Refused: `unknown_agent`, `agent_frozen`.
    """

    agent: AgentId
    reason: str = ""


class UnfreezeAgent(_Command, frozen=True):
    """Let an agent spend again. Refused: `unknown_agent`, `agent_not_frozen`."""

    agent: AgentId
    reason: str = ""


class IssueKey(_Command, frozen=True):
    """Let whoever knows a secret act as `holder` in a role; only the secret's digest is ever told.

    The holder of an agent's key is an agent; of the others, a person or a service by any name.
    Refused: `invalid_key`, `unknown_agent`, `key_exists`.
    """

    key: KeyId
    holder: str
    role: Role
    digest: KeyDigest


class RotateKey(_Command, frozen=True):
    """Replace a key's secret; the old one is worth nothing at once.

    Refused: `invalid_key`, `key_exists`, `unknown_key`.
    """

    key: KeyId
    digest: KeyDigest


class RevokeKey(_Command, frozen=True):
    """End a key for good. Refused: `unknown_key`."""

    key: KeyId
    reason: str = ""


class SetMode(_Command, frozen=True):
    """Say how far a feature goes: `gateway`, or `gateway:<model>` for one of its models.

    Where it was never said, the configured default holds. Refused: `unknown_feature`.
    """

    feature: str
    mode: Mode
    reason: str = ""


Command = (
    DeclareAsset
    | DeclareExchange
    | Convert
    | OpenAccount
    | FreezeAccount
    | UnfreezeAccount
    | Mint
    | Burn
    | Transfer
    | SetCreditLine
    | DrawCredit
    | PlaceHold
    | TopUpHold
    | PostHold
    | VoidHold
    | ExpireHold
    | SettleUnreported
    | ReconcileHold
    | RecordUsage
    | CreateBudget
    | ChangeBudget
    | CloseBudget
    | AssignBudget
    | CreateTeam
    | FreezeTeam
    | UnfreezeTeam
    | CreateAgent
    | ChangeAgent
    | FreezeAgent
    | UnfreezeAgent
    | IssueKey
    | RotateKey
    | RevokeKey
    | SetMode
)
