"""The rules of the inbox in which requests wait for a human, as commands, events and state share them."""

import msgspec

from econonexus.domain.ids import SECOND, AccountId, Duration, ResourceId
from econonexus.domain.kinds import Proceeds
from econonexus.domain.money import MICROS_PER_CREDIT, Amount

ATTENTION = ResourceId("attention.minutes")
"""The resource whose capacity says how many minutes humans give in every period."""

MINUTE = Duration(60 * SECOND)
HOUR = Duration(60 * MINUTE)
DAY = Duration(24 * HOUR)

HIGHEST_SCORE = 10


class InboxRules(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How requests are ordered, how long they wait, and where their money goes."""

    reserve: Amount = Amount(1)
    """Nobody pays less for a minute."""
    ageing: Amount = Amount(MICROS_PER_CREDIT)
    """An hour of waiting counts like so much more pay for a minute; 0 lets pay alone decide."""
    patience: Duration = DAY
    """Who has waited so long stands before all who have not."""
    grace: Duration = Duration(15 * MINUTE)
    """Whoever takes a request has it for the minutes it asks for, and so much longer."""
    lasts: Duration = Duration(7 * DAY)
    """How long a request waits that does not say so itself."""
    proceeds: Proceeds = Proceeds.BURN
    seller: AccountId | None = None
    """Whose account the proceeds go to, where they go to a seller."""


class Scores(msgspec.Struct, frozen=True, gc=False):
    """What a human thinks of a request, each from 0 to 10."""

    interesting: int
    useful: int
    understandable: int
