"""Resources, the markets that sell them, and the right to use what was won."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AgentId, AuctionId, Duration, GrantId, Instant, MarketId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.terms import Terms


class ResourceDeclared(EventForm, frozen=True, tag="resource_declared/1"):
    """There are `capacity` units of a resource in every `period`."""

    resource: ResourceId
    unit: str
    capacity: int
    period: Duration


class CapacityChanged(EventForm, frozen=True, tag="capacity_changed/1"):
    """There are so many units of a resource from now on."""

    resource: ResourceId
    capacity: int


class MarketCreated(EventForm, frozen=True, tag="market_created/1"):
    """A market sells resources by a mechanism, on stated terms."""

    market: MarketId
    resources: tuple[ResourceId, ...]
    mechanism: Mechanism
    terms: Terms = Terms()


class MarketChanged(EventForm, frozen=True, tag="market_changed/1"):
    """A market sells on other terms from now on."""

    market: MarketId
    terms: Terms


class MarketHalted(EventForm, frozen=True, tag="market_halted/1"):
    """A market takes no bids and no orders until it is resumed.

    One that halts by itself goes on at `resumes_at`. Its reason is `price_move`: `price` lies more than
    `allowed` away from `reference`; or `failures`: of the last `of` auctions, `failed` have failed, which is
    a greater share than `allowed`.
    """

    market: MarketId
    reason: str = ""
    resumes_at: Instant | None = None
    allowed: Ppm | None = None
    price: Amount | None = None
    reference: Amount | None = None
    failed: int | None = None
    of: int | None = None


class MarketResumed(EventForm, frozen=True, tag="market_resumed/1"):
    """A market goes on."""

    market: MarketId
    reason: str = ""


class ScheduleRan(EventForm, frozen=True, tag="schedule_ran/1"):
    """A market has come so far with its schedule: it announces auctions again at `next_at`.

    `window_at` is where the next window of time to be sold begins, `number` that of its last auction.
    """

    market: MarketId
    next_at: Instant | None
    window_at: Instant | None
    number: int


class AuctionSkipped(EventForm, frozen=True, tag="auction_skipped/1"):
    """So many auctions of a market's schedule were not announced.

    Its market is `halted`; or the time to bid was over before they could be (`too_late`); or nothing is free
    of what they were to sell (`over_capacity`); or there is another auction of that name (`name_taken`).
    Where it is known, the time is said that they were to sell.
    """

    market: MarketId
    reason: str
    auctions: int
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class SupplyShort(EventForm, frozen=True, tag="supply_short/1"):
    """An auction sells fewer units than its market's schedule says, since no more are free."""

    auction: AuctionId
    market: MarketId
    wanted: dict[str, int]
    supply: dict[str, int]


class Granted(EventForm, frozen=True, tag="granted/1"):
    """`agent` may use `units` of a resource from one instant until another.

    `fence` rises with every grant of the resource, so that a late user of an older right can be told apart.
    `source` is what the grant follows from: an auction, an order, a market. `paid` is what it cost.
    """

    grant: GrantId
    agent: AgentId
    resource: ResourceId
    units: int
    starts_at: Instant
    ends_at: Instant
    fence: int
    market: MarketId
    source: str
    paid: Amount = Amount(0)


class GrantUsed(EventForm, frozen=True, tag="grant_used/1"):
    """So many units of a grant were used; `left` are those that still may be."""

    grant: GrantId
    agent: AgentId
    units: int
    left: int


class GrantReleased(EventForm, frozen=True, tag="grant_released/1"):
    """Its agent gave back what it had not used of a grant; so much can be granted again."""

    grant: GrantId
    agent: AgentId
    returned: int


class GrantExpired(EventForm, frozen=True, tag="grant_expired/1"):
    """The time of a grant is over, and so many of its units were not used."""

    grant: GrantId
    agent: AgentId
    unused: int
