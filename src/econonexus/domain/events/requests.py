"""Requests for units, where a market posts a price or shares out without one."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, Instant, MarketId, RequestId
from econonexus.domain.money import Amount


class RequestQueued(EventForm, frozen=True, tag="request_queued/1"):
    """A request waits for the end of the period; `held` of source is reserved for destination.

    Where `expires_at` says nothing, it waits for one allocation and no more.
    """

    request: RequestId
    market: MarketId
    agent: AgentId
    units: int
    source: AccountId
    destination: AccountId
    held: Amount
    budgets: tuple[BudgetId, ...] = ()
    expires_at: Instant | None = None


class RequestServed(EventForm, frozen=True, tag="request_served/1"):
    """A request was met, and `paid` moved from source to destination; the grant follows.

    `held` is what had been reserved for it, where it had to wait; `fair` says that the reserved share was
    enough for it.
    """

    request: RequestId
    market: MarketId
    agent: AgentId
    units: int
    price: Amount
    source: AccountId
    destination: AccountId
    paid: Amount
    held: Amount = Amount(0)
    budgets: tuple[BudgetId, ...] = ()
    fair: bool = False


class RequestDeclined(EventForm, frozen=True, tag="request_declined/1"):
    """There are not so many units now as were asked for at this price; they count as demand all the same.

    It says nothing about a moment later, so the command it answers may come again and succeed.
    """

    request: RequestId
    market: MarketId
    agent: AgentId
    units: int
    free: int
    price: Amount


class RequestEnded(EventForm, frozen=True, tag="request_ended/1"):
    """A request waits no more, and what it reserved is available again.

    `reason` is `withdrawn`, `no_capacity` where the period had not enough for it, or `expired`.
    """

    request: RequestId
    market: MarketId
    agent: AgentId
    reason: str
    source: AccountId
    released: Amount
    budgets: tuple[BudgetId, ...] = ()


class PriceUpdated(EventForm, frozen=True, tag="price_updated/1"):
    """A market's price from now on, after a period in which `demand` units were asked for and `sold` sold.

    `excess` is what a base fee has accumulated: units asked for beyond its target.
    """

    market: MarketId
    price: Amount
    previous: Amount
    demand: int
    sold: int
    capacity: int
    excess: int = 0


class PeriodShared(EventForm, frozen=True, tag="period_shared/1"):
    """A period is over in a market without prices: of `demand` units `given` were given.

    `free` are those that were to be had as it ended, before what waited was met. `standing` is what is
    new of what it remembers of agents: their counters, or their credits; `floor` is the counter of whoever
    is next, and everybody is at that at least.
    """

    market: MarketId
    demand: int
    free: int
    given: int
    capacity: int
    standing: dict[AgentId, int] = {}
    floor: int = 0
