"""Money that was issued, moved, or is owed."""

from econonexus.domain.events.form import EventForm, Private
from econonexus.domain.ids import AccountId, AgentId, BudgetId
from econonexus.domain.money import Amount


class Minted(EventForm, frozen=True, tag="minted/1"):
    """New money went from `source`, the asset's mint, to destination."""

    source: AccountId
    destination: AccountId
    amount: Amount
    reason: str = ""
    note: Private = ""


class Burned(EventForm, frozen=True, tag="burned/1"):
    """Money went from source to `destination`, the asset's burn account."""

    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()
    reason: str = ""
    note: Private = ""


class Transferred(EventForm, frozen=True, tag="transferred/1"):
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


class CreditLineSet(EventForm, frozen=True, tag="credit_line_set/1"):
    """A wallet may draw up to `limit` into its debt account, which is opened where it is new."""

    account: AccountId
    debt: AccountId
    owner: AccountId
    limit: Amount


class CreditDrawn(EventForm, frozen=True, tag="credit_drawn/1"):
    """Money went from the debt account to its wallet."""

    source: AccountId
    destination: AccountId
    amount: Amount


class DebtRepaid(EventForm, frozen=True, tag="debt_repaid/1"):
    """Income went on from the wallet to its debt account; it follows the income's own event."""

    source: AccountId
    destination: AccountId
    amount: Amount
