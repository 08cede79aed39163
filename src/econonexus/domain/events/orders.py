"""Orders in a market's book, and the trades they make."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, AgentId, BudgetId, GrantId, MarketId, OrderId
from econonexus.domain.kinds import Side, TimeInForce
from econonexus.domain.money import Amount


class OrderPlaced(EventForm, frozen=True, tag="order_placed/1"):
    """`agent` buys or sells `units`, of which `resting` wait in the book; the `lapsed` are over.

    What it trades at once follows as trades. `account` is what pays, and `held` of it is reserved for what
    rests; or what the proceeds go to. An order to sell keeps back what rests of it, of the resource, or of
    the `grant` it names.
    """

    order: OrderId
    market: MarketId
    agent: AgentId
    side: Side
    units: int
    account: AccountId
    unit_price: Amount | None = None
    time_in_force: TimeInForce = "gtc"
    resting: int = 0
    lapsed: int = 0
    held: Amount = Amount(0)
    budgets: tuple[BudgetId, ...] = ()
    cap: Amount | None = None
    grant: GrantId | None = None


class OrderReplaced(EventForm, frozen=True, tag="order_replaced/1"):
    """A resting order is for `units` at `unit_price` now, of which `resting` wait, and `held` is reserved.

    Where it is `requeued` it stands behind all others at its price.
    """

    order: OrderId
    market: MarketId
    agent: AgentId
    account: AccountId
    units: int
    unit_price: Amount
    resting: int = 0
    lapsed: int = 0
    held: Amount = Amount(0)
    requeued: bool = False
    before: Amount = Amount(0)
    """What was reserved until now."""


class OrderCancelled(EventForm, frozen=True, tag="order_cancelled/1"):
    """The `units` that an order still had open are over, and `released` of account is available again.

    `reason` is `cancelled`, `operator`, `self_trade`, `grant_ended` or `market_over`; `note` is what the one
    who cancelled it says.
    """

    order: OrderId
    market: MarketId
    agent: AgentId
    account: AccountId
    units: int
    reason: str
    released: Amount = Amount(0)
    note: str = ""


class TradeExecuted(EventForm, frozen=True, tag="trade_executed/1"):
    """`units` go from seller to buyer, at the price of the order that was `resting`.

    `amount` went from source to destination, and out of `budgets`. The buyer's right bears the name of the
    trade and follows as a grant; `offered` is the grant of the seller's that it comes out of, if any.
    """

    trade: GrantId
    market: MarketId
    resting: OrderId
    incoming: OrderId
    buyer: AgentId
    seller: AgentId
    units: int
    unit_price: Amount
    amount: Amount
    source: AccountId
    destination: AccountId
    budgets: tuple[BudgetId, ...] = ()
    offered: GrantId | None = None
    was_held: bool = False
    """Whether the amount had been reserved, as the buyer was the one at rest."""
