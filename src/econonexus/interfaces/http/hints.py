"""What to do where a market's rules do not fit together: the refusal says one sentence of all of them."""

from collections.abc import Mapping

from econonexus.domain.refusals import Refusal, RefusalCode

TERMS: Mapping[str, str] = {
    "clock": "A Dutch market needs a clock, and no other has one.",
    "clock.floor": "The clock falls: its floor lies no higher than its start.",
    "reserve": "A clock cannot start below the reserve.",
    "commitment": "Bids can be committed to in markets of sealed bids of one resource alone.",
    "signed": "Bids that are committed to first are not signed.",
    "seller": "Name a seller where the proceeds are the seller's, and nowhere else.",
    "resources": "Only `combinatorial` sells several resources, each named once.",
    "reserves": "They are for `combinatorial`, each for a resource that it sells.",
    "time_limit": "A solver may take no longer than its outcome is waited for, `clearing_ms`.",
    "pricing": "A posted price needs a pricing, and no other market has one.",
    "pricing.price": "The first price lies between floor and ceiling; a base fee is never below 1.",
    "sharing": "It is for `weighted_fair`.",
    "reserved_share": "It is for `priority` and `weighted_fair`.",
    "book": "It is for `order_book`.",
    "schedule": "It is for markets that sell by auction, with names of at most 92 characters.",
    "together": "It is a name, for auctions that close with sealed bids and without commitments.",
}
"""By the field of the command."""


def hint(refusal: Refusal) -> str:
    """What to do about it, or nothing."""
    return TERMS.get(refusal.field, "") if refusal.code is RefusalCode.INVALID_TERMS else ""
