"""Order books: the orders at rest in each, and what their markets have traded.

The orders of all books are kept in the order of their standing: as they were accepted, and again where they
queued anew. Everything else about a book follows from that: `matching` has the same orders by price, is
made when it is first asked for, and is no part of the image of the state.
"""

import itertools
from functools import cached_property

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, AgentId, BudgetId, GrantId, Instant, MarketId, OrderId, Sequence
from econonexus.domain.ledger import Line, Pledge
from econonexus.domain.mechanisms.order_book import OrderBook, RestingOrder
from econonexus.domain.money import Amount

CLOSED_REMEMBERED = 100_000
"""So many orders at least that are closed are remembered, and at most twice as many."""


class Order(RestingOrder, gc=False, omit_defaults=True):
    """One order at rest, with the units it still has open."""

    market: MarketId
    agent: AgentId
    account: AccountId
    """What pays for it, or what its proceeds go to."""
    placed_at: Instant
    placed_in: Sequence
    """The record that says so."""
    held: int = 0
    """What is reserved for it, in account and budgets."""
    budgets: tuple[BudgetId, ...] = ()
    grant: GrantId | None = None
    """Where an order to sell takes its units from, if not from what is free of the resource."""
    line: Line | None = None
    """What of what is held is lent; None where nothing ever is."""

    @property
    def pledge(self) -> Pledge:
        """What is held for it; whom it will be paid to is known with the trade only."""
        return Pledge(self.account, self.account, self.held, self.budgets, self.line)


class Closed(msgspec.Struct, frozen=True, gc=False):
    """An order that is over: whose it was, where, and how it ended."""

    market: MarketId
    agent: AgentId
    how: str
    """`traded`, `lapsed`, or the reason of its cancellation."""
    account: AccountId
    placed_in: Sequence
    closed_in: Sequence


class Tape(msgspec.Struct, gc=False, omit_defaults=True):
    """What one book has traded."""

    trades: int = 0
    price: Amount | None = None
    """The last one."""


class Orders(msgspec.Struct, dict=True):
    """All orders at rest, and which were closed last. Only events change them."""

    by_id: dict[OrderId, Order] = {}
    closed: dict[OrderId, Closed] = {}
    tapes: dict[MarketId, Tape] = {}
    of_grant: dict[GrantId, dict[OrderId, None]] = {}
    """The orders that offer units of a grant, oldest first."""

    @cached_property
    def matching(self) -> dict[MarketId, OrderBook]:
        """The books by price, of the very orders of `by_id`."""
        books: dict[MarketId, OrderBook] = {}
        for order in self.by_id.values():
            _book_in(books, order.market).rest(order)
        return books

    def book(self, market: MarketId) -> OrderBook:
        """The book of a market, to be read."""
        return self.matching.get(market) or OrderBook()

    def trades(self, market: MarketId) -> int:
        """How many trades a market has made."""
        tape = self.tapes.get(market)
        return 0 if tape is None else tape.trades

    def ahead(self, order: Order) -> int:
        """The units at rest on an order's side that trade before it. O(those orders)."""
        book = self.matching[order.market]
        half = book.buy if order.side == "buy" else book.sell
        before = itertools.takewhile(lambda other: other.id != order.id, half.best_first())
        return sum(other.units for other in before)

    def pledges(self) -> list[Pledge]:
        """What is held for all orders. Whom it will be paid to is known with the trade only."""
        return [order.pledge for order in self.by_id.values() if order.held]

    def place(
        self,
        event: events.OrderPlaced,
        owner: AccountId,
        at: Instant,
        sequence: Sequence,
        line: Line | None = None,
    ) -> None:
        """Put what rests of an order at the end of its queue."""
        if not event.resting:
            how = "lapsed" if event.lapsed else "traded"
            closed = Closed(event.market, event.agent, how, event.account, sequence, sequence)
            self._close(event.order, closed)
            return
        assert event.unit_price is not None, "a market order never rests"
        order = Order(
            event.order,
            owner,
            event.side,
            event.resting,
            event.unit_price,
            event.market,
            event.agent,
            event.account,
            at,
            sequence,
            event.held,
            event.budgets,
            event.grant,
            line,
        )
        self._rest(order)
        if event.grant is not None:
            self.of_grant.setdefault(event.grant, {})[event.order] = None

    def replace(self, event: events.OrderReplaced, sequence: Sequence, line: Line | None = None) -> None:
        """Give an order other units and another price."""
        order = self.by_id[event.order]
        order.held, order.line = event.held, line
        if not event.requeued:
            order.units = event.resting
            return
        self.matching[order.market].remove(order.id)
        del self.by_id[event.order]
        if event.resting:
            order.units, order.unit_price = event.resting, event.unit_price
            self._rest(order)
        else:
            self._forget(order, "lapsed" if event.lapsed else "traded", sequence)

    def cancel(self, event: events.OrderCancelled, sequence: Sequence) -> Order:
        """Take an order out."""
        order = self.by_id[event.order]
        self.matching[order.market].remove(order.id)
        del self.by_id[event.order]
        self._forget(order, event.reason, sequence)
        return order

    def trade(self, event: events.TradeExecuted, sequence: Sequence) -> Order:
        """Take what was traded from the order that was at rest."""
        order = self.matching[event.market].fill(event.resting, event.units)
        assert isinstance(order, Order)
        if order.held:
            order.held -= event.amount
        if not order.units:
            del self.by_id[event.resting]
            self._forget(order, "traded", sequence)
        tape = self.tapes.get(event.market)
        if tape is None:
            tape = self.tapes[event.market] = Tape()
        tape.trades += 1
        tape.price = event.unit_price
        return order

    def _rest(self, order: Order) -> None:
        books = self.matching  # Before the order is among those it is made of.
        self.by_id[OrderId(order.id)] = order
        _book_in(books, order.market).rest(order)

    def _forget(self, order: Order, how: str, sequence: Sequence) -> None:
        if order.grant is not None:
            others = self.of_grant[order.grant]
            del others[OrderId(order.id)]
            if not others:
                del self.of_grant[order.grant]
        closed = Closed(order.market, order.agent, how, order.account, order.placed_in, sequence)
        self._close(OrderId(order.id), closed)

    def _close(self, name: OrderId, closed: Closed) -> None:
        self.closed[name] = closed
        if len(self.closed) > 2 * CLOSED_REMEMBERED:
            # In bulk: a dictionary walks over its dead entries whenever its first one is asked for.
            self.closed = dict(itertools.islice(self.closed.items(), CLOSED_REMEMBERED, None))


def _book_in(books: dict[MarketId, OrderBook], market: MarketId) -> OrderBook:
    """The book of a market, to be written in."""
    book = books.get(market)
    if book is None:
        book = books[market] = OrderBook()
    return book
