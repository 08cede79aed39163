"""Orders in a market's book."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, GrantId, MarketId, OrderId
from econonexus.domain.kinds import Side, TimeInForce
from econonexus.domain.money import Amount


class PlaceOrder(CommandForm, frozen=True):
    """Buy or sell units in an order book, now or as soon as somebody comes who wants the opposite.

    `unit_price` is the worst that is taken; without one any price is, and to buy like that `cap` says what
    is paid at most in all. What a buyer may have to pay is held, and what a seller offers is kept back:
    of what is free of the resource, or of `grant`, which the seller holds. Trades settle at once, at the
    price of the order that was there first. Refused: `invalid_order`, `unknown_agent`, `unknown_market`,
    `order_exists`, `unknown_grant`, `wrong_account_kind`, `asset_mismatch`, `not_a_book`, `not_sold_here`,
    `not_a_seller`, `over_capacity`, `below_reserve`, `deadline_passed`, `market_halted`, `book_full`,
    `grant_ended`, `units_over_grant`, `stake_too_small`, `reputation_too_low`, `owner_suspended`,
    `balance_too_large`, `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`,
    `over_bidding_power`, `budget_exhausted`.
    """

    order: OrderId
    market: MarketId
    agent: AgentId
    side: Side
    units: int
    unit_price: Amount | None = None
    time_in_force: TimeInForce = "gtc"
    cap: Amount | None = None
    grant: GrantId | None = None


class ReplaceOrder(CommandForm, frozen=True):
    """Give a resting order other units or another price.

    With fewer units at the same price it keeps its place; else it queues anew, and may trade at once.
    `agent` as in `PostHold`. Refused: `invalid_order`, `unknown_order`, `over_capacity`, `below_reserve`,
    `market_halted`, `order_closed`, `units_over_grant`, `owner_suspended`, `balance_too_large`,
    `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`, `over_bidding_power`,
    `budget_exhausted`.
    """

    order: OrderId
    units: int
    unit_price: Amount
    agent: AgentId | None = None


class CancelOrder(CommandForm, frozen=True):
    """Take a resting order out of the book, also while the market is halted; what it held is free again.

    `agent` as in `PostHold`. Refused: `unknown_order`, `order_closed`.
    """

    order: OrderId
    agent: AgentId | None = None
    reason: str = ""


class CloseBook(CommandForm, frozen=True):
    """Cancel the orders in a book whose time of delivery is over, some at a time. The node asks this by
    itself. Refused: `unknown_market`, `market_not_due`."""

    market: MarketId
