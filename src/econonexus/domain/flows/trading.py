"""What an order comes to at once: trades, paid and delivered; own orders that give way; a halt.

Everything here is decided from the state before the order, so what several trades do to one account or one
budget is added up first.
"""

from typing import NamedTuple

from econonexus.domain import events
from econonexus.domain.flows import lending
from econonexus.domain.flows.halting import at_price, band
from econonexus.domain.flows.offering import book_of
from econonexus.domain.flows.pledging import after_payments
from econonexus.domain.flows.spending import Decision, above, has_room
from econonexus.domain.ids import MAX_INSTANT, AgentId, BudgetId, GrantId, Instant, OrderId
from econonexus.domain.ledger import Account, Pledge
from econonexus.domain.mechanisms.bids import Side
from econonexus.domain.mechanisms.order_book import Bounds, Execution, Trade
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.orders import Order

MAX_MEETS = 1_000
"""Orders at rest that one order meets at most, so that none keeps all others waiting."""
SELF_TRADE = "self_trade"


UNWATCHED = Bounds(meets=MAX_MEETS)


class Taker(NamedTuple):
    """Whose order comes, and what it pays from, or is paid to."""

    order: OrderId
    agent: AgentId
    side: Side
    account: Account
    budgets: tuple[BudgetId, ...]
    grant: Grant | None


def bounds(market: Market, now: Instant) -> Bounds:
    """How far an order may trade: the market halts before a price that moves too far."""
    within = band(market, now)
    return UNWATCHED if within is None else Bounds(*within, MAX_MEETS)


def consequences(
    state: State,
    market: Market,
    taker: Taker,
    execution: Execution,
    now: Instant,
    drawn: tuple[events.LineDrawn, ...] = (),
) -> Decision | Refusal:
    """All that follows from an order beside that it came; `drawn` is what is lent for its trades."""
    if not execution.trades and not execution.withdrawn and not execution.stopped:
        return ()  # By far the most common case.
    resting = [state.orders.by_id[OrderId(trade.resting)] for trade in execution.trades]
    number = state.orders.trades(market.id)
    trades = [
        _executed(state, taker, rest, trade, GrantId(f"{market.id}@{number + count}"))
        for count, (rest, trade) in enumerate(zip(resting, execution.trades, strict=True), 1)
    ]
    return _no_room(state, trades) or (
        *(cancelled(state.orders.by_id[OrderId(name)], SELF_TRADE) for name in execution.withdrawn),
        *drawn,
        *_delivered(state, market, taker, trades, now),
        *_after(state, trades, now),
        *_halt(market, execution, now),
    )


def cancelled(order: Order, reason: str, note: str = "") -> events.OrderCancelled:
    """An order taken out of the book, with all that it holds."""
    return events.OrderCancelled(
        OrderId(order.id),
        order.market,
        order.agent,
        order.account,
        order.units,
        reason,
        Amount(order.held),
        note,
    )


def _executed(state: State, taker: Taker, rest: Order, trade: Trade, name: GrantId) -> events.TradeExecuted:
    """One trade. A budget that stands above both sides is none that the money leaves."""
    buys = taker.side == "buy"
    source, destination = (taker.account.id, rest.account) if buys else (rest.account, taker.account.id)
    taken_from = None if taker.grant is None else taker.grant.id
    levels = taker.budgets if buys else rest.budgets
    kept = above(state, state.ledger.accounts[destination]) if levels else ()
    return events.TradeExecuted(
        name,
        rest.market,
        OrderId(rest.id),
        taker.order,
        taker.agent if buys else rest.agent,
        rest.agent if buys else taker.agent,
        trade.units,
        Amount(trade.unit_price),
        Amount(trade.units * trade.unit_price),
        source,
        destination,
        tuple(level for level in levels if level not in kept) if kept else levels,
        rest.grant if buys else taken_from,
        not buys,
    )


def _delivered(
    state: State, market: Market, taker: Taker, trades: list[events.TradeExecuted], now: Instant
) -> Decision:
    """Each trade with the right that it gives the buyer."""
    book, resource = book_of(market), state.resources.by_id[market.resources[0]]
    happened: list[events.Event] = []
    for fence, trade in enumerate(trades, resource.fence + 1):
        if trade.offered is not None:
            grant = state.grants.by_id[trade.offered]
            start, end = grant.starts_at, grant.ends_at
        elif book.starts_at is None or book.ends_at is None:
            start, end = now, min(Instant(now + resource.period), MAX_INSTANT)
        else:
            start, end = book.starts_at, book.ends_at
        rest = state.orders.by_id[trade.resting]
        buyer = state.agents.by_id[trade.buyer]
        happened += (
            ()
            if taker.side == "buy"
            else lending.traded(state, buyer, trade.resting, rest.pledge, trade.amount, now)
        )
        happened += (
            trade,
            events.Granted(
                trade.trade,
                trade.buyer,
                resource.id,
                trade.units,
                max(now, start),
                end,
                fence,
                market.id,
                trade.incoming if taker.side == "buy" else trade.resting,
                trade.amount,
            ),
        )
    return tuple(happened)


def _no_room(state: State, trades: list[events.TradeExecuted]) -> Refusal | None:
    """Whether a seller's balance has no room for what it would be paid."""
    income: dict[str, int] = {}
    for trade in trades:
        income[trade.destination] = income.get(trade.destination, 0) + trade.amount
    accounts = state.ledger.accounts
    refusals = (has_room(accounts[name], amount) for name, amount in income.items())  # type: ignore[index]
    return next((refusal for refusal in refusals if refusal is not None), None)


def _after(state: State, trades: list[events.TradeExecuted], now: Instant) -> Decision:
    """Alerts of budgets, and debts that the income repays."""
    paid = [
        (Pledge(trade.source, trade.destination, trade.amount, trade.budgets), trade.amount)
        for trade in trades
    ]
    return after_payments(state, paid, now)


def _halt(market: Market, execution: Execution, now: Instant) -> Decision:
    """The halt before a price that moves too far; what was not to be filled in part moves nothing."""
    if execution.stopped != "price" or execution.order.time_in_force == "fok":
        return ()
    assert execution.stopped_at is not None, "it was about to trade"
    return at_price(market, execution.stopped_at, now)
