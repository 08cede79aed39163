"""The rules by which money is issued without anybody asking, as commands, events and state share them."""

import msgspec

from econonexus.domain.ids import SECOND, AccountId, Duration
from econonexus.domain.money import MICROS_PER_CREDIT, Amount, Ppm

DAY = Duration(86_400 * SECOND)
LEAST_PERIOD = SECOND


class Policy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What becomes of burnt credits, how much is to circulate, and what humans may give away.

    Nobody loses anything by it: it issues more, or less, or nothing.
    """

    period: Duration = DAY
    """How often allowances are issued, where the next two ask for any."""
    recycle: Ppm = Ppm(0)
    """The share of what was burned in a period that is issued again at its end."""
    target: Amount | None = None
    """How much is to circulate for every agent: so much is issued as is missing, and nothing beyond."""
    carry_over: Amount | None = None
    """An agent gets no more than takes it to this balance: what it has not used counts."""
    daily_rewards: Amount = Amount(100 * MICROS_PER_CREDIT)
    """What humans may reward in one day, UTC, in new credits."""

    @property
    def issues(self) -> bool:
        """Whether there is anything to do at the end of a period."""
        return self.recycle > 0 or self.target is not None


class Share(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What one account gets."""

    account: AccountId
    amount: Amount
