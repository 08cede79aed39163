"""What happens in order books: money is reserved and paid, units are kept back and change hands."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import BOOK
from econonexus.domain.ids import GrantId, Instant, MarketId
from econonexus.domain.ledger import NO_LINE, Pledge
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.terms import Book

Effect = Callable[[Never, Instant], None]
FLOATING = Book()


class TradingEffects:
    """How the events of orders and trades change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.OrderPlaced: self._placed,
            events.OrderReplaced: self._replaced,
            events.OrderCancelled: self._cancelled,
            events.TradeExecuted: self._traded,
        }

    def _placed(self, event: events.OrderPlaced, at: Instant) -> None:
        state = self._state
        coming = state.lines.come()
        line = None if coming is None else coming.line
        state.orders.place(event, state.agents.by_id[event.agent].owner, at, state.sequence, line)
        if not event.resting:
            return
        if event.side == "buy":
            self._reserve(state.orders.by_id[event.order].pledge)
        else:
            self._keep_back(event.market, event.grant, event.resting, at)
        book = state.markets.by_id[event.market].terms.book
        if book is not None and book.ends_at is not None:
            self._deadlines.add(BOOK, event.market, book.ends_at)

    def _replaced(self, event: events.OrderReplaced, at: Instant) -> None:
        order, coming = self._state.orders.by_id[event.order], self._state.lines.come()
        if order.side == "buy":
            self._reserve(order.pledge, -1)
        else:
            self._keep_back(order.market, order.grant, event.resting - order.units, at)
        self._state.orders.replace(event, self._state.sequence, None if coming is None else coming.line)
        if order.side == "buy":
            self._reserve(order.pledge)

    def _cancelled(self, event: events.OrderCancelled, at: Instant) -> None:
        order = self._state.orders.cancel(event, self._state.sequence)
        if order.side == "buy":
            self._reserve(order.pledge, -1)
        else:
            self._keep_back(order.market, order.grant, -order.units, at)

    def _traded(self, event: events.TradeExecuted, at: Instant) -> None:
        """Move the money, and let go of the units, of which the buyer's grant takes its own right after."""
        state = self._state
        order = state.orders.trade(event, state.sequence)
        if order.side == "buy":  # What of it was lent has been drawn.
            line = None if order.line is None else NO_LINE
            self._reserve(Pledge(order.account, order.account, event.amount, order.budgets, line), -1)
        else:
            self._keep_back(order.market, order.grant, -event.units, at)
        if event.offered is not None:
            grant = state.grants.give(event.offered, event.units)
            state.resources.by_id[grant.resource].reserve(-event.units, grant.starts_at, grant.ends_at, at)
        state.ledger.move(event.source, event.destination, event.amount)
        if event.budgets:
            state.budgets.spend(event.budgets, event.amount, at)
        state.markets.priced(event.market, event.unit_price, at)

    def _reserve(self, pledge: Pledge, sign: int = 1) -> None:
        self._state.ledger.reserve(pledge, sign)
        self._state.lines.reserve(pledge, sign)
        if pledge.budgets:
            self._state.budgets.hold(pledge.budgets, sign * pledge.amount)

    def _keep_back(self, market: MarketId, grant: GrantId | None, units: int, at: Instant) -> None:
        """Keep what is offered from being sold twice, or with a negative number free it again."""
        if grant is not None:
            self._state.grants.offer(grant, units)
            return
        sold = self._state.markets.by_id[market]
        resource, book = self._state.resources.by_id[sold.resources[0]], sold.terms.book or FLOATING
        if book.starts_at is None or book.ends_at is None:
            resource.on_sale += units
        else:
            resource.reserve(units, book.starts_at, book.ends_at, at)
