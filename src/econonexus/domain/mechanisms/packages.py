"""What is said in an auction of bundles: all of a bid's items for one price, or nothing."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Payment = Literal["vcg", "core", "pay_as_bid", "core_zero_nearest", "core_bid_nearest"]
"""How winners are charged; the core rules charge the least total, nearest to VCG, to nothing, or to the
bids."""

WhyOut = Literal["wants_nothing", "more_than_supply", "below_reserve", "above_budget"]
"""Why a bid cannot win whatever the others say, in order of precedence."""


class Package(msgspec.Struct, frozen=True):
    """An offer of `price` for all of `items` together. Price and units are in [0, 2**63)."""

    id: str
    agent: str
    owner: str
    items: Mapping[str, int]
    price: int


class PackageAuction(msgspec.Struct, frozen=True):
    """One selling event: the bids in the order of their acceptance, and on what terms they are met.

    `supply` maps item to units and names every item that is bid for; `reserve` maps item to the least price
    of a unit. With `exclusive` bidding (XOR) an agent wins one bid at most, else any number (OR). `budgets`
    maps agent to the most that its winning prices may add up to; who is not there has no limit.
    """

    bids: Sequence[Package]
    supply: Mapping[str, int]
    reserve: Mapping[str, int] = {}
    exclusive: bool = True
    budgets: Mapping[str, int] = {}

    def floor(self, bid: Package) -> int:
        """What the reserves of its items ask of a bid at least."""
        return sum(units * self.reserve.get(item, 0) for item, units in bid.items.items())

    def why_out(self, bid: Package) -> WhyOut | None:
        """Why a bid cannot win at all; None if it can."""
        if not any(bid.items.values()):
            return "wants_nothing"
        if any(units > self.supply[item] for item, units in bid.items.items()):
            return "more_than_supply"
        if bid.price < self.floor(bid):
            return "below_reserve"
        if bid.price > self.budgets.get(bid.agent, bid.price):
            return "above_budget"
        return None

    def candidates(self) -> list[int]:
        """The positions of the bids that can win. O(size of the bids)."""
        return [position for position, bid in enumerate(self.bids) if self.why_out(bid) is None]
