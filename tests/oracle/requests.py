"""Requests and posted prices, as plainly as can be: lists gone through from their beginning, unit by unit."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator
from fractions import Fraction

import msgspec

from econonexus.audit.requests import next_price
from econonexus.domain import commands as c
from econonexus.domain.kinds import Mechanism, PriceRule, Sharing
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Terms
from tests.oracle import forms
from tests.oracle.attention import Attention
from tests.oracle.auctions import destination as _destination
from tests.oracle.books import NEVER_PAY, NEVER_RECEIVE, Notices, Row
from tests.oracle.forms import BIGGEST
from tests.oracle.markets import NEWCOMER

POSTED, FIRST = Mechanism.POSTED_PRICE, Mechanism.FIRST_COME
STANDS = (POSTED, FIRST, Mechanism.PRIORITY, Mechanism.WEIGHTED_FAIR)
PER_UNIT = 10**12


class Requests(Attention):
    """Markets that take requests, and the requests that wait in them."""

    def __init__(self) -> None:
        super().__init__()
        self.stands: dict[str, Row] = {}
        self.asked: set[str] = set()
        """The requests that were met or ended."""

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for stand in self.stands.values():
            for row in stand["waiting"].values():
                yield row["source"], row["held"], dict.fromkeys(row["budgets"], row["held"])

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, stand in self.stands.items():
            if not self.markets[name]["halted"] and not self._is_quiet(name):
                yield stand["ends"], "stand", c.AdvanceMarket(name)

    # Markets.

    def _form_CreateMarket(self, it: c.CreateMarket) -> set[No]:
        odd = _odd(it.mechanism, it.terms)
        return super()._form_CreateMarket(it) | ({No.INVALID_TERMS} if odd else set())

    def _no_CreateMarket(self, it: c.CreateMarket, no: Callable[[No], None]) -> None:
        super()._no_CreateMarket(it, no)
        if it.resources and it.resources[0] in self.resources:
            self._no_base_fee(it.terms, self.resources[it.resources[0]]["capacity"], no)

    def _do_CreateMarket(self, it: c.CreateMarket, notices: Notices) -> None:
        super()._do_CreateMarket(it, notices)
        if it.mechanism in STANDS:
            period = self.resources[it.resources[0]]["period"]
            self.stands[it.market] = {
                "began": self.now,
                "period": period,
                "ends": min(self.now + period, BIGGEST),
                "price": it.terms.pricing.price if it.terms.pricing else 0,
                "excess": 0,
                "demand": 0,
                "given": 0,
                "waiting": {},
                "standing": {},
                "floor": 0,
            }

    def _form_ChangeMarket(self, it: c.ChangeMarket) -> set[No]:
        market = self.markets.get(it.market)
        odd = market is not None and _odd(market["mechanism"], it.terms)
        return super()._form_ChangeMarket(it) | ({No.INVALID_TERMS} if odd else set())

    def _no_ChangeMarket(self, it: c.ChangeMarket, no: Callable[[No], None]) -> None:
        super()._no_ChangeMarket(it, no)
        if it.market in self.markets:
            resource = self.markets[it.market]["resources"][0]
            self._no_base_fee(it.terms, self.resources[resource]["capacity"], no)

    def _do_ChangeMarket(self, it: c.ChangeMarket, notices: Notices) -> None:
        self._wake(it.market)
        super()._do_ChangeMarket(it, notices)

    def _no_ChangeCapacity(self, it: c.ChangeCapacity, no: Callable[[No], None]) -> None:
        super()._no_ChangeCapacity(it, no)
        for market in self.markets.values():
            if it.resource in market["resources"]:
                self._no_base_fee(market["terms"], it.capacity, no)

    def _do_ChangeCapacity(self, it: c.ChangeCapacity, notices: Notices) -> None:
        for name in self.stands:
            if it.resource in self.markets[name]["resources"]:
                self._wake(name)
        super()._do_ChangeCapacity(it, notices)

    def _do_UnfreezeMarket(self, it: c.UnfreezeMarket, notices: Notices) -> None:
        super()._do_UnfreezeMarket(it, notices)
        if it.market in self.stands and self.stands[it.market]["ends"] <= self.now:
            self.stands[it.market]["ends"] = self._next_end(it.market)

    def _no_base_fee(self, terms: Terms, capacity: int, no: Callable[[No], None]) -> None:
        if terms.pricing and terms.pricing.rule is PriceRule.BASE_FEE and capacity < 16:
            no(No.TOO_FEW_UNITS)

    # Requests.

    def _form_RequestUnits(self, it: c.RequestUnits) -> set[No]:
        reasons = forms.names(it.request)
        if len(it.request) > 112:
            reasons.add(No.INVALID_ID)
        if forms.whole(it.units) or (it.limit is not None and forms.whole(it.limit, 0)):
            reasons.add(No.INVALID_REQUEST)
        return reasons | (set() if it.expires_at is None else forms.instant(it.expires_at))

    def _no_RequestUnits(self, it: c.RequestUnits, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        market = self.markets.get(it.market)
        if market is None:
            return no(No.UNKNOWN_MARKET)
        if self._is_known(it):
            no(No.REQUEST_EXISTS)
        if it.agent in self.agents:
            self._no_way(it.agent, _destination(market["terms"]), no)
        if it.market not in self.stands:
            return no(No.TAKES_NO_REQUESTS)
        if it.units > self.resources[market["resources"][0]]["capacity"]:
            no(No.OVER_CAPACITY)
        if it.expires_at is not None and it.expires_at <= self.now:
            no(No.DEADLINE_PASSED)
        if market["halted"]:
            no(No.MARKET_HALTED)
        price = self._price(it.market)
        if it.limit is not None and it.limit < price:
            no(No.PRICE_OVER_LIMIT)
        if len(self.stands[it.market]["waiting"]) >= market["terms"].most_waiting:
            no(No.TOO_MANY_WAITING)
        if self._at_stake(it.agent) < market["terms"].stake:
            no(No.STAKE_TOO_SMALL)
        if market["terms"].least_reputation > NEWCOMER:
            no(No.REPUTATION_TOO_LOW)
        if it.agent in self.agents:
            self._no_suspended(it.agent, no)
            self._no_price(it, price * it.units, no)
        return None

    def _no_way(self, name: str, destination: str, no: Callable[[No], None]) -> None:
        """Could what pays for an agent pay there at all?"""
        source, _ = self._payer(name)
        giver, taker = self.accounts[source], self.accounts[destination]
        if source == destination:
            return no(No.SAME_ACCOUNT)
        if giver["kind"] in NEVER_PAY or taker["kind"] in NEVER_RECEIVE:
            no(No.WRONG_ACCOUNT_KIND)
        if giver["asset"] != taker["asset"]:
            no(No.ASSET_MISMATCH)
        return None

    def _no_price(self, it: c.RequestUnits, amount: int, no: Callable[[No], None]) -> None:
        """Whether so much can be put aside."""
        source, agent = self._payer(it.agent)
        if not amount:
            return self._no_frozen(source, agent, no)
        destination = _destination(self.markets[it.market]["terms"])
        if self.accounts[destination]["balance"] + amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        self._no_funds(source, amount, no, agent)
        self._no_budget(self._levels(source, destination, agent=agent), amount, no)
        return None

    def _do_RequestUnits(self, it: c.RequestUnits, notices: Notices) -> None:
        market, stand = self.markets[it.market], self.stands[it.market]
        source, agent = self._payer(it.agent)
        destination, amount = _destination(market["terms"]), self._price(it.market) * it.units
        levels = self._levels(source, destination, agent=agent) if amount else []
        resource = market["resources"][0]
        row = {
            "agent": it.agent,
            "units": it.units,
            "source": source,
            "destination": destination,
            "budgets": levels,
            "held": amount,
            "expires": it.expires_at,
        }
        at_once = market["mechanism"] in (POSTED, FIRST)
        free = self.resources[resource]["capacity"] - self.most_promised(
            resource, self.now, self.now + self.resources[resource]["period"]
        )
        told: Notices = []
        self._overruns(levels, amount, told)
        self._wake(it.market)
        stand["demand"] += it.units
        if at_once and it.units > free:
            notices.append(("declined", it.request, max(0, free)))
            return
        notices += told
        if not at_once:
            stand["waiting"][it.request] = row
            return
        self._meet(it.market, it.request, row, None, notices)
        self._after([row], notices)

    def _no_WithdrawRequest(self, it: c.WithdrawRequest, no: Callable[[No], None]) -> None:
        if it.market not in self.markets:
            return no(No.UNKNOWN_MARKET)
        row = self.stands.get(it.market, {"waiting": {}})["waiting"].get(it.request)
        if row is None or row["agent"] != it.agent:
            no(No.UNKNOWN_REQUEST)
        return None

    def _do_WithdrawRequest(self, it: c.WithdrawRequest, notices: Notices) -> None:
        self._end(it.market, it.request, "withdrawn", notices)

    # Periods.

    def _no_AdvanceMarket(self, it: c.AdvanceMarket, no: Callable[[No], None]) -> None:
        if it.market not in self.markets:
            return no(No.UNKNOWN_MARKET)
        if it.market not in self.stands:
            return no(No.TAKES_NO_REQUESTS)
        if self.markets[it.market]["halted"]:
            no(No.MARKET_HALTED)
        if self._is_quiet(it.market) or self.stands[it.market]["ends"] > self.now:
            no(No.MARKET_NOT_DUE)
        return None

    def _do_AdvanceMarket(self, it: c.AdvanceMarket, notices: Notices) -> None:
        market, stand = self.markets[it.market], self.stands[it.market]
        if market["mechanism"] is POSTED:
            said = (stand["demand"], stand["given"])
            stand["price"], stand["excess"] = self._next_price(it.market, stand["demand"])
            stand["demand"] = stand["given"] = 0
            stand["ends"] = min(stand["ends"] + stand["period"], BIGGEST)
            notices.append(("price", it.market, stand["price"], *said, stand["excess"]))
            return
        self._share(it.market, notices)

    def _share(self, name: str, notices: Notices) -> None:
        market, stand = self.markets[name], self.stands[name]
        resource, until = market["resources"][0], self._next_end(name)
        promised = self.most_promised(resource, self.now, until)
        free = max(0, self.resources[resource]["capacity"] - promised)
        expired = [
            each for each, row in stand["waiting"].items() if row["expires"] and row["expires"] <= self.now
        ]
        waiting = [each for each in stand["waiting"] if each not in expired]
        met = self._fairly(name, waiting, free)
        used = sum(stand["waiting"][each]["units"] for each in met)
        rest = [each for each in waiting if each not in met]
        paid: list[Row] = []
        for each in (*met, *self._by_rule(name, rest, free - used)):
            row = stand["waiting"].pop(each)
            paid.append(row)
            rest = [other for other in rest if other != each]
            self._meet(name, each, row, until, notices)
        for each in expired:
            self._end(name, each, "expired", notices)
        for each in rest:
            if stand["waiting"][each]["expires"] is None:
                self._end(name, each, "no_capacity", notices)
        notices.append(("shared", name, stand["demand"], stand["given"]))
        stand["ends"], stand["given"] = until, 0
        stand["demand"] = sum(row["units"] for row in stand["waiting"].values())
        self._after(paid, notices)

    def _fairly(self, name: str, waiting: list[str], free: int) -> list[str]:
        market, stand = self.markets[name], self.stands[name]
        reserved = market["terms"].reserved_share
        if reserved is None:
            return []
        capacity = self.resources[market["resources"][0]]["capacity"]
        wanted = self._wanted(name, waiting)
        shares = _max_min(
            min(free, capacity * reserved.share // 1_000_000),
            {agent: (units, self.agents[agent]["weight"]) for agent, units in wanted.items()},
        )
        return _within(shares, [(each, stand["waiting"][each]) for each in waiting])

    def _by_rule(self, name: str, waiting: list[str], free: int) -> list[str]:
        market, stand = self.markets[name], self.stands[name]
        rows = stand["waiting"]
        if market["mechanism"] is Mechanism.WEIGHTED_FAIR:
            if market["terms"].sharing is Sharing.KARMA:
                return self._by_karma(name, waiting, free)
            return self._by_counter(name, waiting, free)
        met = []
        for each in sorted(waiting, key=lambda it: -self.agents[rows[it]["agent"]]["priority"]):
            if rows[each]["units"] > free:
                break
            free -= rows[each]["units"]
            met.append(each)
        return met

    def _by_counter(self, name: str, waiting: list[str], free: int) -> list[str]:
        stand, met, left = self.stands[name], [], list(waiting)
        counters = {stand["waiting"][each]["agent"]: stand["floor"] for each in waiting}
        for agent in counters:
            counters[agent] = max(stand["floor"], stand["standing"].get(agent, 0))
        floor = stand["floor"]
        while left:
            firsts = {stand["waiting"][each]["agent"]: each for each in reversed(left)}
            agent = min(firsts, key=lambda who: (counters[who], waiting.index(firsts[who])))
            row = stand["waiting"][firsts[agent]]
            floor = counters[agent]
            if row["units"] > free:
                break
            free -= row["units"]
            met.append(firsts[agent])
            left.remove(firsts[agent])
            floor = counters[agent] = counters[agent] - (
                -row["units"] * PER_UNIT // self.agents[agent]["weight"]
            )
            stand["standing"][agent] = counters[agent]
        stand["floor"] = floor
        stand["standing"] = {agent: at for agent, at in stand["standing"].items() if at > floor}
        return met

    def _by_karma(self, name: str, waiting: list[str], free: int) -> list[str]:
        """The paper's algorithm, a unit at a time; then once more for what was really given."""
        stand = self.stands[name]
        capacity = self.resources[self.markets[name]["resources"][0]]["capacity"]
        owned = dict(stand["standing"])
        for each in waiting:
            agent = stand["waiting"][each]["agent"]
            if agent not in owned:
                owned[agent] = sum(owned.values()) // len(owned) if owned else capacity
        stand["floor"] = -1 if owned else 0
        if not owned:
            return []
        shares, _ = _karma(owned, self._wanted(name, waiting), free // len(owned))
        met = _within(shares, [(each, stand["waiting"][each]) for each in waiting])
        given = self._wanted(name, met)
        _, stand["standing"] = _karma(owned, given, free // len(owned))
        return met

    # What they share.

    def _meet(self, market: str, name: str, row: Row, until: int | None, notices: Notices) -> None:
        """Pay for a request, and give the right that follows."""
        resource, amount = self.markets[market]["resources"][0], row["held"]
        self.asked.add(name)
        self.stands[market]["given"] += row["units"]
        notices.append(("met", name, amount))
        self._move(row["source"], row["destination"], amount)
        window = None if until is None else (self.now, until)
        self.grant(name, market, [(row["agent"], resource, row["units"], amount)], window, notices)

    def _after(self, met: list[Row], notices: Notices) -> None:
        """What was paid counts as spent, all at once, and repays debts."""
        spent: dict[str, int] = {}
        income: dict[str, int] = {}
        for row in met:
            income[row["destination"]] = income.get(row["destination"], 0) + row["held"]
            for level in row["budgets"]:
                spent[level] = spent.get(level, 0) + row["held"]
        for level, money in spent.items():
            self._count([level], money, notices)
        for account, money in income.items():
            self._repay(account, money)

    def _end(self, market: str, name: str, reason: str, notices: Notices) -> None:
        del self.stands[market]["waiting"][name]
        self.asked.add(name)
        notices.append(("ended", name, reason))

    def _is_known(self, it: c.RequestUnits) -> bool:
        waits = any(it.request in stand["waiting"] for stand in self.stands.values())
        grant = self.grants.get(f"{it.request}:1")
        return waits or it.request in self.asked or (grant is not None and grant["status"] == "running")

    def _price(self, market: str) -> int:
        return max(self.stands[market]["price"], self.markets[market]["terms"].reserve)

    def _next_price(self, name: str, demand: int) -> tuple[int, int]:
        market, stand = self.markets[name], self.stands[name]
        capacity = self.resources[market["resources"][0]]["capacity"]
        pricing = msgspec.to_builtins(market["terms"].pricing)
        return next_price(pricing, stand["price"], stand["excess"], demand, capacity)

    def _is_quiet(self, name: str) -> bool:
        """Whether the end of this period has nothing to say."""
        stand = self.stands[name]
        if stand["demand"] or stand["waiting"]:
            return False
        if self.markets[name]["mechanism"] is not POSTED:
            return True
        return self._next_price(name, 0) == (stand["price"], stand["excess"])

    def _wake(self, name: str) -> None:
        """Something is to be said of this period from now on."""
        if name in self.stands and self._is_quiet(name) and self.stands[name]["ends"] <= self.now:
            self.stands[name]["ends"] = self._next_end(name)

    def _next_end(self, name: str) -> int:
        stand = self.stands[name]
        periods = (self.now - stand["began"]) // stand["period"] + 1
        return min(max(stand["began"] + periods * stand["period"], stand["ends"]), BIGGEST)

    def _wanted(self, name: str, requests: list[str]) -> dict[str, int]:
        wanted: dict[str, int] = {}
        for each in requests:
            row = self.stands[name]["waiting"][each]
            wanted[row["agent"]] = wanted.get(row["agent"], 0) + row["units"]
        return wanted


def _odd(mechanism: Mechanism, terms: Terms) -> bool:
    pricing, reserved = terms.pricing, terms.reserved_share
    if (pricing is not None) != (mechanism is POSTED):
        return True
    if terms.sharing is Sharing.KARMA and mechanism is not Mechanism.WEIGHTED_FAIR:
        return True
    if forms.whole(terms.most_waiting):
        return True
    if reserved is not None:
        several = ("priority", "weighted_fair", "uniform_price", "discriminatory", "multi_unit_vickrey")
        if mechanism.value not in several or terms.together:
            return True
        if not 0 < reserved.share <= 1_000_000:
            return True
    rule = terms.computed_reserve
    if rule is not None:
        priced = ("first_price", "second_price", "english", "uniform_price", "discriminatory")
        odd = forms.whole(rule.share, 1, 1_000_000) | forms.whole(rule.last, 1, 1_000)
        if odd or mechanism.value not in priced:
            return True
    if pricing is None:
        return False
    amounts = [pricing.price, pricing.floor, pricing.ceiling]
    shares = [pricing.target, pricing.high, pricing.low, pricing.step]
    if any(forms.whole(each, 0) for each in amounts) or any(
        forms.whole(each, 0, 1_000_000) for each in shares
    ):
        return True
    lowest = 1 if pricing.rule is PriceRule.BASE_FEE else 0
    return (
        pricing.target == 0
        or pricing.low > pricing.high
        or not max(lowest, pricing.floor) <= pricing.price <= pricing.ceiling
    )


def _within(shares: dict[str, int], rows: list[tuple[str, Row]]) -> list[str]:
    """Who fits into what its agent was given; nobody passes its own."""
    met, left, stuck = [], dict(shares), set()
    for name, row in rows:
        agent = row["agent"]
        if agent not in stuck and row["units"] <= left[agent]:
            left[agent] -= row["units"]
            met.append(name)
        else:
            stuck.add(agent)
    return met


def _max_min(units: int, claims: dict[str, tuple[int, int]]) -> dict[str, int]:
    """Who wants less than its part has all it wants; the others share the rest by largest remainders."""
    shares: dict[str, int] = {}
    left = dict(claims)
    while left:
        weights = sum(weight for _, weight in left.values())
        modest = [
            who for who, (want, weight) in left.items() if Fraction(want, weight) <= Fraction(units, weights)
        ]
        if not modest:
            break
        least = min(modest, key=lambda who: Fraction(*left[who]))
        shares[least], _ = left.pop(least)
        units -= shares[least]
    weights = sum(weight for _, weight in left.values())
    for who, (_, weight) in left.items():
        shares[who] = units * weight // weights
    odd = units - sum(shares[who] for who in left) if left else 0
    by_remainder = sorted(left, key=lambda who: -(units * left[who][1] % weights))
    for who in by_remainder[:odd]:
        shares[who] += 1
    return shares


def _karma(
    owned: dict[str, int], wanted: dict[str, int], fair_share: int
) -> tuple[dict[str, int], dict[str, int]]:
    guarantee = fair_share // 2
    credit = {agent: have + fair_share - guarantee for agent, have in owned.items()}
    shares = {agent: min(wanted.get(agent, 0), guarantee) for agent in owned}
    donated = {agent: guarantee - shares[agent] for agent in owned}
    pool = len(owned) * (fair_share - guarantee)
    while pool or any(donated.values()):
        borrowers = [who for who in owned if wanted.get(who, 0) > shares[who] and credit[who] > 0]
        if not borrowers:
            break
        borrower = max(borrowers, key=lambda who: credit[who])
        donors = [who for who in owned if donated[who]]
        if donors:
            donor = min(donors, key=lambda who: credit[who])
            donated[donor] -= 1
            credit[donor] += 1
        else:
            pool -= 1
        shares[borrower] += 1
        credit[borrower] -= 1
    return shares, credit
