"""Money that is issued, moves, or is owed."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AccountId
from econonexus.domain.money import Amount


class Mint(CommandForm, frozen=True):
    """Issue new money to an account.

    Refused: `unknown_account`, `wrong_account_kind`, `balance_too_large`.
    """

    destination: AccountId
    amount: Amount
    reason: str = ""
    note: str = ""


class Burn(CommandForm, frozen=True):
    """Take money out of circulation.

    Refused: `unknown_account`, `wrong_account_kind`, `balance_too_large`, `account_frozen`,
    `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    source: AccountId
    amount: Amount
    reason: str = ""
    note: str = ""


class Transfer(CommandForm, frozen=True):
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


class SetCreditLine(CommandForm, frozen=True):
    """Let a `credit` wallet draw up to `limit` (0 closes the line) into a debt account `debt:<wallet>`.

    Refused: `account_exists` (of the debt account's name), `unknown_account`, `wrong_account_kind`,
    `credit_only`, `credit_line_in_use`.
    """

    account: AccountId
    limit: Amount


class DrawCredit(CommandForm, frozen=True):
    """Draw on a wallet's credit line: the wallet rises, its debt account falls.

    Refused: `unknown_account`, `wrong_account_kind`, `credit_only`, `balance_too_large`,
    `account_frozen`, `agent_frozen`, `team_frozen`, `credit_line_exceeded`.
    """

    account: AccountId
    amount: Amount
