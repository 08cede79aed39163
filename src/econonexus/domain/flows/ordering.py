"""Orders: placed, replaced, cancelled. What they come to at once is in `trading`."""

import itertools
from typing import get_args

from msgspec import structs

from econonexus.domain import commands, events
from econonexus.domain.flows import forms, lending
from econonexus.domain.flows.bidding import not_admitted
from econonexus.domain.flows.offering import book_of, not_for_sale, not_left, over_capacity, own_grant
from econonexus.domain.flows.selling import halted, known_market
from econonexus.domain.flows.spending import PAYS, Decision, above, can_afford, frozen, payer, within_budgets
from econonexus.domain.flows.standings import suspended
from econonexus.domain.flows.trading import Taker, bounds, cancelled, consequences
from econonexus.domain.ids import CREDIT, AccountId, AgentId, Instant, OrderId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.ledger import NO_LINE, Account, Pledge
from econonexus.domain.mechanisms import order_book as books
from econonexus.domain.mechanisms.bids import Side
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.grants import Grant
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.orders import Order

CANCELS_AT_ONCE = 500
"""Orders that one command cancels where a whole book is over."""
SIDES = get_args(Side)
TIMES_IN_FORCE = get_args(books.TimeInForce)

Overruns = tuple[events.BudgetOverrun, ...]


def place(state: State, command: commands.PlaceOrder, now: Instant) -> Decision | Refusal:
    """Buy or sell, now or later."""
    refusal = forms.name("order", command.order) or _odd(command)
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    if command.order in state.orders.by_id or command.order in state.orders.closed:
        return Refusal(RefusalCode.ORDER_EXISTS, "order", command.order)
    grant = None if command.grant is None else own_grant(state, command.grant, agent.id)
    if isinstance(grant, Refusal):
        return grant
    account, member = _wallet(state, agent)
    refusal = (
        _no_wallet(account)
        or lending.no_line(state, agent, market.terms)
        or _not_taken(state, market, agent, command, grant, now)
    )
    if refusal:
        return refusal
    execution = books.match(
        state.orders.book(market.id), _as_asked(command, agent), _prevention(market), bounds(market, now)
    )
    levels = above(state, account, member) if command.side == "buy" else ()
    taker = Taker(command.order, agent.id, command.side, account, levels, grant)
    held = execution.resting * (command.unit_price or 0)
    funds = _funds(state, market, taker, execution, None, _most(command), held, now)
    if isinstance(funds, Refusal):
        return funds
    bought, following = funds
    return (*bought.overruns, *bought.said, _placed(command, taker, execution), *following)


def replace(state: State, command: commands.ReplaceOrder, now: Instant) -> Decision | Refusal:
    """Ask for other units or another price."""
    if _out_of_range(command.units):
        return Refusal(RefusalCode.INVALID_ORDER, "units")
    if _out_of_range(command.unit_price) or command.units * command.unit_price > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_ORDER, "unit_price")
    order = resting(state, command.order, command.agent)
    if isinstance(order, Refusal):
        return order
    market, agent = state.markets.by_id[order.market], state.agents.by_id[order.agent]
    grant = None if order.grant is None else state.grants.by_id[order.grant]
    refusal = _not_changed(state, market, order, grant, command, now) or suspended(state, agent)
    if refusal:
        return refusal
    execution = books.rematch(
        state.orders.book(market.id),
        order.id,
        command.units,
        command.unit_price,
        _prevention(market),
        bounds(market, now),
    )
    account = state.ledger.accounts[order.account]
    taker = Taker(command.order, agent.id, order.side, account, order.budgets, grant)
    most, held = command.units * command.unit_price, execution.resting * command.unit_price
    funds = _funds(state, market, taker, execution, order, most, held, now)
    if isinstance(funds, Refusal):
        return funds
    bought, following = funds
    return (*bought.overruns, *bought.said, _replaced(command, order, execution), *following)


