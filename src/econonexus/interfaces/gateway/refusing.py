"""What a caller is told whom a market does not admit: in the words of a call, not of a bid or a request.

What may be otherwise in a moment is 429 with `Retry-After`; what the call itself asks for in vain is its own
to mend; and where the market cannot serve calls at all, its operator has something to do.
"""

import msgspec

from econonexus.domain.ids import MarketId, ResourceId
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.gateway.bids import BID
from econonexus.interfaces.http.problems import Declined, declined, refused

_CONFLICTS = (400, 409)


def too_dear(market: MarketId, units: int, unit_price: int, offered: int) -> Declined:
    """The call offers less than its units cost at least."""
    said = (
        f"{market} asks {unit_price} µcr at least for each of the {units} units that this call may come to, "
        f"and it offers {offered} for each: bid more, or wait."
    )
    return declined(429, RefusalCode.PRICE_OVER_LIMIT.value, said, BID)


def too_large(resource: ResourceId, units: int, capacity: int) -> Declined:
    """The call may come to more than there ever is."""
    said = (
        f"The call may come to {units} units of {resource}, of which there are {capacity}: "
        "bound its answer, or ask less."
    )
    return declined(400, RefusalCode.OVER_CAPACITY.value, said)


def nothing_free(market: MarketId) -> Declined:
    """There is not so much to be had in time."""
    return declined(429, "no_capacity", f"{market} has not so much to give in the time that this call has.")


def outbid(market: MarketId) -> Declined:
    """Nothing was won in time."""
    return declined(
        429, "no_capacity", f"{market} had nothing for what this call bid in the time that it has."
    )


def unfit(market: MarketId, why: str) -> Declined:
    """The market cannot admit calls, whoever makes them."""
    return declined(503, "unfit_market", f"{market} cannot admit calls: {why}")


def told(market: MarketId, refusal: Refusal) -> Declined:
    """What the caller is told of the economy's refusal of its bid or request."""
    match refusal.code:
        case RefusalCode.MARKET_HALTED | RefusalCode.TOO_MANY_WAITING:
            return declined(429, refusal.code.value, f"{market}: {refusal.code.meaning}")
        case RefusalCode.DEADLINE_PASSED:
            return declined(429, "deadline_exceeded", "Your deadline comes before your turn would.")
        case RefusalCode.OVER_CAPACITY:
            return nothing_free(market)
    plain = refused(refusal)
    if plain.problem.status in _CONFLICTS:  # A call can mend no bid that it does not see.
        return unfit(market, refusal.code.meaning)
    return Declined(msgspec.structs.replace(plain.problem, field=""), plain.headers)


def later(no: Declined, retry_after_s: int) -> Declined:
    """The same, and when it is worth asking again, where it is."""
    if no.problem.status == 429:
        no.headers.setdefault("Retry-After", str(max(1, retry_after_s)))
    return no
