"""Orders on the ledger: what is held and kept back, how trades settle, who may sell, what ends an order."""

import msgspec
import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AgentId, GrantId, MarketId, OrderId
from econonexus.domain.kinds import Mechanism, Side, TimeInForce
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.domain.terms import Book, Halt, Terms
from tests.world import START, World, nested

HOUR = 3_600


def town(terms: Terms | None = None, capacity: int = 100) -> World:
    """ann, bob and cyd have 1,000 each; `spot` trades `gpu`, of which there are so many units an hour."""
    world = World()
    world.do(
        c.DeclareResource("gpu", "gpu", capacity, HOUR),
        c.CreateMarket("spot", ("gpu",), Mechanism.ORDER_BOOK, terms or Terms()),
        *(c.CreateAgent(name, credits=Amount(1_000)) for name in ("ann", "bob", "cyd")),
    )
    return world


def order(
    name: str,
    agent: str,
    side: Side,
    units: int,
    price: int | None,
    tif: TimeInForce = "gtc",
    cap: int | None = None,
    grant: str | None = None,
) -> c.PlaceOrder:
    return c.PlaceOrder(
        OrderId(name),
        MarketId("spot"),
        AgentId(agent),
        side,
        units,
        None if price is None else Amount(price),
        tif,
        None if cap is None else Amount(cap),
        None if grant is None else GrantId(grant),
    )


def grants_of(world: World, agent: str) -> list[Grant]:
    return [grant for grant in world.economy.state.grants.by_id.values() if grant.agent == agent]


def open_units(world: World) -> dict[str, int]:
    return {name: each.units for name, each in world.economy.state.orders.by_id.items()}


# Money.


def test_a_buyer_holds_what_it_may_have_to_pay_until_it_cancels() -> None:
    world = town()
    world.do(order("b", "ann", "buy", 5, 30))
    assert world.available("ann") == 1_000 - 5 * 30
    (gone,) = world.do(c.CancelOrder(OrderId("b"), AgentId("ann")))
    assert gone == e.OrderCancelled("b", "spot", "ann", "ann", 5, "cancelled", 150)
    assert world.available("ann") == 1_000


def test_a_trade_pays_the_seller_at_the_price_of_the_order_that_was_there_first() -> None:
    world = town()
    world.do(order("s", "bob", "sell", 4, 20))
    happened = world.do(order("b", "ann", "buy", 6, 30))
    # 4 x 20 go to bob; the other 2 wait at 30.
    assert happened == (
        e.OrderPlaced("b", "spot", "ann", "buy", 6, "ann", 30, "gtc", 2, 0, 60),
        e.TradeExecuted("spot@1", "spot", "s", "b", "ann", "bob", 4, 20, 80, "ann", "bob"),
        e.Granted("spot@1", "ann", "gpu", 4, START, START + HOUR, 1, "spot", "b", 80),
    )
    assert (world.balance("ann"), world.available("ann"), world.balance("bob")) == (920, 860, 1_080)
    assert open_units(world) == {"b": 2}
    world.check_history()


def test_a_resting_buyer_pays_its_own_price_and_nothing_of_its_hold_is_left() -> None:
    world = town()
    world.do(order("b", "ann", "buy", 6, 30), order("s", "bob", "sell", 6, 10))
    assert (world.balance("ann"), world.account("ann").held, world.balance("bob")) == (820, 0, 1_180)
    assert open_units(world) == {}


def test_a_buyer_without_a_price_pays_no_more_than_its_cap() -> None:
    world = town()
    world.do(order("s1", "bob", "sell", 3, 10), order("s2", "cyd", "sell", 3, 20))
    world.do(order("b", "ann", "buy", 6, None, cap=75))
    # 3 x 10 leave 45, which buy 2 of 20; the 5 left buy nothing.
    assert world.balance("ann") == 1_000 - 70
    assert open_units(world) == {"s2": 1}
    assert world.account("ann").held == 0


