"""English as it runs: bids come one by one, proxies answer for their owners, and the standing price rises.

The price is a fact of the past as well as of the limits: it moves when somebody else bids, by the increment
of that moment, and never otherwise. So a raise of one's own limit costs nothing, and what is doubled later
changes nothing that stands.
"""

from collections.abc import Iterable
from itertools import islice

import msgspec

from econonexus.domain.mechanisms import english
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.lots import Bill, Lot, Ranking, sell
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.ranking import highest_first
from econonexus.domain.money import MAX_AMOUNT


class Limit(msgspec.Struct, frozen=True, gc=False):
    """The most that an owner's bid would pay for a unit."""

    owner: str
    price: int


def standing_price(limits: Iterable[Limit], units: int, reserve: int, increment: int) -> int:
    """The most that one of the leaders would pay now: the price that `english` reports for these limits.

    `limits` has the best first; the first `units` of them lead. The price is the best losing limit of
    another owner, one increment above it, but nobody pays more than its limit or less than the reserve.

    Source: as `english`.
    Complexity: O(units), and further down as far as one owner's losing limits stand together.
    """
    rest = iter(limits)
    leaders = list(islice(rest, units))
    first = next(rest, None)
    if first is None:
        return reserve
    others = [leader for leader in leaders if leader.owner != first.owner]
    second = None
    if len(others) < len(leaders):
        second = next((limit for limit in rest if limit.owner != first.owner), None)
    prices = [reserve]
    if others:
        prices.append(min(others[0].price, first.price + increment))
    if second is not None:
        own = next(leader for leader in leaders if leader.owner == first.owner)
        prices.append(min(own.price, second.price + increment))
    return max(prices)


def least_bid(led: int, units: int, price: int, reserve: int, increment: int) -> int:
    """The least that a further bid must offer: the reserve while units are left, then an increment more.

    `led` is how many bids there are. At least 1, for nobody bids nothing, and no more than an amount may be.
    """
    return max(1, reserve if led < units else min(price + increment, MAX_AMOUNT))


def close(auction: Auction, price: int, increment: int) -> Outcome:
    """Who has it at the end, at the price that stands.

    What a leader pays is what `english` says for the limits, but never more than the standing price, which
    had come about before a leader raised its limit or the increment doubled.

    Complexity: O(n log n).
    Promises: as `english`.
    """
    by_rule = english.charge_by(increment)

    def charge(lot: Lot, ranking: Ranking) -> Bill:
        amounts = [min(amount, price) for amount in by_rule(lot, ranking).amounts]
        return Bill(amounts, price=max(amounts))

    return sell("english", auction, highest_first, charge)
