"""Whether what a market makes of its bidders' records fits the way in which it sells."""

from econonexus.domain.kinds import AUCTIONS, Mechanism
from econonexus.domain.mechanisms.weighted import WEIGHED
from econonexus.domain.money import PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.terms import Terms

CREDIT = ("", "reputation")
LENDING = AUCTIONS | {Mechanism.ORDER_BOOK}
"""Where bids and orders are made."""


def odd_reputation(terms: Terms) -> Refusal | None:
    """What is out of range in how records count."""
    weight = terms.reputation_weight
    if weight.__class__ is not int or not 0 <= weight <= PPM_ONE:
        return Refusal(RefusalCode.INVALID_TERMS, "reputation_weight")
    return None if terms.credit in CREDIT else Refusal(RefusalCode.INVALID_TERMS, "credit")


def no_reputation(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """Whether records cannot count as the terms say where bids are made and paid for so.

    One price for all, a price that rises or falls while bids are made, and prices of bundles in the core
    cannot follow from weighted bids; shares given first go by units and not by scores. Nothing is lent where
    nobody bids or orders, and nothing for bids that are committed to unread, since what a line covers is
    fixed with the bid.
    """
    if terms.reputation_weight and (mechanism.value not in WEIGHED or terms.reserved_share is not None):
        return Refusal(RefusalCode.NOT_WEIGHED, "reputation_weight", mechanism.value)
    if terms.credit and (mechanism not in LENDING or terms.commitment is not None):
        return Refusal(RefusalCode.NOTHING_LENT, "credit", mechanism.value)
    return None
