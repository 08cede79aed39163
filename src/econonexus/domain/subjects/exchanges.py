"""Declared exchanges: which asset trades for which, at what rate."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AssetId, ExchangeId
from econonexus.domain.money import Price


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One asset is sold for another at a fixed rational rate."""

    id: ExchangeId
    sell: AssetId
    buy: AssetId
    rate: Price
    """`rate.amount` of `buy` per `rate.per_units` of `sell`."""


class Exchanges(msgspec.Struct):
    """All declared exchanges."""

    by_id: dict[ExchangeId, Exchange] = {}

    def declare(self, event: events.ExchangeDeclared) -> None:
        """Add an exchange."""
        self.by_id[event.exchange] = Exchange(event.exchange, event.sell, event.buy, event.rate)