def cancel(state: State, command: commands.CancelOrder, _: Instant) -> Decision | Refusal:
    """Take an order out of the book."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    order = resting(state, command.order, command.agent)
    if isinstance(order, Refusal):
        return order
    return (cancelled(order, "operator" if command.agent is None else "cancelled", command.reason),)


def close_book(state: State, command: commands.CloseBook, now: Instant) -> Decision | Refusal:
    """Cancel what rests where the time of delivery is over."""
    market = known_market(state, command.market)
    if isinstance(market, Refusal):
        return market
    ends_at = book_of(market).ends_at
    at_rest = state.orders.book(market.id).orders
    if ends_at is None or ends_at > now or not at_rest:
        return Refusal(RefusalCode.MARKET_NOT_DUE, "market", market.id, ends_at, now)
    first = itertools.islice(at_rest, CANCELS_AT_ONCE)
    return tuple(cancelled(state.orders.by_id[OrderId(name)], "market_over") for name in first)


def resting(state: State, name: OrderId, asker: AgentId | None) -> Order | Refusal:
    """The order of a name that rests in a book; another agent's is as good as unknown."""
    order = state.orders.by_id.get(name)
    if order is not None and asker in (None, order.agent):
        return order
    closed = state.orders.closed.get(name)
    if closed is not None and asker in (None, closed.agent):
        return Refusal(RefusalCode.ORDER_CLOSED, "order", name)
    return Refusal(RefusalCode.UNKNOWN_ORDER, "order", name)


def _odd(command: commands.PlaceOrder) -> Refusal | None:
    """What is out of range in an order, or does not fit together."""
    priced = command.unit_price is not None
    for field, fine in (
        ("side", command.side in SIDES),
        ("units", not _out_of_range(command.units)),
        ("unit_price", not priced or not _out_of_range(command.unit_price)),
        ("time_in_force", command.time_in_force in TIMES_IN_FORCE),
        ("cap", (command.cap is not None) == (command.side == "buy" and not priced)),
        ("cap", command.cap is None or not _out_of_range(command.cap)),
        ("grant", command.grant is None or command.side == "sell"),
    ):
        if not fine:
            return Refusal(RefusalCode.INVALID_ORDER, field)
    if command.unit_price is not None and command.units * command.unit_price > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_ORDER, "unit_price")
    return None


def _out_of_range(value: int | None) -> bool:
    return value.__class__ is not int or not 1 <= value <= MAX_AMOUNT


def _not_taken(
    state: State,
    market: Market,
    agent: Agent,
    command: commands.PlaceOrder,
    grant: Grant | None,
    now: Instant,
) -> Refusal | None:
    """Whether a market does not take such an order, or not of this agent, or not now."""
    if market.mechanism is not Mechanism.ORDER_BOOK:
        return Refusal(RefusalCode.NOT_A_BOOK, "market", market.id)
    sells = command.side == "sell"
    return (
        (not_for_sale(state, market, agent.id, grant, command.units, now) if sells else None)
        or _below_reserve(market, command.unit_price)
        or _over(market, now)
        or halted(market)
        or _full(state, market)
        or not_left(grant, command.units)
        or not_admitted(state, market.terms, agent, now)
    )


def _not_changed(
    state: State,
    market: Market,
    order: Order,
    grant: Grant | None,
    command: commands.ReplaceOrder,
    now: Instant,
) -> Refusal | None:
    """Whether an order cannot become another one, or not now."""
    sells, more = order.side == "sell", command.units - order.units
    return (
        (over_capacity(state, market, more, now) if sells and grant is None else None)
        or _below_reserve(market, command.unit_price)
        or halted(market)
        or (not_left(grant, more) if sells else None)
    )


def _below_reserve(market: Market, price: int | None) -> Refusal | None:
    """Nobody may offer less; so nothing at rest is for less, and an order without a price meets none."""
    least = market.terms.reserve
    if price is None or price >= least:
        return None
    return Refusal(RefusalCode.BELOW_RESERVE, "unit_price", market.id, price, least)


def _over(market: Market, now: Instant) -> Refusal | None:
    ends_at = book_of(market).ends_at
    if ends_at is None or ends_at > now:
        return None
    return Refusal(RefusalCode.DEADLINE_PASSED, "market", market.id, now, ends_at)


