"""What a record lends for orders: what trades at once is owed at once, what rests is lent while it rests."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism
from econonexus.domain.ledger import Line
from econonexus.domain.promises import DAY
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.lending.market import LENDS, Lending


@pytest.fixture
def world() -> Lending:
    """An order book that lends; pia.2 has 100 of its own, 40 at stake, and may offer 150."""
    world = Lending(Mechanism.ORDER_BOOK, LENDS)
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    return world


def buy(world: Lending, name: str, units: int, price: int, agent: str = "pia.2") -> tuple[e.Event, ...]:
    return world.do(c.PlaceOrder(name, "m", agent, "buy", units, price))


def sell(world: Lending, name: str, units: int, price: int) -> tuple[e.Event, ...]:
    return world.do(c.PlaceOrder(name, "m", "ron", "sell", units, price))


def stands(world: Lending) -> tuple[int, int, int, int]:
    """What pia.2 has, has on hold, owes, and what of its stake is held for that."""
    debt = -world.balance("line:pia.2")
    return world.balance("pia.2"), world.held("pia.2"), debt, world.held("stake:pia.2")


def test_a_newcomer_orders_for_four_fifths_of_what_it_has(world: Lending) -> None:
    world.join("new.2", own=100)
    over = c.PlaceOrder("n", "m", "new.2", "buy", 1, 81)
    assert (world.refusal(over).code, world.refusal(over).field) == (No.OVER_BIDDING_POWER, "unit_price")
    buy(world, "n", 1, 80, "new.2")


def test_what_rests_is_lent_and_given_back_when_it_is_cancelled(world: Lending) -> None:
    said, _ = buy(world, "o", 10, 13)
    assert isinstance(said, e.LinePledged)
    assert (said.order, said.by_stake) == ("o", 30)
    assert stands(world) == (100, 100, 0, 30)
    assert world.code(c.PlaceOrder("p", "m", "pia.2", "buy", 1, 11)) is No.INSUFFICIENT_FUNDS
    world.do(c.CancelOrder("o", "pia.2"))
    assert stands(world) == (100, 0, 0, 0)


def test_what_rests_pays_its_own_money_first_trade_by_trade(world: Lending) -> None:
    buy(world, "o", 10, 13)
    sell(world, "s1", 6, 13)  # 78, of the 100 it has.
    assert stands(world) == (22, 22, 0, 30)
    drawn = [each for each in sell(world, "s2", 3, 13) if isinstance(each, e.LineDrawn)]
    assert [each.amount for each in drawn] == [17]  # 39, of which it has 22.
    assert stands(world) == (0, 0, 17, 30)
    sell(world, "s3", 1, 13)
    assert stands(world) == (0, 0, 30, 30)
    assert world.use("pia.2").lent == Line()


def test_what_trades_at_once_is_owed_at_once_and_the_rest_is_lent(world: Lending) -> None:
    sell(world, "s1", 8, 13)
    happened = buy(world, "o", 10, 13)
    (drawn,) = (each for each in happened if isinstance(each, e.LineDrawn))
    assert (drawn.amount, drawn.was_held) == (4, False)  # 104, of which it has 100; 26 more are lent.
    assert stands(world) == (0, 0, 4, 30)
    assert world.use("pia.2").lent == Line(stake=26)
    sell(world, "s2", 2, 13)
    assert stands(world) == (0, 0, 30, 30)


def test_a_better_price_leaves_its_own_money_and_draws_nothing(world: Lending) -> None:
    sell(world, "s1", 10, 9)
    happened = buy(world, "o", 10, 14)
    assert not [each for each in happened if isinstance(each, e.LineDrawn)]
    assert stands(world) == (10, 0, 0, 0)


def test_an_order_that_is_replaced_is_lent_what_it_needs(world: Lending) -> None:
    buy(world, "o", 10, 13)
    world.do(c.ReplaceOrder("o", 10, 14, "pia.2"))
    assert stands(world) == (100, 100, 0, 40)
    assert world.code(c.ReplaceOrder("o", 10, 15, "pia.2")) is No.INSUFFICIENT_FUNDS
    world.do(c.ReplaceOrder("o", 8, 14, "pia.2"))
    assert stands(world) == (100, 100, 0, 12)
    sell(world, "s", 3, 15)
    world.do(c.ReplaceOrder("o", 8, 15, "pia.2"))  # 45 at once, and 75 for the five that rest.
    assert stands(world) == (55, 55, 0, 20)
    world.wait(DAY)


def test_what_is_owed_for_orders_is_repaid_and_called_like_any_debt(world: Lending) -> None:
    sell(world, "s1", 10, 13)
    buy(world, "o", 10, 13)
    assert stands(world) == (0, 0, 30, 30)
    world.do(c.Transfer("ron", "pia.2", 10))
    assert stands(world) == (0, 0, 20, 20)
    world.wait(30 * DAY)
    assert stands(world) == (0, 0, 0, 0)
    assert world.balance("stake:pia.2") == 20
