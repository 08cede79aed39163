"""What to do where a refusal says one sentence of many fields, such as rules that do not fit together."""

from collections.abc import Mapping

from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.http.instants import rfc3339

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


BIDS: Mapping[str, str] = {
    "items": "One unit where one is sold or the price rises, no more than a clock sells; several things "
    "in bundles alone.",
    "cap": "It is what is held at most, and no less than the price of all units.",
    "link": "Links are for markets that are cleared `together`.",
    "style": "A valuation is said with a style.",
    "valuation": "A style is said with a valuation.",
    "nonce": "A nonce has 16 to 128 of the characters that ids have.",
    "auction": "It has as many bids as an auction takes.",
}
ORDERS: Mapping[str, str] = {
    "cap": "What is bought without a unit price needs a cap, and nothing else has one.",
    "grant": "A grant is named to sell its units, not to buy.",
    "unit_price": "For all units it is more than there is money.",
}


def hint(refusal: Refusal) -> str:
    """What to do about it, or nothing."""
    if refusal.code is RefusalCode.DEADLINE_PASSED:
        return _late(refusal)
    return _HINTS.get(refusal.code, {}).get(refusal.field, "")


def _late(refusal: Refusal) -> str:
    """The instants that decided, as people write them."""
    asked, least = refusal.requested, refusal.available
    if asked is None or least is None:
        return ""
    if refusal.field == "market":
        return f"What is traded there ended at {rfc3339(least)}."
    return f"It would be {rfc3339(asked)}, and must be later than {rfc3339(least)}."


_HINTS = {
    RefusalCode.INVALID_TERMS: TERMS,
    RefusalCode.INVALID_BID: BIDS,
    RefusalCode.INVALID_ORDER: ORDERS,
}