def test_fill_or_kill_within_a_cap_is_all_or_nothing() -> None:
    world = town()
    world.do(order("s1", "bob", "sell", 3, 10), order("s2", "cyd", "sell", 3, 20))
    (killed,) = world.do(order("b", "ann", "buy", 6, None, "fok", cap=89))
    assert isinstance(killed, e.OrderPlaced)
    assert (killed.resting, killed.lapsed) == (0, 6)
    assert len(world.do(order("b2", "ann", "buy", 6, None, "fok", cap=90))) == 1 + 2 * 2


def test_immediate_or_cancel_holds_nothing_for_what_lapses() -> None:
    world = town()
    world.do(order("s", "bob", "sell", 2, 10), order("b", "ann", "buy", 5, 10, "ioc"))
    assert (world.balance("ann"), world.account("ann").held) == (980, 0)
    ended = {name: each.how for name, each in world.economy.state.orders.closed.items()}
    assert ended == {"s": "traded", "b": "lapsed"}


def test_trades_count_in_the_budgets_that_the_money_leaves_and_holds_in_all() -> None:
    world = town()
    world.do(
        *nested(("company", 500), ("ann-b", 200), ("bob-b", 200)),
        c.CreateAgent("dan", credits=Amount(500), budget="ann-b"),
        c.CreateAgent("eve", budget="company"),
        order("s1", "eve", "sell", 5, 10),
        order("s2", "bob", "sell", 5, 12),
        order("b", "dan", "buy", 15, 12),
    )
    # 50 stay within company, 60 leave it; 5 units wait at 12.
    assert world.budget("ann-b").spent == 110
    assert world.budget("company").spent == 60
    assert world.budget("ann-b").held == world.budget("company").held == 60
    assert world.code(order("b2", "dan", "buy", 4, 12)) is No.BUDGET_EXHAUSTED  # 30 are left.


def test_alerts_and_debts_see_all_trades_of_one_order_at_once() -> None:
    world = town()
    world.do(
        c.CreateBudget("b", Amount(100), alerts=(500_000,)),
        c.CreateAgent("dan", credits=Amount(100), budget="b"),
        c.SetCreditLine("bob", Amount(70)),
        c.DrawCredit("bob", Amount(70)),
        order("s1", "bob", "sell", 1, 30),
        order("s2", "bob", "sell", 1, 30),
    )
    happened = world.do(order("o", "dan", "buy", 2, 30))
    assert happened[-2:] == (e.BudgetAlertRaised("b", 500_000, 60, 100), e.DebtRepaid("bob", "debt:bob", 60))


# Units.


def test_what_is_offered_is_never_sold_twice() -> None:
    world = town(capacity=10)
    world.do(order("s", "bob", "sell", 7, 10))
    refusal = world.refusal(order("s2", "cyd", "sell", 4, 10))
    assert (refusal.code, refusal.requested, refusal.available) == (No.OVER_CAPACITY, 4, 3)
    world.do(order("b", "ann", "buy", 7, 10))
    assert world.code(order("s2", "cyd", "sell", 4, 10)) is No.OVER_CAPACITY
    world.wait(HOUR)  # What ann was granted is over.
    world.do(order("s2", "cyd", "sell", 10, 10))


def test_a_declared_time_of_delivery_is_what_every_trade_grants() -> None:
    world = town(Terms(book=Book(starts_at=START + 50, ends_at=START + 90)), capacity=10)
    world.do(order("s", "bob", "sell", 10, 10), order("b", "ann", "buy", 4, 10))
    (grant,) = grants_of(world, "ann")
    assert (grant.starts_at, grant.ends_at) == (START + 50, START + 90)
    world.wait(60)
    world.do(order("b2", "cyd", "buy", 6, 10))
    (grant,) = grants_of(world, "cyd")
    assert (grant.starts_at, grant.ends_at) == (START + 60, START + 90)


