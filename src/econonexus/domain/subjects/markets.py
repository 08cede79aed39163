"""Markets: what each sells, by which mechanism, on which terms, and whether it is halted."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import Instant, MarketId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms


class Market(msgspec.Struct, gc=False, omit_defaults=True):
    """One place where resources are sold."""

    id: MarketId
    resources: tuple[ResourceId, ...]
    mechanism: Mechanism
    terms: Terms
    halted_at: Instant | None = None
    reason: str = ""
    """Why it is halted."""

    @property
    def halted(self) -> bool:
        """Whether it takes no bids and no orders now."""
        return self.halted_at is not None


class Markets(msgspec.Struct):
    """All markets. Only events change them."""

    by_id: dict[MarketId, Market] = {}

    def create(self, event: events.MarketCreated) -> None:
        """Add a market."""
        self.by_id[event.market] = Market(event.market, event.resources, event.mechanism, event.terms)

    def change(self, event: events.MarketChanged) -> None:
        """Give a market other terms."""
        self.by_id[event.market].terms = event.terms

    def halt(self, event: events.MarketHalted, at: Instant) -> None:
        """Let a market take nothing more."""
        market = self.by_id[event.market]
        market.halted_at, market.reason = at, event.reason

    def resume(self, event: events.MarketResumed) -> None:
        """Let a market go on."""
        market = self.by_id[event.market]
        market.halted_at, market.reason = None, ""
