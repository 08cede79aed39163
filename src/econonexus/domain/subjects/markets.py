"""Markets: what each sells, by which mechanism, on which terms, and whether it is halted."""

import msgspec
from msgspec.structs import replace

from econonexus.domain import events
from econonexus.domain.ids import Instant, MarketId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.computed_reserve import reserve_of
from econonexus.domain.money import Amount
from econonexus.domain.terms import Terms


class Watch(msgspec.Struct, gc=False, omit_defaults=True):
    """By what a market stops by itself, while its terms say that it does."""

    price: Amount | None = None
    """The last one."""
    reference: Amount | None = None
    """What a price must not be far from in the window that began at `since`."""
    since: Instant = Instant(0)
    failed: tuple[bool, ...] = ()
    """Which of the last auctions failed, oldest first."""

    def reference_at(self, now: Instant, window: int) -> Amount | None:
        """What a price now must not be far from: the last one before the window that `now` falls into."""
        return self.reference if now - self.since < window else self.price


class Market(msgspec.Struct, gc=False, omit_defaults=True):
    """One place where resources are sold."""

    id: MarketId
    resources: tuple[ResourceId, ...]
    mechanism: Mechanism
    terms: Terms
    halted_at: Instant | None = None
    reason: str = ""
    """Why it is halted."""
    resumes_at: Instant | None = None
    """When it goes on, if it halted by itself."""
    watch: Watch | None = None
    prices: tuple[Amount, ...] = ()
    """What its last auctions came to, oldest first, as many as its reserve is computed from."""

    @property
    def terms_now(self) -> Terms:
        """The terms of what is announced now, with the reserve that was computed for it."""
        rule, given = self.terms.computed_reserve, self.terms.reserve
        if rule is None:
            return self.terms
        return replace(self.terms, reserve=reserve_of(self.prices, rule.last, rule.share, given))

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
        """Give a market other terms; where it halts by others, or computes its reserve by others, it begins
        to watch anew."""
        market = self.by_id[event.market]
        if market.terms.computed_reserve != event.terms.computed_reserve:
            market.prices = ()
        if market.terms.halt != event.terms.halt:
            market.watch = None
        market.terms = event.terms

    def halt(self, event: events.MarketHalted, at: Instant) -> None:
        """Let a market take nothing more; one that is halted already has been so since then."""
        market = self.by_id[event.market]
        market.halted_at = at if market.halted_at is None else market.halted_at
        market.reason, market.resumes_at = event.reason, event.resumes_at

    def resume(self, event: events.MarketResumed) -> None:
        """Let a market go on; what it had halted by is forgotten."""
        market = self.by_id[event.market]
        market.halted_at, market.reason, market.resumes_at, market.watch = None, "", None, None

    def priced(self, name: MarketId, price: Amount, at: Instant) -> None:
        """Note a price that a market has come to, if it halts by prices."""
        market = self.by_id[name]
        halt = market.terms.halt
        if halt is None:
            return
        watch = market.watch = market.watch or Watch()
        if watch.price is None or at - watch.since >= halt.window:
            watch.reference, watch.since = price if watch.price is None else watch.price, at
        watch.price = price

    def ended(self, name: MarketId, failed: bool) -> None:
        """Note how an auction of a market ended, if it halts by failures."""
        market = self.by_id[name]
        halt = market.terms.halt
        if halt is not None:
            watch = market.watch = market.watch or Watch()
            watch.failed = (*watch.failed, failed)[-halt.of :]

    def came_to(self, name: MarketId, price: Amount | None) -> None:
        """Note what an auction of a market came to, if its reserve is computed; without a price, the given
        reserve."""
        market = self.by_id[name]
        rule = market.terms.computed_reserve
        if rule is not None:
            noted = market.terms.reserve if price is None else price
            market.prices = (*market.prices, noted)[-rule.last :]