def test_when_the_time_of_delivery_is_over_every_order_is() -> None:
    world = town(Terms(book=Book(starts_at=START + 50, ends_at=START + 90)))
    world.do(order("b", "ann", "buy", 4, 10), order("s", "bob", "sell", 4, 12))
    happened = world.wait(90)
    assert happened == [
        e.OrderCancelled("b", "spot", "ann", "ann", 4, "market_over", 40),
        e.OrderCancelled("s", "spot", "bob", "bob", 4, "market_over"),
    ]
    assert world.code(order("b2", "ann", "buy", 1, 1)) is No.DEADLINE_PASSED
    assert world.available("ann") == 1_000


def test_a_holder_resells_the_rest_of_its_time() -> None:
    world = town(capacity=10)
    world.do(order("s", "bob", "sell", 10, 10), order("b", "ann", "buy", 10, 10))
    world.wait(100)
    world.do(order("r", "ann", "sell", 4, 15, grant="spot@1"))
    assert world.code(c.UseGrant(GrantId("spot@1"), 7)) is No.UNITS_OVER_GRANT
    (_, trade, granted) = world.do(order("b2", "cyd", "buy", 3, 15))
    assert trade == e.TradeExecuted(
        "spot@2", "spot", "r", "b2", "cyd", "ann", 3, 15, 45, "cyd", "ann", offered="spot@1"
    )
    assert granted == e.Granted("spot@2", "cyd", "gpu", 3, START + 100, START + HOUR, 2, "spot", "b2", 45)
    (mine,) = grants_of(world, "ann")
    assert (mine.units, mine.offered, mine.left) == (7, 1, 6)
    world.do(c.UseGrant(GrantId("spot@1"), 6))


def test_an_offer_ends_with_the_grant_it_is_of() -> None:
    world = town()
    world.do(order("s", "bob", "sell", 9, 10), order("b", "ann", "buy", 9, 10))
    world.do(order("r", "ann", "sell", 4, 15, grant="spot@1"), c.UseGrant(GrantId("spot@1"), 2))
    assert world.do(c.ReleaseGrant(GrantId("spot@1"))) == (
        e.OrderCancelled("r", "spot", "ann", "ann", 4, "grant_ended"),
        e.GrantReleased("spot@1", "ann", 7),
    )
    world.do(order("s2", "bob", "sell", 9, 10), order("b2", "ann", "buy", 9, 10))
    world.do(order("r2", "ann", "sell", 4, 15, grant="spot@2"))
    assert world.wait(HOUR) == [
        e.OrderCancelled("r2", "spot", "ann", "ann", 4, "grant_ended"),
        e.GrantExpired("spot@2", "ann", 9),
    ]


def test_a_seller_that_comes_with_a_grant_sells_out_of_it_at_once() -> None:
    world = town(capacity=5)
    world.do(order("s", "bob", "sell", 5, 10), order("b", "ann", "buy", 5, 10))
    world.do(order("b2", "cyd", "buy", 2, 12), order("r", "ann", "sell", 2, 11, grant="spot@1"))
    (mine,) = grants_of(world, "ann")
    assert (mine.units, mine.offered) == (3, 0)
    assert world.balance("cyd") == 1_000 - 24


# Who.


def test_only_holders_sell_where_the_market_says_so() -> None:
    world = town()
    world.do(order("s", "bob", "sell", 5, 10), order("b", "ann", "buy", 5, 10))
    world.do(c.ChangeMarket(MarketId("spot"), Terms(book=Book(sellers="holders"))))
    assert world.code(order("s2", "bob", "sell", 1, 10)) is No.NOT_A_SELLER
    world.do(order("r", "ann", "sell", 1, 10, grant="spot@1"))


def test_only_those_named_sell_where_the_market_names_them() -> None:
    world = town(Terms(book=Book(sellers=("bob",))))
    world.do(order("s", "bob", "sell", 5, 10))
    assert world.code(order("s2", "cyd", "sell", 1, 10)) is No.NOT_A_SELLER


