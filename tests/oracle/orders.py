"""Order books and halts: every order is held against every other, and every price against all before it."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator
from typing import NamedTuple

from econonexus.domain import commands as c
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Book, Terms
from tests.oracle import forms
from tests.oracle.auctions import Auctions
from tests.oracle.books import NEVER_PAY, Notices, Row
from tests.oracle.forms import BIGGEST
from tests.oracle.markets import ALWAYS, NEWCOMER


class Fills(NamedTuple):
    """What becomes of an order: (resting order, units, price) traded, own orders in the way, what is left."""

    trades: list[tuple[str, int, int]]
    in_the_way: list[str]
    rests: int
    lapses: int
    too_far: int | None
    """The price at which the market would have moved too far."""


class Orders(Auctions):
    """Orders and trades, and markets that stop by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Row] = {}
        """What rests, in the order in which it queued."""
        self.closed: dict[str, str] = {}
        """Whose the orders were that do not rest any more."""
        self.prices: dict[str, list[tuple[int, int]]] = {}
        """When a market came to which price, since it last began to watch."""
        self.outcomes: dict[str, list[bool]] = {}
        """Which of its auctions failed since then."""
        self.trades: dict[str, int] = {}

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for order in self.orders.values():
            if order["side"] == "buy":
                held = order["open"] * order["price"]
                yield order["account"], held, dict.fromkeys(order["budgets"], held)

    def promises(self, resource: str) -> Iterator[tuple[int, int, int]]:
        yield from super().promises(resource)
        for order in self.orders.values():
            sold = self.markets[order["market"]]
            if order["side"] == "sell" and order["grant"] is None and sold["resources"] == (resource,):
                yield (*(self._window(order["market"]) or ALWAYS), order["open"])

    def offered(self, grant: str) -> int:
        return sum(order["open"] for order in self.orders.values() if order["grant"] == grant)

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, market in self.markets.items():
            if market.get("resumes") is not None:
                yield market["resumes"], "market", c.ResumeMarket(name)
            window = self._window(name)
            if window is not None and self._in_book(name):
                yield window[1], "book", c.CloseBook(name)

    # Markets.

    def _form_CreateMarket(self, it: c.CreateMarket) -> set[No]:
        odd = _odd_book(it.mechanism, it.terms) or _odd_halt(it.terms)
        long = {No.INVALID_ID} if len(it.market) > 112 else set()
        return super()._form_CreateMarket(it) | long | ({No.INVALID_TERMS} if odd else set())

    def _form_ChangeMarket(self, it: c.ChangeMarket) -> set[No]:
        market = self.markets.get(it.market)
        odd = _odd_halt(it.terms) or (market is not None and _odd_book(market["mechanism"], it.terms))
        return super()._form_ChangeMarket(it) | ({No.INVALID_TERMS} if odd else set())

    def bid_where_lent(self, source: str) -> Iterator[int]:
        yield from super().bid_where_lent(source)
        for order in self.orders.values():
            lends = self.markets[order["market"]]["terms"].credit == "reputation"
            if lends and order["side"] == "buy" and order["account"] == source:
                yield order["open"] * order["price"]

    def _no_ChangeMarket(self, it: c.ChangeMarket, no: Callable[[No], None]) -> None:
        super()._no_ChangeMarket(it, no)
        if it.market in self.markets and self._in_book(it.market):
            book = it.terms.book or Book()
            after = None if book.starts_at is None else (book.starts_at, book.ends_at)
            lends = it.terms.credit != self.markets[it.market]["terms"].credit
            if after != self._window(it.market) or lends:
                no(No.ORDERS_REST)

    def _do_ChangeMarket(self, it: c.ChangeMarket, notices: Notices) -> None:
        if self.markets[it.market]["terms"].halt != it.terms.halt:
            self._watch_anew(it.market)
        super()._do_ChangeMarket(it, notices)

    def _no_FreezeMarket(self, it: c.FreezeMarket, no: Callable[[No], None]) -> None:
        if self.markets.get(it.market, {}).get("resumes") is None:
            super()._no_FreezeMarket(it, no)

    def _do_FreezeMarket(self, it: c.FreezeMarket | c.UnfreezeMarket, notices: Notices) -> None:
        super()._do_FreezeMarket(it, notices)
        self.markets[it.market]["resumes"] = None

    def _do_UnfreezeMarket(self, it: c.UnfreezeMarket, notices: Notices) -> None:
        self._do_FreezeMarket(it, notices)
        self._watch_anew(it.market)

    def _no_ResumeMarket(self, it: c.ResumeMarket, no: Callable[[No], None]) -> None:
        market = self.markets.get(it.market)
        if market is None:
            no(No.UNKNOWN_MARKET)
        elif market.get("resumes") is None or market["resumes"] > self.now:
            no(No.MARKET_NOT_DUE)

    def _do_ResumeMarket(self, it: c.ResumeMarket, notices: Notices) -> None:
        self.markets[it.market] |= {"halted": False, "resumes": None}
        self._watch_anew(it.market)

    def _watch_anew(self, market: str) -> None:
        self.prices[market], self.outcomes[market] = [], []

    def _clear(self, name: str, notices: Notices) -> None:
        super()._clear(name, notices)
        auction = self.auctions[name]
        market, halt = auction["market"], self.markets[auction["market"]]["terms"].halt
        if halt is None:
            return
        failed = auction["status"] == "failed"
        outcomes = self.outcomes.setdefault(market, [])
        outcomes.append(failed)
        last = outcomes[-halt.of :]
        told = next((notice for notice in notices if notice[0] == "cleared"), None)
        prices = {} if told is None else told[3]
        before = list(self.prices.get(market, []))
        for price in prices.values():
            self.prices.setdefault(market, []).append((self.now, price))
        if self.markets[market]["halted"]:
            return
        too_many = failed and len(last) == halt.of and sum(last) * 1_000_000 > halt.failures * halt.of
        moved = any(self._too_far(market, price, before) for price in prices.values())
        if too_many or moved:
            self._halt(market, "failures" if too_many else "price_move", notices)

    def _halt(self, market: str, reason: str, notices: Notices) -> None:
        until = min(self.now + self.markets[market]["terms"].halt.pause, BIGGEST)
        self.markets[market] |= {"halted": True, "resumes": until}
        notices.append(("halted", market, reason, until))

    def _too_far(self, market: str, price: int, before: list[tuple[int, int]] | None = None) -> bool:
        """Whether a price now is out of bounds: all prices are walked through to find the reference."""
        halt = self.markets[market]["terms"].halt
        known = self.prices.get(market, []) if before is None else before
        if halt is None or not known:
            return False
        began, reference = known[0]
        for (at, _each), earlier in zip(known[1:], known, strict=False):
            if at - began >= halt.window:
                began, reference = at, earlier[1]
        if self.now - began >= halt.window:
            reference = known[-1][1]
        return abs(price - reference) * 1_000_000 > halt.move * reference

    # Grants.

    def _do_ReleaseGrant(self, it: c.ReleaseGrant, notices: Notices) -> None:
        self._end_offers(it.grant, notices)
        super()._do_ReleaseGrant(it, notices)

    def _do_ExpireGrant(self, it: c.ExpireGrant, notices: Notices) -> None:
        self._end_offers(it.grant, notices)
        super()._do_ExpireGrant(it, notices)

    def _end_offers(self, grant: str, notices: Notices) -> None:
        by_age = sorted(self.orders, key=lambda name: self.orders[name]["number"])
        for name in by_age:
            if self.orders[name]["grant"] == grant:
                self._take_out(name, "grant_ended", notices)

    # Orders.

    def _form_PlaceOrder(self, it: c.PlaceOrder) -> set[No]:
        odd = it.side not in ("buy", "sell") or it.time_in_force not in ("gtc", "ioc", "fok")
        odd |= bool(forms.whole(it.units))
        for amount in (it.unit_price, it.cap):
            odd |= amount is not None and bool(forms.whole(amount))
        odd |= (it.cap is None) == (it.side == "buy" and it.unit_price is None)
        odd |= it.grant is not None and it.side != "sell"
        odd = odd or (it.unit_price is not None and it.units * it.unit_price > BIGGEST)
        return forms.names(it.order) | ({No.INVALID_ORDER} if odd else set())

    def _no_PlaceOrder(self, it: c.PlaceOrder, no: Callable[[No], None]) -> None:
        if it.order in self.orders or it.order in self.closed:
            no(No.ORDER_EXISTS)
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        market = self.markets.get(it.market)
        if market is None:
            no(No.UNKNOWN_MARKET)
        grant = None if it.grant is None else self.grants.get(it.grant)
        if it.grant is not None and (grant is None or grant["agent"] != it.agent):
            no(No.UNKNOWN_GRANT)
            grant = None
        if it.agent not in self.agents or market is None:
            return None
        account, drawing = self._payer(it.agent)
        if self.accounts[account]["kind"] in NEVER_PAY:
            no(No.WRONG_ACCOUNT_KIND)
        if self.accounts[account]["asset"] != "credit":
            no(No.ASSET_MISMATCH)
        terms = market["terms"]
        if market["mechanism"] is not Mechanism.ORDER_BOOK:
            return no(No.NOT_A_BOOK)
        if it.side == "sell":
            self._no_sale(it, market, grant, no)
        if it.unit_price is not None and it.unit_price < terms.reserve:
            no(No.BELOW_RESERVE)
        window = self._window(it.market)
        if window is not None and window[1] <= self.now:
            no(No.DEADLINE_PASSED)
        if market["halted"]:
            no(No.MARKET_HALTED)
        if len(self._in_book(it.market)) >= (terms.book or Book()).max_orders:
            no(No.BOOK_FULL)
        if self._at_stake(it.agent) < terms.stake:
            no(No.STAKE_TOO_SMALL)
        if terms.least_reputation > NEWCOMER:
            no(No.REPUTATION_TOO_LOW)
        self._no_suspended(it.agent, no)
        fills = self._fills(it.market, it.agent, it.side, it.units, it.unit_price, it.time_in_force, it.cap)
        self._no_room(it.side, account, fills, no)
        if it.side == "sell":
            return self._no_frozen(account, drawing, no)
        worst = it.cap or it.units * it.unit_price
        self._no_funds(account, worst, no, drawing)
        self._no_power(market["terms"], account, worst, no)
        return self._no_budget(self._above(account, drawing), worst, no)

    def _no_sale(self, it: c.PlaceOrder, market: Row, grant: Row | None, no: Callable[[No], None]) -> None:
        sellers = (market["terms"].book or Book()).sellers
        allowed = {"anyone": True, "holders": it.grant is not None}
        if not (allowed[sellers] if isinstance(sellers, str) else it.agent in sellers):
            no(No.NOT_A_SELLER)
        if it.grant is None and it.units > self._free(it.market):
            no(No.OVER_CAPACITY)
        if grant is not None:
            window = self._window(it.market)
            other_time = window is not None and window != (grant["starts"], grant["ends"])
            if market["resources"] != (grant["resource"],) or other_time:
                no(No.NOT_SOLD_HERE)
            self._no_units(it.grant, it.units, no)

    def _no_units(self, name: str, units: int, no: Callable[[No], None]) -> None:
        grant = self.grants[name]
        if grant["status"] != "running":
            no(No.GRANT_ENDED)
        elif units > grant["units"] - grant["used"] - self.offered(name):
            no(No.UNITS_OVER_GRANT)

    def _no_room(self, side: str, account: str, fills: Fills, no: Callable[[No], None]) -> None:
        income: dict[str, int] = {}
        for name, units, price in fills.trades:
            paid = self.orders[name]["account"] if side == "buy" else account
            income[paid] = income.get(paid, 0) + units * price
        if any(self.accounts[paid]["balance"] + money > BIGGEST for paid, money in income.items()):
            no(No.BALANCE_TOO_LARGE)

    def _do_PlaceOrder(self, it: c.PlaceOrder, notices: Notices) -> None:
        account, drawing = self._payer(it.agent)
        levels = self._above(account, drawing) if it.side == "buy" else []
        if it.side == "buy":
            self._open_line(self.markets[it.market]["terms"], account)
            self._overruns(levels, it.cap or it.units * it.unit_price, notices)
        fills = self._fills(it.market, it.agent, it.side, it.units, it.unit_price, it.time_in_force, it.cap)
        notices.append(("ordered", it.order, fills.rests, fills.lapses))
        order = {
            "market": it.market,
            "agent": it.agent,
            "side": it.side,
            "open": fills.rests,
            "price": it.unit_price,
            "account": account,
            "budgets": levels,
            "grant": it.grant,
            "number": len(self.orders) + len(self.closed),
        }
        self._come(it.order, order, fills, notices)
        if fills.too_far is not None and it.time_in_force != "fok":
            self._halt(it.market, "price_move", notices)

    def _form_ReplaceOrder(self, it: c.ReplaceOrder) -> set[No]:
        odd = forms.whole(it.units) or forms.whole(it.unit_price) or it.units * it.unit_price > BIGGEST
        return {No.INVALID_ORDER} if odd else set()

    def _no_ReplaceOrder(self, it: c.ReplaceOrder, no: Callable[[No], None]) -> None:
        order = self._no_order(it, no)
        if order is None:
            return None
        market, more = self.markets[order["market"]], it.units - order["open"]
        if order["side"] == "sell" and order["grant"] is not None:
            self._no_units(order["grant"], more, no)
        elif order["side"] == "sell" and more > self._free(order["market"]):
            no(No.OVER_CAPACITY)
        if it.unit_price < market["terms"].reserve:
            no(No.BELOW_RESERVE)
        if market["halted"]:
            no(No.MARKET_HALTED)
        self._no_suspended(order["agent"], no)
        _, fills = self._replaced(it, order)
        self._no_room(order["side"], order["account"], fills, no)
        drawing = None if order["account"] == order["agent"] else order["agent"]
        if order["side"] == "sell":
            return self._no_frozen(order["account"], drawing, no)
        more_money = max(0, it.units * it.unit_price - order["open"] * order["price"])
        self._no_funds(order["account"], more_money, no, drawing)
        self._no_power(market["terms"], order["account"], more_money, no)
        return self._no_budget(order["budgets"], more_money, no)

    def _do_ReplaceOrder(self, it: c.ReplaceOrder, notices: Notices) -> None:
        order = self.orders[it.order]
        if order["side"] == "buy":
            more_money = max(0, it.units * it.unit_price - order["open"] * order["price"])
            self._overruns(order["budgets"], more_money, notices)
        requeued, fills = self._replaced(it, order)
        notices.append(("reordered", it.order, fills.rests, fills.lapses, requeued))
        if not requeued:
            order["open"] = it.units
            return
        del self.orders[it.order]
        self._come(it.order, order | {"open": fills.rests, "price": it.unit_price}, fills, notices)
        if fills.too_far is not None:
            self._halt(order["market"], "price_move", notices)

    def _replaced(self, it: c.ReplaceOrder, order: Row) -> tuple[bool, Fills]:
        if it.unit_price == order["price"] and it.units <= order["open"]:
            return False, Fills([], [], it.units, 0, None)
        price = it.unit_price
        return True, self._fills(order["market"], order["agent"], order["side"], it.units, price, "gtc", None)

    def _no_CancelOrder(self, it: c.CancelOrder, no: Callable[[No], None]) -> None:
        self._no_order(it, no)

    def _form_CancelOrder(self, it: c.CancelOrder) -> set[No]:
        return forms.short(it.reason, 256)

    def _do_CancelOrder(self, it: c.CancelOrder, notices: Notices) -> None:
        self._take_out(it.order, "operator" if it.agent is None else "cancelled", notices)

    def _no_CloseBook(self, it: c.CloseBook, no: Callable[[No], None]) -> None:
        if it.market not in self.markets:
            return no(No.UNKNOWN_MARKET)
        window = self._window(it.market)
        if window is None or window[1] > self.now or not self._in_book(it.market):
            no(No.MARKET_NOT_DUE)
        return None

    def _do_CloseBook(self, it: c.CloseBook, notices: Notices) -> None:
        for name in self._in_book(it.market):
            self._take_out(name, "market_over", notices)

    def _no_order(self, it: c.ReplaceOrder | c.CancelOrder, no: Callable[[No], None]) -> Row | None:
        order = self.orders.get(it.order)
        if order is not None and it.agent in (None, order["agent"]):
            return order
        mine = it.order in self.closed and it.agent in (None, self.closed[it.order])
        no(No.ORDER_CLOSED if mine else No.UNKNOWN_ORDER)
        return None

    # What trades with what.

    def _fills(
        self, market: str, agent: str, side: str, units: int, price: int | None, tif: str, cap: int | None
    ) -> Fills:
        """Every order at rest is looked at, the best price first, and at one price whoever queued first."""
        better = 1 if side == "buy" else -1
        others = [
            (better * row["price"], place, name)
            for place, (name, row) in enumerate(self.orders.items())
            if row["market"] == market and row["side"] != side
            if price is None or better * row["price"] <= better * price
        ]
        book = self.markets[market]["terms"].book or Book()
        trades, in_the_way, too_far, stopped = [], [], None, False
        left, money = units, cap
        for _, _, name in sorted(others):
            row = self.orders[name]
            if left == 0 or stopped or (money is not None and money < row["price"]):
                break
            if self._too_far(market, row["price"]):
                too_far, stopped = row["price"], True
            elif self.agents[row["agent"]]["owner"] == self.agents[agent]["owner"]:
                stopped = book.self_trade == "cancel_incoming"
                in_the_way += [] if stopped else [name]
            else:
                affordable = left if money is None else money // row["price"]
                traded = min(left, row["open"], affordable)
                trades.append((name, traded, row["price"]))
                left -= traded
                money = None if money is None else money - traded * row["price"]
        if tif == "fok" and left:
            return Fills([], [], 0, units, too_far)
        rests = left if tif == "gtc" and price is not None and not stopped else 0
        return Fills(trades, in_the_way, rests, left - rests, too_far)

    def _come(self, name: str, order: Row, fills: Fills, notices: Notices) -> None:
        """An order comes into the book, and what it meets there happens."""
        if order["open"]:
            self.orders[name] = order
        else:
            self.closed[name] = order["agent"]
        for other in fills.in_the_way:
            self._take_out(other, "self_trade", notices)
        spent: dict[str, int] = {}
        income: dict[str, int] = {}
        for other, units, price in fills.trades:
            buyer, seller = (order, self.orders[other])
            if order["side"] == "sell":
                buyer, seller = seller, buyer
            self._trade(name, other, (buyer, seller), units, price, notices)
            paid_to, money = seller["account"], units * price
            income[paid_to] = income.get(paid_to, 0) + money
            for level in buyer["budgets"]:
                if level not in self._above(paid_to):
                    spent[level] = spent.get(level, 0) + money
        for level, money in spent.items():
            self._count([level], money, notices)
        for receiver, money in income.items():
            self._repay(receiver, money)

    def _trade(
        self, name: str, other: str, sides: tuple[Row, Row], units: int, price: int, notices: Notices
    ) -> None:
        buyer, seller = sides
        market = seller["market"]
        number = self.trades[market] = self.trades.get(market, 0) + 1
        trade = f"{market}@{number}"
        notices.append(("traded", trade, other, name, units, price))
        row = self.orders[other]
        row["open"] -= units
        self._move(buyer["account"], seller["account"], units * price)
        self.prices.setdefault(market, []).append((self.now, price))
        starts, ends = self._window(market) or (self.now, self.now + self._resource(market)["period"])
        if seller["grant"] is not None:
            grant = self.grants[seller["grant"]]
            grant["units"] -= units
            starts, ends = grant["starts"], grant["ends"]
        if not row["open"]:
            del self.orders[other]
            self.closed[other] = row["agent"]
        resource = self._resource(market)
        resource["fence"] += 1
        self.grants[trade] = {
            "agent": buyer["agent"],
            "resource": self.markets[market]["resources"][0],
            "units": units,
            "used": 0,
            "starts": max(self.now, starts),
            "ends": min(ends, BIGGEST),
            "fence": resource["fence"],
            "status": "running",
        }
        its = tuple(self.grants[trade][field] for field in ("agent", "resource", "units", "starts", "ends"))
        notices.append(("granted", trade, *its, resource["fence"], market, units * price))

    def _take_out(self, name: str, reason: str, notices: Notices) -> None:
        order = self.orders.pop(name)
        self.closed[name] = order["agent"]
        notices.append(("out", name, order["open"], reason))

    def _in_book(self, market: str) -> list[str]:
        return [name for name, order in self.orders.items() if order["market"] == market]

    def _window(self, market: str) -> tuple[int, int] | None:
        book = self.markets[market]["terms"].book
        return None if book is None or book.starts_at is None else (book.starts_at, book.ends_at)

    def _resource(self, market: str) -> Row:
        return self.resources[self.markets[market]["resources"][0]]

    def _free(self, market: str) -> int:
        window = self._window(market)
        start, end = (self.now, BIGGEST) if window is None else (max(self.now, window[0]), window[1])
        name = self.markets[market]["resources"][0]
        if start >= end:
            return BIGGEST  # There is no time in which there could be too few.
        return self.resources[name]["capacity"] - self.most_promised(name, start, end)


def _odd_book(mechanism: Mechanism, terms: Terms) -> bool:
    book = terms.book
    if book is None:
        return False
    named = book.sellers if not isinstance(book.sellers, str) else ()
    good = book.sellers in ("anyone", "holders") or (
        named != () and len(named) <= 1_000 and not forms.names(*named)
    )
    times = (book.starts_at, book.ends_at)
    in_time = times == (None, None) or (
        None not in times and not any(map(forms.instant, times)) and times[0] < times[1]
    )
    return (
        mechanism is not Mechanism.ORDER_BOOK
        or not good
        or not in_time
        or bool(forms.whole(book.max_orders, 1, 1_000_000))
        or book.self_trade not in ("cancel_resting", "cancel_incoming")
    )


def _odd_halt(terms: Terms) -> bool:
    halt = terms.halt
    if halt is None:
        return False
    return bool(
        forms.whole(halt.move)
        | forms.whole(halt.window)
        | forms.whole(halt.pause)
        | forms.whole(halt.failures, 0, 1_000_000)
        | forms.whole(halt.of, 1, 1_000)
    )