def _full(state: State, market: Market) -> Refusal | None:
    at_rest, most = len(state.orders.book(market.id).orders), book_of(market).max_orders
    return Refusal(RefusalCode.BOOK_FULL, "market", market.id, at_rest + 1, most) if at_rest >= most else None


def _as_asked(command: commands.PlaceOrder, agent: Agent) -> books.Order:
    return books.Order(
        command.order,
        agent.owner,
        command.side,
        command.units,
        command.unit_price,
        command.time_in_force,
        command.cap,
    )


def _prevention(market: Market) -> books.SelfTradePrevention:
    return book_of(market).self_trade  # type: ignore[return-value]  # Checked with the market's terms.


def _placed(command: commands.PlaceOrder, taker: Taker, execution: books.Execution) -> events.OrderPlaced:
    buys = taker.side == "buy"
    return events.OrderPlaced(
        command.order,
        command.market,
        command.agent,
        command.side,
        command.units,
        taker.account.id,
        command.unit_price,
        command.time_in_force,
        execution.resting,
        execution.lapsed,
        Amount(execution.resting * (command.unit_price or 0) if buys else 0),
        taker.budgets,
        command.cap,
        command.grant,
    )


def _replaced(
    command: commands.ReplaceOrder, order: Order, execution: books.Execution
) -> events.OrderReplaced:
    return events.OrderReplaced(
        command.order,
        order.market,
        order.agent,
        order.account,
        command.units,
        command.unit_price,
        execution.resting,
        execution.lapsed,
        Amount(execution.resting * command.unit_price if order.side == "buy" else 0),
        execution.entry == "requeued",
        Amount(order.held),
    )


def _funds(
    state: State,
    market: Market,
    taker: Taker,
    execution: books.Execution,
    order: Order | None,
    most: int,
    held: int,
    now: Instant,
) -> tuple[lending.Bought, Decision] | Refusal:
    """What follows from an order for which a buyer must be able to pay so much, and what is lent for it."""
    plain = consequences(state, market, taker, execution, now)
    if isinstance(plain, Refusal):
        return plain
    agent = state.agents.by_id[taker.agent]
    if taker.side == "sell" or market.terms.credit != lending.REPUTATION:
        member = None if taker.account.id == AccountId(agent.id) else agent
        more = max(0, most - (0 if order is None else order.held))
        overruns = _payable(state, taker, more, member, now)
        return overruns if isinstance(overruns, Refusal) else (lending.Bought(overruns), plain)
    empty = Pledge(taker.account.id, taker.account.id, 0, taker.budgets, NO_LINE)
    before = empty if order is None else order.pledge
    paid = sum(trade.units * trade.unit_price for trade in execution.trades)
    bought = lending.buy(state, agent, taker.order, before, most, paid, held, now)
    if isinstance(bought, Refusal):
        return bought
    drawn = consequences(state, market, taker, execution, now, bought.drawn)
    assert not isinstance(drawn, Refusal), "there was room a moment ago"
    return bought, drawn


def _most(command: commands.PlaceOrder) -> int:
    """What a buyer may have to pay in all."""
    return command.cap or command.units * (command.unit_price or 0)


def _wallet(state: State, agent: Agent) -> tuple[Account, Agent | None]:
    """What an agent pays from and is paid to; the agent too, where that is its team's."""
    wallet = payer(state, AccountId(agent.id))
    assert wallet is not None, "every agent has a wallet, or a team that has"
    return wallet


def _no_wallet(account: Account) -> Refusal | None:
    """Whether what bears an agent's name can neither pay nor be paid in credits."""
    if account.kind not in PAYS:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", account.id)
    return None if account.asset == CREDIT else Refusal(RefusalCode.ASSET_MISMATCH, "agent", account.id)


def _payable(
    state: State, taker: Taker, amount: int, member: Agent | None, now: Instant
) -> Overruns | Refusal:
    """Whether a buyer can pay so much, or so much more; a seller must not be frozen."""
    if taker.side == "sell":
        return frozen(state, taker.account, member) or ()
    short = can_afford(state, taker.account, amount, member)
    if short:
        return structs.replace(short, field="unit_price" if short.field == "amount" else short.field)
    return within_budgets(state, taker.budgets, amount, now, "unit_price")
