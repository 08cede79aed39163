"""Everything that can happen. Events are the only thing that changes the economy.

An event says all that an outsider needs to keep the books by itself: accounts, amounts, the budgets
charged. Its tag is its name and version, `transferred/1`; an old version stays readable for ever through
an upcast (see the node's records). A field typed `Private` holds personal text: the hashed
journal carries its salted digest, the text lies beside it, and the economy's state never contains
it, so that it can be withheld or erased without breaking the chain or a replay.
"""

import msgspec

from econonexus.domain.charges import Charge
from econonexus.domain.ids import (
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


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """Stands where a private value was withheld or erased; `digest` is that of salt and value."""

    digest: str


Private = str | Withheld
"""Personal text, or its digest where the text is not at hand. Empty text is not private."""


class _Event(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What all events share."""


class AssetDeclared(_Event, frozen=True, tag="asset_declared/1"):
    """An asset exists, with its system accounts."""

    asset: AssetId
    decimals: int


class ExchangeDeclared(_Event, frozen=True, tag="exchange_declared/1"):
    """`sell` can be traded for `buy` at `rate`, out of the exchange's own two accounts."""

    exchange: ExchangeId
    sell: AssetId
    buy: AssetId
    rate: Price


class Converted(_Event, frozen=True, tag="converted/1"):
    """`given` went from source to the exchange, `received` from the exchange to destination."""

    exchange: ExchangeId
    source: AccountId
    stock_in: AccountId
    given: Amount
    stock_out: AccountId
    destination: AccountId
    received: Amount
    budgets: tuple[BudgetId, ...] = ()


class AccountOpened(_Event, frozen=True, tag="account_opened/1"):
    """An account exists, empty."""

    account: AccountId
    owner: AccountId
    kind: AccountKind
    asset: AssetId
    budget: BudgetId | None = None
    label: Private = ""


class AccountFrozen(_Event, frozen=True, tag="account_frozen/1"):
    """Nothing new leaves the account."""

    account: AccountId
    reason: str = ""


class AccountUnfrozen(_Event, frozen=True, tag="account_unfrozen/1"):
    """Money may leave the account again."""

    account: AccountId
    reason: str = ""


class Minted(_Event, frozen=True, tag="minted/1"):
    """New money went from `source`, the asset's mint, to destination."""

    source: AccountId
    destination: AccountId
    amount: Amount
    reason: str = ""
    note: Private = ""


class Burned(_Event, frozen=True, tag="burned/1"):
    """Money went from source to `destination`, the asset's burn account."""

    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
    reason: str = ""
    note: Private = ""


class Transferred(_Event, frozen=True, tag="transferred/1"):
    """Money went from source to destination and counted against `budgets`, nearest first.

    `agent` is who paid, where it paid from its team's wallet.
    """

    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    note: Private = ""
    agent: AgentId | None = None


class CreditLineSet(_Event, frozen=True, tag="credit_line_set/1"):
    """A wallet may draw up to `limit` into its debt account, which is opened where it is new."""

    account: AccountId
    debt: AccountId
    owner: AccountId
    limit: Amount


class CreditDrawn(_Event, frozen=True, tag="credit_drawn/1"):
    """Money went from the debt account to its wallet."""

    source: AccountId
    destination: AccountId
    amount: Amount


class DebtRepaid(_Event, frozen=True, tag="debt_repaid/1"):
    """Income went on from the wallet to its debt account; it follows the income's own event."""

    source: AccountId
    destination: AccountId
    amount: Amount


class HoldPlaced(_Event, frozen=True, tag="hold_placed/1"):
    """Money in source is reserved for destination, and counts as held in `budgets`, nearest first.

    Each of `also` counts as held in the budget it names and in all above it. `agent` is who reserved it,
    where it pays from its team's wallet.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()
    unreported: Unreported = Unreported.RELEASE


class HoldToppedUp(_Event, frozen=True, tag="hold_topped_up/1"):
    """`amount` more of source is reserved, and `also` more of further limits.

    `expires_at` is the deadline from now on.
    """

    hold: HoldId
    source: AccountId
    amount: Amount
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldPosted(_Event, frozen=True, tag="hold_posted/1"):
    """`amount` of the hold went from source to destination, `released` is available again.

    `also` is what was used of each further limit; the rest of what was held there is free again.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class HoldVoided(_Event, frozen=True, tag="hold_voided/1"):
    """The whole hold is available again, by command; so is `also`, in its further limits."""

    hold: HoldId
    source: AccountId
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldExpired(_Event, frozen=True, tag="hold_expired/1"):
    """The whole hold is available again, because its deadline came; so is `also`, in its further limits."""

    hold: HoldId
    source: AccountId
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    also: tuple[Charge, ...] = ()


class HoldSettledUnreported(_Event, frozen=True, tag="hold_settled_unreported/1"):
    """Nobody said what was used, so all of the hold went from source to destination, until reconciled.

    `also` counts in full as well. `released` is what the destination had no room for; else 0.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    released: Amount = Amount(0)
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()


class HoldReconciled(_Event, frozen=True, tag="hold_reconciled/1"):
    """What nobody had reported really was `amount`; `returned` went back from destination to source.

    `also` is what was really used of each further limit. `restored` are the budgets, each by itself, in
    which what is spent falls by so much: those that were there when the hold was settled, and are in the
    same window still.
    """

    hold: HoldId
    source: AccountId
    destination: AccountId
    amount: Amount
    returned: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    also: tuple[Charge, ...] = ()
    restored: tuple[Charge, ...] = ()


class UsageRecorded(_Event, frozen=True, tag="usage_recorded/1"):
    """`agent` used what `amount` of source's asset would pay for, and nobody paid.

    `budgets` are those a hold would have counted in, nearest first; they do not count it. `refused` is
    the code of the refusal that `enforce` would have given, if any.
    """

    agent: AgentId
    source: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    refused: str = ""


class BudgetCreated(_Event, frozen=True, tag="budget_created/1"):
    """A limit exists; its windows are aligned to this event's time."""

    budget: BudgetId
    parent: BudgetId | None
    asset: AssetId
    limit: Amount
    window: Duration
    carry_over: Amount
    mode: BudgetMode
    alerts: tuple[Ppm, ...]


class BudgetChanged(_Event, frozen=True, tag="budget_changed/1"):
    """A budget has another limit, carry-over, mode and alerts."""

    budget: BudgetId
    limit: Amount
    carry_over: Amount
    mode: BudgetMode
    alerts: tuple[Ppm, ...]


class BudgetClosed(_Event, frozen=True, tag="budget_closed/1"):
    """A budget is gone."""

    budget: BudgetId


class BudgetAssigned(_Event, frozen=True, tag="budget_assigned/1"):
    """What leaves the account counts against this budget from now on, or against none."""

    account: AccountId
    budget: BudgetId | None
    previous: BudgetId | None = None


class BudgetAlertRaised(_Event, frozen=True, tag="budget_alert_raised/1"):
    """Spending in this window reached `threshold` (ppm) of the limit, for the first time in the window."""

    budget: BudgetId
    threshold: Ppm
    spent: Amount
    limit: Amount


class BudgetOverrun(_Event, frozen=True, tag="budget_overrun/1"):
    """A soft or observing budget let `requested` pass where only `available` was left."""

    budget: BudgetId
    mode: BudgetMode
    requested: Amount
    available: Amount


class TeamCreated(_Event, frozen=True, tag="team_created/1"):
    """A team exists; the opening of its wallet follows."""

    team: TeamId


class TeamFrozen(_Event, frozen=True, tag="team_frozen/1"):
    """Nothing new leaves what the team and its agents own."""

    team: TeamId
    reason: str = ""


class TeamUnfrozen(_Event, frozen=True, tag="team_unfrozen/1"):
    """The team and its agents may spend again."""

    team: TeamId
    reason: str = ""


class AgentCreated(_Event, frozen=True, tag="agent_created/1"):
    """An agent exists. What follows opens its wallet, mints its money and issues its key.

    Where it gets no wallet it pays from its team's, and stands beneath `budget` itself.
    """

    agent: AgentId
    team: TeamId | None
    owner: AccountId
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()
    budget: BudgetId | None = None


class AgentChanged(_Event, frozen=True, tag="agent_changed/1"):
    """These are the agent's properties from now on, all of them."""

    agent: AgentId
    capabilities: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    weight: int = 1
    priority: int = 0
    models: tuple[str, ...] = ()


class AgentFrozen(_Event, frozen=True, tag="agent_frozen/1"):
    """Nothing new leaves what the agent owns."""

    agent: AgentId
    reason: str = ""


class AgentUnfrozen(_Event, frozen=True, tag="agent_unfrozen/1"):
    """The agent may spend again."""

    agent: AgentId
    reason: str = ""


class KeyIssued(_Event, frozen=True, tag="key_issued/1"):
    """Whoever knows the secret of this digest acts as the holder, in the role."""

    key: KeyId
    holder: str
    role: Role
    digest: KeyDigest


class KeyRotated(_Event, frozen=True, tag="key_rotated/1"):
    """The key has another secret; the one before is worth nothing."""

    key: KeyId
    digest: KeyDigest


class KeyRevoked(_Event, frozen=True, tag="key_revoked/1"):
    """The key is gone."""

    key: KeyId
    reason: str = ""


class ModeSet(_Event, frozen=True, tag="mode_set/1"):
    """The feature goes as far as this from now on."""

    feature: str
    mode: Mode
    reason: str = ""


Event = (
    AssetDeclared
    | ExchangeDeclared
    | Converted
    | AccountOpened
    | AccountFrozen
    | AccountUnfrozen
    | Minted
    | Burned
    | Transferred
    | CreditLineSet
    | CreditDrawn
    | DebtRepaid
    | HoldPlaced
    | HoldToppedUp
    | HoldPosted
    | HoldVoided
    | HoldExpired
    | HoldSettledUnreported
    | HoldReconciled
    | UsageRecorded
    | BudgetCreated
    | BudgetChanged
    | BudgetClosed
    | BudgetAssigned
    | BudgetAlertRaised
    | BudgetOverrun
    | TeamCreated
    | TeamFrozen
    | TeamUnfrozen
    | AgentCreated
    | AgentChanged
    | AgentFrozen
    | AgentUnfrozen
    | KeyIssued
    | KeyRotated
    | KeyRevoked
    | ModeSet
)
