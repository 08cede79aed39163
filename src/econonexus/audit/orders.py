"""Order books, kept a second time: of each order it is worked out again what it trades with, in which order
and at which price, by looking at the prices that others wait at. The records that follow must say just that.
"""

from collections import Counter, deque
from typing import NamedTuple

from econonexus.audit.fields import MAX, Fields, name, names, positive, whole
from econonexus.audit.grants import Grants, Owed
from econonexus.audit.lines import Lines
from econonexus.audit.markets import Market, Markets
from econonexus.audit.pledges import Pledges
from econonexus.audit.resources import ALWAYS
from econonexus.audit.spenders import Spenders
from econonexus.audit.standing import Standing
from econonexus.audit.waiting import Order, Waiting
from econonexus.audit.wrong import Wrong

MOST_MET = 1_000
MOST_AT_REST = 100_000
REASONS = ("cancelled", "operator", "self_trade", "grant_ended", "market_over")
AFTER_TRADES = ("budget_alert_raised", "debt_repaid")


class Trade(NamedTuple):
    """A trade that must come next."""

    resting: str
    units: int
    price: int


class Coming(NamedTuple):
    """An order that trades just now."""

    name: str
    order: Order
    limit: int | None
    life: str
    cap: int | None


class Orders:
    """All orders at rest, and what must follow from the one that came last."""

    def __init__(
        self,
        markets: Markets,
        grants: Grants,
        pledges: Pledges,
        standing: Standing,
        spenders: Spenders,
        lines: Lines,
    ) -> None:
        self._lines = lines
        self._markets, self._resources, self._grants = markets, grants.resources, grants
        self._pledges, self._standing, self._spenders = pledges, standing, spenders
        self._waiting = Waiting()
        self.by_name = self._waiting.by_name
        self.closed: set[str] = set()
        self.trades: Counter[str] = Counter()
        self._cancels: deque[str] = deque()
        self._trades: deque[Trade] = deque()
        self._halts: tuple[str, int] | None = None
        """The market that must halt, and the price it would have come to."""
        self._coming: Coming | None = None

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """Enter an order, what becomes of it, or a trade."""
        match kind:
            case "order_placed":
                self._place(e, now)
            case "order_replaced":
                self._replace(e, now)
            case "order_cancelled":
                self._cancel(e, now)
            case _:
                self._trade(e, now)

    def check_followed(self, kind: str) -> None:
        """What must follow from an order comes before anything else happens."""
        if self._cancels:
            due = "order_cancelled"
        elif self._trades and kind not in ("granted", "line_drawn"):
            due = "trade_executed"
        elif self._halts is not None and kind not in ("granted", *AFTER_TRADES):
            due = "market_halted"
        else:
            return
        if kind != due:
            raise Wrong(f"follows where an order must lead to {due} first")

    def check_halted(self, kind: str, e: Fields) -> None:
        """A market that an order would have moved too far halts; so does it for nothing else by its book."""
        book = self._markets.by_name.get(str(e["market"]))
        by_price = kind == "market_halted" and e.get("reason") == "price_move" and e.get("resumes_at")
        by_book = by_price and book is not None and book.mechanism == "order_book"
        if by_book and self._halts != (e["market"], e["price"]):
            raise Wrong(f"halts market {e['market']} for a price that nobody would have moved it to")
        if kind == "market_changed" and book is not None and self._waiting.at_rest[str(e["market"])]:
            self._check_window(book, e)
        self._halts = None

    def _place(self, e: Fields, now: int) -> None:
        known, agent, side = str(e["order"]), str(e["agent"]), str(e["side"])
        market = self._book(str(e["market"]))
        if known in self.by_name or known in self.closed or side not in ("buy", "sell"):
            raise Wrong(f"places order {known} a second time, or on no side")
        self._spenders.check_active(agent)
        drawing = self._standing.check_payer(agent, str(e["account"]))
        self._standing.check_free(str(e["account"]), drawing)
        price, cap = e.get("unit_price"), e.get("cap")
        limit = None if price is None else positive(price)
        order = Order(str(e["market"]), agent, str(e["account"]), side, limit or 0)
        order.levels, order.grant = names(e.get("budgets")), name(e.get("grant"))
        coming = Coming(
            known, order, limit, str(e.get("time_in_force", "gtc")), None if cap is None else whole(cap)
        )
        if (cap is None) != (side == "sell" or limit is not None):
            raise Wrong(f"says no price of order {known} and no cap, or both")
        if order.levels != (self._standing.above(order.account, drawing) if side == "buy" else []):
            raise Wrong(f"counts order {known} in other budgets than those above {order.account}")
        self._check_terms(market, coming, now)
        if side == "sell":
            self._check_seller(market, coming)
        if side == "buy":
            self._pledges.check_lends(_pledge(known), market.terms)
        self._come(coming, market, e, now)
        if order.units and side == "buy":
            self._pledges.set_aside(_pledge(known), agent, order.account, order.levels, order.held, now)
        elif order.units:
            self._keep_back(known, order, now)
        self._pledges.coming.pop(_pledge(known), None)
        self._check_power(market, order)

    def _check_power(self, market: Market, order: Order) -> None:
        """A buyer offers no more than its record lets it."""
        if order.side == "buy":
            self._lines.check_bid(market.terms, order.agent, order.account, self._pledges.trading)

    def _replace(self, e: Fields, now: int) -> None:
        known, units, limit = str(e["order"]), positive(e["units"]), positive(e["unit_price"])
        order = self._own(e)
        market = self._book(order.market)
        pledge = self._pledges.open.get(_pledge(known))
        if whole(e.get("before", 0)) != order.held:
            raise Wrong(f"says that {e.get('before', 0)} was held for order {known}, and it was {order.held}")
        stays = limit == order.price and units <= order.units
        if bool(e.get("requeued", False)) == stays:
            raise Wrong(f"lets order {known} keep a place that it loses, or lose one that it keeps")
        self._spenders.check_active(order.agent)
        self._standing.check_free(order.account, None if order.account == order.agent else order.agent)
        if order.side == "sell":
            self._let_go(known, order)
        else:
            self._pledges.check_lends(_pledge(known), market.terms)
        self._pledges.trading = 0
        if stays:
            order.units = units
            self._check_said(known, e, units, 0, order)
        else:
            self._waiting.take_out(known)
            order.price = limit
            coming = Coming(known, order, limit, "gtc", None)
            self._check_terms(market, coming, now)
            self._come(coming, market, e, now)
        if order.side == "sell" and order.units:
            self._keep_back(known, order, now)
        elif pledge is not None and order.units:
            self._pledges.change_to(_pledge(known), order.held, now)
        elif pledge is not None:
            self._pledges.free(_pledge(known))
        self._pledges.coming.pop(_pledge(known), None)
        self._check_power(market, order)

    def _cancel(self, e: Fields, now: int) -> None:
        known, order, reason = str(e["order"]), self._own(e), e["reason"]
        if self._cancels and (known, reason) != (self._cancels.popleft(), "self_trade"):
            raise Wrong(f"cancels order {known} where another must give way")
        if (e["units"], e.get("released", 0)) != (order.units, order.held):
            raise Wrong(f"miscounts what was open of order {known}, or held for it")
        window = self._window(self._markets.by_name[order.market])
        if reason == "market_over" and (window is None or window[1] > now):
            raise Wrong(f"cancels order {known} as if there were no time left to deliver")
        if (reason == "grant_ended" and order.grant is None) or reason not in REASONS:
            raise Wrong(f"cancels order {known} for {reason}")
        self._waiting.take_out(known)
        self._close(known, order)

    def _trade(self, e: Fields, now: int) -> None:
        if not self._trades or self._coming is None:
            raise Wrong("trades where no order would")
        due, coming = self._trades.popleft(), self._coming
        rest = self.by_name[due.resting]
        buys = coming.order.side == "buy"
        buyer, seller = (coming.order, rest) if buys else (rest, coming.order)
        self.trades[rest.market] += 1
        expected: Fields = {
            "trade": f"{rest.market}@{self.trades[rest.market]}",
            "market": rest.market,
            "resting": due.resting,
            "incoming": coming.name,
            "buyer": buyer.agent,
            "seller": seller.agent,
            "units": due.units,
            "unit_price": due.price,
            "amount": due.units * due.price,
            "source": buyer.account,
            "destination": seller.account,
        }
        seldom: Fields = {"budgets": self._left(buyer, seller), "offered": seller.grant, "was_held": not buys}
        usual: Fields = {"budgets": [], "offered": None, "was_held": False}
        for field, value in (expected | seldom).items():
            if (usual | e)[field] != value:
                raise Wrong(f"says {field} {e.get(field)} of a trade where {value} is due")
        self._deliver(e, buyer, seller, due, now)

    def _left(self, buyer: Order, seller: Order) -> list[str]:
        """The budgets that the money leaves: above the buyer and not above what the seller is paid to."""
        kept = self._standing.above(seller.account)
        return [level for level in buyer.levels if level not in kept]

    def _deliver(self, e: Fields, buyer: Order, seller: Order, due: Trade, now: int) -> None:
        """Money and units change hands; what rested has less open."""
        rest = self.by_name[due.resting]
        if rest is buyer:
            self._pledges.spend(_pledge(due.resting), due.units * due.price)
        if rest.units == due.units:
            self._waiting.take_out(due.resting)
            self._close(due.resting, rest)
        elif rest is buyer:
            rest.units -= due.units
        else:
            rest.units -= due.units
            self._lessen(due.resting, rest, due.units)
        amount = due.units * due.price
        self._pledges.pay_to(buyer.account, seller.account, self._left(buyer, seller), amount, now)
        market = self._markets.by_name[buyer.market]
        market.watch.saw_price(market.terms, due.price, now)
        window = self._window(market)
        if seller.grant is not None:
            grant = self._grants.sell(seller.grant, due.units)
            window = (grant.start, grant.end)
        if window is not None:
            window = (max(now, window[0]), window[1])
        source = str(e["resting"] if rest is buyer else e["incoming"])
        right = (source, buyer.market, buyer.agent, market.resources[0], due.units, amount, window)
        self._grants.owe(Owed(*right))

    # What an order comes to.

    def _come(self, coming: Coming, market: Market, e: Fields, now: int) -> None:
        """Work out what an order trades, and hold against it what the record says."""
        units, order = positive(e["units"]), coming.order
        left, stopped = self._match(coming, market, units, now)
        killed = coming.life == "fok" and left > 0
        if killed:
            left = units
            self._trades.clear()
            self._cancels.clear()
            self._halts = None
        rests = (
            left if coming.life == "gtc" and coming.limit is not None and not stopped and not killed else 0
        )
        order.units = rests
        self._pledges.trading = sum(trade.units * trade.price for trade in self._trades)
        self._check_said(coming.name, e, rests, left - rests, order)
        self._coming = coming
        if rests:
            self._waiting.put(coming.name, order)
        else:
            self.closed.add(coming.name)

    def _match(self, coming: Coming, market: Market, units: int, now: int) -> tuple[int, bool]:
        """What must be traded, and who gives way; how many units are left, and whether more may not be."""
        order, left, money = coming.order, units, coming.cap
        self._cancels, self._trades, self._halts = deque(), deque(), None
        behind = self._spenders.behind
        for met, other in enumerate(self._waiting.facing(order, coming.limit)):
            rest = self.by_name[other]
            if not left or (money is not None and money < rest.price):
                return left, False
            if market.watch.is_too_far(market.terms, rest.price, now):
                self._halts = (order.market, rest.price)
                return left, True
            if met == MOST_MET:
                return left, True
            if behind[rest.agent] == behind[order.agent]:
                if _said(market, "self_trade", "cancel_resting") == "cancel_incoming":
                    return left, True
                self._cancels.append(other)
                continue
            traded = min(left, rest.units, left if money is None else money // rest.price)
            self._trades.append(Trade(other, traded, rest.price))
            left -= traded
            money = None if money is None else money - traded * rest.price
        return left, False

    def _check_said(self, known: str, e: Fields, rests: int, lapses: int, order: Order) -> None:
        said = (e.get("resting", 0), e.get("lapsed", 0), e.get("held", 0))
        if said != (rests, lapses, order.held):
            raise Wrong(
                f"says that of order {known} {said[0]} rest, {said[1]} lapse and {said[2]} is held, "
                f"where it is {rests}, {lapses} and {order.held}"
            )

    # What may be ordered.

    def _check_terms(self, market: Market, coming: Coming, now: int) -> None:
        order, window = coming.order, self._window(market)
        if coming.limit is not None and coming.limit < whole(market.terms.get("reserve", 0)):
            raise Wrong(f"lets order {coming.name} offer less than the reserve")
        if window is not None and window[1] <= now:
            raise Wrong(f"lets order {coming.name} come when there is no time left to deliver")
        most = whole(_said(market, "max_orders", MOST_AT_REST))
        if self._waiting.at_rest[order.market] >= most:
            raise Wrong(f"lets more than {most} orders rest in {order.market}")

    def _check_seller(self, market: Market, coming: Coming) -> None:
        sellers, order = _said(market, "sellers", "anyone"), coming.order
        if isinstance(sellers, list) and order.agent not in sellers:
            raise Wrong(f"lets {order.agent} sell in {order.market}, which names others")
        if sellers == "holders" and order.grant is None:
            raise Wrong(f"lets {order.agent} sell in {order.market} what it was not granted")
        if order.grant is None:
            return
        grant, window = self._grants.by_name[order.grant], self._window(market)
        if grant.agent != order.agent or grant.resource not in market.resources:
            raise Wrong(f"sells units of grant {order.grant}, which is not {order.agent}'s, or not of this")
        if window is not None and window != (grant.start, grant.end):
            raise Wrong(f"sells units of grant {order.grant}, which is for another time")

    # What is kept back.

    def _keep_back(self, known: str, order: Order, now: int) -> None:
        market = self._markets.by_name[order.market]
        if order.grant is None:
            window = self._window(market) or ALWAYS
            self._resources.promise(market.resources[0], _pledge(known), order.units, window, now)
            return
        offered = self._grants.offered.get(order.grant, 0) + order.units
        grant = self._grants.by_name[order.grant]
        if offered + grant.used > grant.units:
            raise Wrong(f"offers {offered} units of grant {order.grant}, which has fewer left")
        self._grants.offered[order.grant] = offered

    def _let_go(self, known: str, order: Order) -> None:
        if order.grant is None:
            resource = self._markets.by_name[order.market].resources[0]
            self._resources.take_back(resource, _pledge(known))
        else:
            self._grants.offered[order.grant] -= order.units

    def _lessen(self, known: str, order: Order, by: int) -> None:
        if order.grant is None:
            resource = self._markets.by_name[order.market].resources[0]
            self._resources.lessen(resource, _pledge(known), order.units)
        else:
            self._grants.offered[order.grant] -= by

    def _close(self, known: str, order: Order) -> None:
        self.closed.add(known)
        if order.side == "sell":
            self._let_go(known, order)
        else:
            self._pledges.free(_pledge(known))

    # What is there.

    def _book(self, known: str) -> Market:
        market = self._markets.by_name[known]
        if market.mechanism != "order_book" or market.halted:
            raise Wrong(f"orders in market {known}, which has no book, or is halted")
        return market

    def _own(self, e: Fields) -> Order:
        order = self.by_name.get(str(e["order"]))
        if order is None or (order.agent, order.market, order.account) != (
            e["agent"],
            e["market"],
            e["account"],
        ):
            raise Wrong(f"speaks of order {e['order']} of {e['agent']}, which does not rest so")
        return order

    def _window(self, market: Market) -> tuple[int, int] | None:
        start = _said(market, "starts_at", None)
        return None if start is None else (whole(start), whole(_said(market, "ends_at", MAX)))

    def _check_window(self, market: Market, e: Fields) -> None:
        terms = e.get("terms", {})
        changed = Market(market.mechanism, market.resources, terms if isinstance(terms, dict) else {})
        if self._window(changed) != self._window(market):
            raise Wrong(f"changes when market {e['market']} delivers while orders rest there")
        if changed.terms.get("credit") != market.terms.get("credit"):
            raise Wrong(f"changes whether market {e['market']} lends while orders rest there")


def _said(market: Market, field: str, otherwise: object) -> object:
    """What a market's terms say of its book."""
    book = market.terms.get("book")
    return book.get(field, otherwise) if isinstance(book, dict) else otherwise


def _pledge(order: str) -> str:
    return f"order {order}"
