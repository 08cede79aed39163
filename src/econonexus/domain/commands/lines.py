"""What is lent for bids and orders."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AccountId


class CallDebt(CommandForm, frozen=True):
    """Take what a wallet has owed for too long, from what secures it.

    The node asks this by itself. Refused: `unknown_account`, `debt_not_due`.
    """

    wallet: AccountId
