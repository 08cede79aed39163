"""Requests and posted prices, kept a second time: what was asked for and paid, and how the price moved."""

from typing import NamedTuple

from econonexus.audit.fields import MAX, Fields, positive, whole
from econonexus.audit.grants import Grants, Owed
from econonexus.audit.markets import Market, Markets
from econonexus.audit.pledges import Pledges
from econonexus.audit.resources import Resources
from econonexus.audit.standing import Standing
from econonexus.audit.wrong import Wrong

AT_ONCE = ("posted_price", "first_come")
QUEUED = ("priority", "weighted_fair")
REASONS = ("withdrawn", "no_capacity", "expired")
MILLION = 1_000_000
PERIODS_PER_E = 8_490_188
"""So many millionths of a period of twice the target multiply a base fee by e: 1 ÷ ln(9/8), rounded up."""


class Request(NamedTuple):
    """A request that waits."""

    market: str
    agent: str
    units: int
    held: int


class Period:
    """One market's period: its price, and what was asked for and given in it."""

    def __init__(self, price: int) -> None:
        self.price = price
        self.excess = 0
        self.demand = 0
        self.given = 0


class Requests:
    """All requests that wait, and every market's period."""

    def __init__(
        self, markets: Markets, resources: Resources, grants: Grants, pledges: Pledges, standing: Standing
    ) -> None:
        self._markets = markets
        self._resources = resources
        self._grants = grants
        self._pledges = pledges
        self._standing = standing
        self.waiting: dict[str, Request] = {}
        self.periods: dict[str, Period] = {}
        self._began: dict[str, int] = {}

    def begin(self, market: str, now: int) -> None:
        """A market's periods are counted from here; its price is the first, whatever its terms become."""
        known = self._markets.by_name[market]
        if known.mechanism in (*AT_ONCE, *QUEUED):
            self._began[market] = now
            self.periods[market] = Period(_pricing(known).get("price", 1) if _posts(known) else 0)

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """Enter what happens to a request, or to a market's period."""
        market, period = self._market(str(e["market"]))
        if market.halted and kind != "request_ended":
            raise Wrong(f"takes or meets requests in market {e['market']}, which is halted")
        match kind:
            case "request_queued":
                self._queue(market, period, e, now)
            case "request_served":
                self._serve(market, period, e, now)
            case "request_declined":
                self._decline(market, period, e, now)
            case "request_ended":
                self._end(e)
            case "price_updated":
                self._update(market, period, e)
            case "period_shared":
                self._share(market, period, e)
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    def _market(self, known: str) -> tuple[Market, Period]:
        market = self._markets.by_name.get(known)
        if market is None or known not in self.periods:
            raise Wrong(f"asks for units in market {known}, which takes no requests")
        return market, self.periods[known]

    def _queue(self, market: Market, period: Period, e: Fields, now: int) -> None:
        known, units, held = str(e["request"]), positive(e["units"]), whole(e["held"])
        if market.mechanism not in QUEUED or known in self.waiting:
            raise Wrong(f"lets request {known} wait, where none does or it does already")
        if held != units * whole(market.terms.get("reserve", 0)):
            raise Wrong(f"reserves {held} for request {known} of {units} units")
        self._place(market, known, e, held, now)
        self.waiting[known] = Request(str(e["market"]), str(e["agent"]), units, held)
        period.demand += units

    def _serve(self, market: Market, period: Period, e: Fields, now: int) -> None:
        known, units, paid = str(e["request"]), positive(e["units"]), whole(e["paid"])
        if whole(e["price"]) != paid // units:
            raise Wrong(f"says that {paid} for the {units} units of request {known} are {e['price']} each")
        if market.mechanism in QUEUED:
            self._meet(known, e, units, paid)
        else:
            least = whole(market.terms.get("reserve", 0))
            if paid != units * max(period.price, least) or whole(e.get("held", 0)):
                raise Wrong(f"sells {units} units for {paid}, and the price is {max(period.price, least)}")
            self._place(market, known, e, paid, now)
            period.demand += units
        if paid:
            self._pledges.pay("request_served", self._pledges.free(_pledge(known)), paid, now)
        period.given += units
        self._grants.owe(self._owed(market, known, e, units, paid, now))

    def _meet(self, known: str, e: Fields, units: int, paid: int) -> None:
        """A request that waited is met, whole, for what was reserved for it."""
        request = self._own(known, e)
        if (units, paid, e.get("held", 0)) != (request.units, request.held, request.held):
            raise Wrong(f"meets request {known} otherwise than it was made")
        if paid and self._pledges.open[_pledge(known)].source != e["source"]:
            raise Wrong(f"lets request {known} be paid by {e['source']}, which had not reserved it")
        del self.waiting[known]

    def _owed(self, market: Market, known: str, e: Fields, units: int, paid: int, now: int) -> Owed:
        """The right that follows: for a period, or if it waited until the market's next period ends."""
        window = None
        if market.mechanism in QUEUED:
            began, period = self._began[str(e["market"])], self._resources.period[market.resources[0]]
            window = (now, min(began + ((now - began) // period + 1) * period, MAX))
        return Owed(known, str(e["market"]), str(e["agent"]), market.resources[0], units, paid, window)

    def _decline(self, market: Market, period: Period, e: Fields, now: int) -> None:
        units, resource = positive(e["units"]), market.resources[0]
        end = min(now + self._resources.period[resource], MAX)
        free = self._free(resource, now, end)
        if market.mechanism not in AT_ONCE or whole(e["free"]) != free or units <= free:
            raise Wrong(f"declines {units} units of {resource} for want of capacity, and {free} are free")
        period.demand += units

    def _end(self, e: Fields) -> None:
        known = str(e["request"])
        request = self._own(known, e)
        if e["reason"] not in REASONS or whole(e["released"]) != request.held:
            raise Wrong(f"ends request {known} by {e['reason']} and releases {e['released']}")
        if request.held:
            self._pledges.free(_pledge(known))
        del self.waiting[known]

    def _free(self, resource: str, start: int, end: int) -> int:
        """The units that nobody was promised at any instant in [start, end)."""
        promises = list(self._resources.promises[resource].values())
        instants = {start, *(promise.start for promise in promises if start < promise.start < end)}
        most = max(sum(p.units for p in promises if p.start <= at < p.end) for at in instants)
        return max(0, self._resources.capacity[resource] - most)

    def _update(self, market: Market, period: Period, e: Fields) -> None:
        """The price after a period, computed again."""
        capacity = self._resources.capacity[market.resources[0]]
        said = (e["previous"], e["demand"], e["sold"], e["capacity"])
        if not _posts(market) or said != (period.price, period.demand, period.given, capacity):
            raise Wrong(f"counts in the period of market {e['market']} otherwise than was sold")
        price, excess = next_price(_pricing(market), period.price, period.excess, period.demand, capacity)
        if (e["price"], e.get("excess", 0)) != (price, excess):
            raise Wrong(f"moves the price from {period.price} to {e['price']}, and the rule says {price}")
        period.price, period.excess = price, excess
        period.demand = period.given = 0

    def _share(self, market: Market, period: Period, e: Fields) -> None:
        capacity = self._resources.capacity[market.resources[0]]
        said = (e["demand"], e["given"], e["capacity"])
        if _posts(market) or said != (period.demand, period.given, capacity):
            raise Wrong(f"counts in the period of market {e['market']} otherwise than was given")
        period.demand = sum(each.units for each in self.waiting.values() if each.market == e["market"])
        period.given = 0

    def _place(self, market: Market, known: str, e: Fields, amount: int, now: int) -> None:
        destination = self._markets.destination(market.terms)
        self._standing.check_active(str(e["agent"]))
        if e["destination"] != destination:
            raise Wrong(f"lets request {known} be paid to {e['destination']}, and not to {destination}")
        if amount:
            self._pledges.place(_pledge(known), str(e["agent"]), e, destination, amount, now)
        else:
            source = str(e["source"])
            self._standing.check_free(source, self._standing.check_payer(str(e["agent"]), source))

    def _own(self, known: str, e: Fields) -> Request:
        request = self.waiting.get(known)
        if request is None or (request.market, request.agent) != (e["market"], e["agent"]):
            raise Wrong(f"speaks of request {known} of {e['agent']}, which does not wait there")
        return request


def next_price(
    pricing: dict[str, int], price: int, excess: int, demand: int, capacity: int
) -> tuple[int, int]:
    """The price and the excess after a period; terms as a record has them, what is left out is usual."""
    first, ceiling = pricing.get("price", 1), pricing.get("ceiling", MAX)
    rule = pricing.get("rule", "base_fee")
    if rule == "fixed":
        return first, 0
    if rule == "thresholds":
        step = max(1, price * pricing.get("step", 100_000) // MILLION)
        if demand * MILLION > pricing.get("high", 800_000) * capacity:
            price += step
        elif demand * MILLION < pricing.get("low", 200_000) * capacity:
            price -= step
        return min(max(price, pricing.get("floor", 0)), ceiling), 0
    if capacity < 16:
        return price, excess
    target = max(1, capacity * pricing.get("target", 500_000) // MILLION)
    fraction = -(-target * PERIODS_PER_E // MILLION)
    excess = max(0, excess + min(demand, 2 * target) - target)
    if excess:  # Nothing accumulates beyond what reaches the ceiling.
        excess = min(excess, _least_at(first, fraction, ceiling))
    return min(ceiling, _exponential(first, excess, fraction)), excess


def _exponential(first: int, excess: int, fraction: int) -> int:
    """first × e^(excess ÷ fraction), each term of the series rounded down."""
    total, term, place = 0, first * fraction, 1
    while term > 0:
        total, term, place = total + term, term * excess // (fraction * place), place + 1
    return total // fraction


def _least_at(first: int, fraction: int, ceiling: int) -> int:
    low, high = 0, 1
    while _exponential(first, high, fraction) < ceiling:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _exponential(first, middle, fraction) < ceiling else (low, middle)
    return low


def _pledge(request: str) -> str:
    return f"request {request}"


def _posts(market: Market) -> bool:
    return market.mechanism == "posted_price"


def _pricing(market: Market) -> dict[str, int]:
    pricing = market.terms.get("pricing")
    if not isinstance(pricing, dict):
        raise Wrong("posts a price by no rule")
    return pricing
