"""Walrasian equilibrium of supply and demand schedules, for any number of items."""

import msgspec

from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.crossing import Crossing, Terms, clearing_interval, crossings_of, trade
from econonexus.domain.mechanisms.k_double_auction import HALF, price_within
from econonexus.domain.mechanisms.outcome import Outcome, UnitPrice


def clear(auction: Auction) -> Outcome:
    """Every equilibrium price of each item, the units that trade, and the trades at the middle of the prices.

    An item's prices are an interval; None where nothing bounds it. Without a trade they are those between the
    best bid and the best ask. The excess demand is what buyers would still take, less what sellers would
    still give, with a gain at the middle price: zero, for each bid is for one item alone.

    Source: Shapley and Shubik, The Assignment Game I, International Journal of Game Theory 1 (1971);
    Mas-Colell, Whinston and Green, Microeconomic Theory (1995), section 10.C.
    Complexity: O(n log n).
    Promises: welfare, individual rationality, budget balance, no envy. Not truthful.
    """
    prices: dict[str, UnitPrice] = {}
    traded: dict[str, int] = {}
    excess: dict[str, int] = {}
    for crossing in crossings_of(auction):
        prices[crossing.item] = clearing_interval(crossing)
        traded[crossing.item] = crossing.units
        excess[crossing.item] = _excess_demand(crossing)
    outcome = trade("walrasian", auction, _settle)
    return msgspec.structs.replace(outcome, prices=prices, traded=traded, excess_demand=excess)


def _settle(crossing: Crossing) -> Terms:
    price = price_within(clearing_interval(crossing), HALF)
    return Terms(crossing.units, price, price)


def _excess_demand(crossing: Crossing) -> int:
    price = _settle(crossing).buy
    wanted = sum(fill.units for fill in crossing.unbought if fill.bid.unit_price > price)
    offered = sum(fill.units for fill in crossing.unsold if fill.bid.unit_price < price)
    return wanted - offered