@pytest.mark.parametrize(
    ("prevention", "rests"), [("cancel_resting", {"b": 3}), ("cancel_incoming", {"s": 3})]
)
def test_nobody_trades_with_another_agent_of_its_owner(prevention: str, rests: dict[str, int]) -> None:
    world = town(Terms(book=Book(self_trade=prevention)))
    world.do(c.CreateTeam("crew"), c.CreateAgent("dan", "crew"), c.CreateAgent("eve", "crew"))
    world.do(c.Mint("eve", Amount(500)), order("s", "dan", "sell", 3, 10))
    happened = world.do(order("b", "eve", "buy", 3, 10))
    assert not any(isinstance(each, e.TradeExecuted) for each in happened)
    assert open_units(world) == rests


def test_an_agent_without_a_wallet_pays_and_is_paid_through_its_teams() -> None:
    world = town()
    world.do(c.CreateTeam("crew"), c.Mint("crew", Amount(100)), c.CreateAgent("sam", "crew", wallet=False))
    world.do(order("s", "sam", "sell", 2, 10), order("b", "ann", "buy", 2, 10))
    assert world.balance("crew") == 120
    world.do(order("s2", "bob", "sell", 2, 10), order("b2", "sam", "buy", 3, 10))
    assert (world.balance("crew"), world.available("crew")) == (100, 90)


# Replacing.


def test_fewer_units_keep_the_place_and_free_the_money() -> None:
    world = town()
    world.do(order("b1", "ann", "buy", 5, 10), order("b2", "bob", "buy", 5, 10))
    (replaced,) = world.do(c.ReplaceOrder(OrderId("b1"), 2, Amount(10)))
    assert replaced == e.OrderReplaced("b1", "spot", "ann", "ann", 2, 10, 2, 0, 20, before=50)
    assert world.available("ann") == 980
    world.do(order("s", "cyd", "sell", 2, 10))
    assert open_units(world) == {"b2": 5}


def test_another_price_queues_anew_and_may_trade_at_once() -> None:
    world = town()
    world.do(order("s", "cyd", "sell", 2, 12), order("b", "ann", "buy", 5, 10))
    happened = world.do(c.ReplaceOrder(OrderId("b"), 5, Amount(13), AgentId("ann")))
    assert happened[0] == e.OrderReplaced(
        "b", "spot", "ann", "ann", 5, 13, 3, 0, 39, requeued=True, before=50
    )
    assert isinstance(happened[1], e.TradeExecuted)
    assert (happened[1].amount, happened[1].source) == (24, "ann")
    assert (world.balance("ann"), world.available("ann")) == (976, 976 - 39)


def test_more_units_queue_behind_and_are_kept_back() -> None:
    world = town(capacity=10)
    world.do(order("s1", "ann", "sell", 3, 10), order("s2", "bob", "sell", 3, 10))
    assert world.code(c.ReplaceOrder(OrderId("s1"), 8, Amount(10))) is No.OVER_CAPACITY
    world.do(c.ReplaceOrder(OrderId("s1"), 7, Amount(10)), order("b", "cyd", "buy", 3, 10))
    assert open_units(world) == {"s1": 7}


# The state.


def test_a_snapshot_keeps_every_place_in_the_queue() -> None:
    world = town()
    world.do(
        order("b1", "ann", "buy", 5, 10), order("b2", "bob", "buy", 5, 10), order("b3", "cyd", "buy", 5, 10)
    )
    world.do(c.ReplaceOrder(OrderId("b1"), 6, Amount(10)))  # Behind all others.
    image = world.economy.state.image()
    again = State.from_image(image)
    assert again.image() == image
    queue = [each.id for each in again.orders.book(MarketId("spot")).buy.best_first()]
    assert queue == ["b2", "b3", "b1"]
    assert again.digest() == world.economy.state.digest()


