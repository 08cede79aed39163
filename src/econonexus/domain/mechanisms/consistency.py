"""Whether what an outcome says of prices and of the market is what it does; part of the certificate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from econonexus.domain.mechanisms.bids import Auction, Bid, Side
from econonexus.domain.mechanisms.outcome import Award, Interval, Outcome, Spread

Pricing = Literal["pay_as_bid", "lowest", "highest", "one_price", "equilibrium", "no_price"]
"""What an item's entry in `prices` is: the least bid that won, all paying their own; the least that a winner
pays or receives for a unit; the most; what every unit costs, where both sides bid perhaps another number for
each; every price that clears the market, also where nothing trades; or there is no such entry."""

Awards = Mapping[str, Sequence[Award]]
"""The awards by item."""


def inconsistencies(auction: Auction, outcome: Outcome, pricing: Pricing) -> Iterator[str]:
    """Every way in which the outcome belies itself. O(n)."""
    awards: dict[str, list[Award]] = {}
    for award in outcome.allocation:
        for item in award.items:
            awards.setdefault(item, []).append(award)
    named = {bid.item for bid in auction.bids}
    priced = set() if pricing == "no_price" else named if pricing == "equilibrium" else set(awards)
    if set(outcome.prices) != priced:
        yield f"prices are given for {len(outcome.prices)} items, not for the {len(priced)} that have one"
        return
    if pricing == "equilibrium":
        yield from _no_equilibrium(auction, outcome, awards)
    elif outcome.traded is not None or outcome.excess_demand is not None:
        yield "units traded and excess demand are given of what is no equilibrium"
    if pricing == "pay_as_bid":
        yield from _not_as_bid(auction, outcome)
    if pricing in ("pay_as_bid", "lowest", "highest"):
        yield from _not_the_extreme(outcome, awards, max if pricing == "highest" else min)
    if pricing == "one_price":
        yield from _not_the_price(outcome, awards)


def _unit_amount(award: Award) -> Fraction:
    return Fraction(award.amount, sum(award.items.values()))


def _not_as_bid(auction: Auction, outcome: Outcome) -> Iterator[str]:
    bids = {bid.id: bid for bid in auction.bids}
    for award in outcome.allocation:
        if _unit_amount(award) != bids[award.bid].unit_price:
            yield f"{award.bid} pays {award.amount}, which is not what it bid"


def _not_the_extreme(
    outcome: Outcome, awards: Awards, pick: Callable[[Iterable[Fraction]], Fraction]
) -> Iterator[str]:
    for item, of_item in awards.items():
        price = pick(_unit_amount(award) for award in of_item)
        if outcome.prices[item] != price:
            yield f"{item}: the price is {price}, not {outcome.prices[item]}"


def _not_the_price(outcome: Outcome, awards: Awards) -> Iterator[str]:
    for item, of_item in awards.items():
        price = outcome.prices[item]
        both_sides = len({award.side for award in of_item}) == 2
        for award in of_item:
            each = price
            if isinstance(price, Spread) and both_sides:
                each = price.buy if award.side == "buy" else price.sell
            if _unit_amount(award) != each:
                yield f"{award.bid}: {award.amount} for {award.items[item]} is not at {price}"


def _no_equilibrium(auction: Auction, outcome: Outcome, awards: Awards) -> Iterator[str]:
    """By definition: within the interval as much can be wanted as offered, beside it not.

    Source: Mas-Colell, Whinston and Green, Microeconomic Theory (1995), section 10.C.
    """
    bids: dict[str, list[Bid]] = {}
    for bid in auction.bids:
        bids.setdefault(bid.item, []).append(bid)
    traded = {
        item: sum(award.items[item] for award in awards.get(item, ()) if award.side == "buy") for item in bids
    }
    if outcome.traded != traded:
        yield f"the units traded are {traded}, not {outcome.traded}"
    if outcome.excess_demand != dict.fromkeys(bids, 0):
        yield f"the excess demand is nothing, not {outcome.excess_demand}"
    for item, price in outcome.prices.items():
        if not isinstance(price, Interval) or not _is_all_that_clears(price, bids[item]):
            yield f"{item}: {price} is not every price that clears the market"
        elif not all(_is_within(price, award) for award in awards.get(item, ())):
            yield f"{item}: units change hands outside {price}"


def _is_within(interval: Interval, award: Award) -> bool:
    each = _unit_amount(award)
    return (interval.low is None or interval.low <= each) and (interval.high is None or each <= interval.high)


def _is_all_that_clears(interval: Interval, bids: Sequence[Bid]) -> bool:
    """Whether both ends clear the market and the prices next to them do not; a side without bids is open."""
    if (interval.low is None) == _any(bids, "buy") or (interval.high is None) == _any(bids, "sell"):
        return False
    low_is = interval.low is None or (_clears(interval.low, bids) and not _clears(interval.low - 1, bids))
    high_is = interval.high is None or (_clears(interval.high, bids) and not _clears(interval.high + 1, bids))
    return low_is and high_is


def _any(bids: Sequence[Bid], side: Side) -> bool:
    return any(bid.units and bid.side == side for bid in bids)


def _clears(price: int, bids: Sequence[Bid]) -> bool:
    """Whether some number of units is what buyers and sellers are content with at a price."""
    buys = [bid for bid in bids if bid.side == "buy"]
    sells = [bid for bid in bids if bid.side == "sell"]
    least_wanted = sum(bid.units for bid in buys if bid.unit_price > price)
    most_wanted = sum(bid.units for bid in buys if bid.unit_price >= price)
    least_offered = sum(bid.units for bid in sells if bid.unit_price < price)
    most_offered = sum(bid.units for bid in sells if bid.unit_price <= price)
    return max(least_wanted, least_offered) <= min(most_wanted, most_offered)
