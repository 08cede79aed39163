"""What a mechanism returns: who gets what, what it costs, and how good that is."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from econonexus.domain.mechanisms.bids import Side

Status = Literal["cleared", "no_sale", "no_trade", "refused"]


class Award(msgspec.Struct, frozen=True):
    """What one bid got, and the money for all of it: paid by a buyer, received by a seller."""

    bid: str
    agent: str
    owner: str
    items: Mapping[str, int]
    amount: int
    side: Side = "buy"


class Spread(msgspec.Struct, frozen=True):
    """Two unit prices, where buyers pay more than sellers receive."""

    buy: int
    sell: int


class Interval(msgspec.Struct, frozen=True):
    """Every unit price that clears a market, both ends included; None where nothing bounds it."""

    low: int | None
    high: int | None


UnitPrice = int | Spread | Interval


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer of one clearing.

    `welfare` is what buyers bid for what they got less what sellers asked for it; `bound` is a welfare that
    no allocation of the same bids exceeds. `prices` maps item to unit price, where the rule has such a thing.
    `traded` and `excess_demand` map item to units, where the answer is an equilibrium.
    """

    mechanism: str
    status: Status
    allocation: tuple[Award, ...] = ()
    welfare: int = 0
    bound: int = 0
    prices: Mapping[str, UnitPrice] = {}
    traded: Mapping[str, int] | None = None
    excess_demand: Mapping[str, int] | None = None
    shared: Mapping[str, int] = {}
    """Bid to those of its units that were given out of a reserved share, at the reserve."""

    @property
    def revenue(self) -> int:
        """The money that changes hands: what the payers pay in all."""
        paid = sum(award.amount for award in self.allocation if award.side == "buy")
        return paid or self.received

    @property
    def received(self) -> int:
        """What the sellers who bid receive in all."""
        return sum(award.amount for award in self.allocation if award.side == "sell")

    @property
    def surplus(self) -> int:
        """What the auctioneer keeps where buyers and sellers bid; never negative."""
        return self.revenue - self.received

    @property
    def optimal(self) -> bool:
        """Whether no allocation is worth more."""
        return self.welfare == self.bound

    @property
    def gap(self) -> float:
        """How far the welfare may be from the best, as a share of the bound."""
        return (self.bound - self.welfare) / max(1, abs(self.bound))