def test_orders_rest_in_their_own_markets_book() -> None:
    world = town()
    world.do(c.CreateMarket("other", ("gpu",), Mechanism.ORDER_BOOK))
    world.do(order("s", "bob", "sell", 1, 10))
    there = msgspec.structs.replace(order("b", "ann", "buy", 1, 10), market="other")
    (placed,) = world.do(there)
    assert isinstance(placed, e.OrderPlaced)
    assert placed.resting == 1


# Halts.


BAND = Terms(halt=Halt(window=100, pause=50))


def test_a_market_halts_before_a_price_that_moves_too_far() -> None:
    world = town(BAND)
    world.do(
        order("s1", "bob", "sell", 1, 100),
        order("s2", "bob", "sell", 1, 110),
        order("s3", "bob", "sell", 1, 111),
    )
    world.do(order("b1", "ann", "buy", 1, 100))  # The reference: a tenth more is 110.
    happened = world.do(order("b2", "ann", "buy", 3, 120))
    assert isinstance(happened[0], e.OrderPlaced)
    assert (happened[0].resting, happened[0].lapsed) == (0, 2)
    assert happened[-1] == e.MarketHalted("spot", "price_move", START + 50, 100_000, 111, 100)
    assert world.code(order("b3", "ann", "buy", 1, 90)) is No.MARKET_HALTED
    assert open_units(world) == {"s3": 1}
    world.do(c.CancelOrder(OrderId("s3"), AgentId("bob")))
    assert world.wait(49) == []
    assert world.wait(1) == [e.MarketResumed("spot", "pause_over")]
    world.do(order("s4", "bob", "sell", 1, 500), order("b4", "ann", "buy", 1, 500))  # A new reference.


def test_a_price_is_held_against_the_last_one_before_its_window() -> None:
    world = town(BAND)
    for minute, price in enumerate((100, 109)):
        world.do(order(f"s{minute}", "bob", "sell", 1, price), order(f"b{minute}", "ann", "buy", 1, price))
    # 118 is less than a tenth above 109, but not above 100.
    world.do(order("s", "bob", "sell", 1, 118))
    assert isinstance(world.do(order("b", "ann", "buy", 1, 118))[-1], e.MarketHalted)
    world.do(c.CancelOrder(OrderId("s")))
    world.wait(50)
    for step, price in enumerate((200, 210)):
        world.do(order(f"s+{step}", "bob", "sell", 1, price), order(f"b+{step}", "ann", "buy", 1, price))
    world.wait(100)  # The next window: 210 is the reference now, and 231 not too far.
    world.do(order("s9", "bob", "sell", 1, 231))
    assert isinstance(world.do(order("b9", "ann", "buy", 1, 231))[-1], e.Granted)


def test_an_order_that_must_fill_whole_halts_nothing() -> None:
    world = town(BAND)
    world.do(
        order("s1", "bob", "sell", 1, 100),
        order("s2", "bob", "sell", 1, 200),
        order("b1", "ann", "buy", 1, 100),
    )
    assert len(world.do(order("b2", "ann", "buy", 1, 200, "fok"))) == 1
    assert not world.economy.state.markets.by_id[MarketId("spot")].halted


def test_an_operator_may_end_a_halt_or_make_it_last() -> None:
    world = town(BAND)
    world.do(
        order("s1", "bob", "sell", 1, 100),
        order("s2", "bob", "sell", 1, 200),
        order("b1", "ann", "buy", 1, 100),
    )
    world.do(order("b2", "ann", "buy", 1, 200), c.UnfreezeMarket(MarketId("spot")))
    world.do(
        order("b3", "ann", "buy", 1, 200),
        order("s3", "bob", "sell", 1, 300),
        order("b4", "ann", "buy", 1, 300),
    )
    world.do(c.FreezeMarket(MarketId("spot"), "look into it"))
    assert world.wait(1_000) == []
    assert world.economy.state.markets.by_id[MarketId("spot")].halted
    assert world.code(c.FreezeMarket(MarketId("spot"))) is No.MARKET_HALTED
