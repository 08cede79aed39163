"""Order books: rules that let orders meet, and holders resell."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from tests.domain.machine.walk import Walk
from tests.strategies.orders import BOOKS

TRADERS = st.sampled_from(["kim", "lee", "quin", "sam"])
SIDES = st.sampled_from(["buy", "sell"])


class OrdersWalk(Walk):
    """Orders, trades and halts."""

    @rule(
        market=st.sampled_from(BOOKS),
        wishes=st.lists(
            st.tuples(TRADERS, SIDES, st.integers(1, 3), st.integers(3, 9)), min_size=2, max_size=8
        ),
        pause=st.integers(0, 4),
    )
    def orders_meet(self, market: str, wishes: list[tuple[str, str, int, int]], pause: int) -> None:
        """Under names of their own, so that there are always some."""
        for agent, side, units, price in wishes:
            self.world.now += pause
            self.submit(c.PlaceOrder(f"order-{len(self.answered)}", market, agent, side, units, price))

    @precondition(lambda self: self.state.orders.by_id)
    @rule(data=st.data(), units=st.integers(1, 4), price=st.integers(2, 10), whose=st.booleans())
    def an_order_is_changed_or_cancelled(
        self, data: st.DataObject, units: int, price: int, whose: bool
    ) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.orders.by_id)))
        agent = self.state.orders.by_id[name].agent if whose else None
        replaced = c.ReplaceOrder(name, units, price, agent)
        self.submit(data.draw(st.sampled_from([replaced, replaced, c.CancelOrder(name, agent)])))

    @precondition(lambda self: self.state.grants.by_id)
    @rule(data=st.data(), units=st.integers(1, 3), price=st.integers(2, 8))
    def a_holder_resells(self, data: st.DataObject, units: int, price: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.grants.by_id)))
        agent = self.state.grants.by_id[name].agent
        market = data.draw(st.sampled_from(["resale", "spot", "timed"]))
        order = f"order-{len(self.answered)}"
        self.submit(c.PlaceOrder(order, market, agent, "sell", units, price, grant=name))

    def agree(self) -> None:
        super().agree()
        self.the_orders_agree_with_the_plain_books()

    def the_orders_agree_with_the_plain_books(self) -> None:
        assert [
            (name, order.agent, order.side, order.units, order.unit_price, order.grant)
            for name, order in self.state.orders.by_id.items()
        ] == [
            (name, row["agent"], row["side"], row["open"], row["price"], row["grant"])
            for name, row in self.oracle.orders.items()
        ]
        assert {name: each.agent for name, each in self.state.orders.closed.items()} == self.oracle.closed
        assert {
            market.id: (market.resumes_at, self.state.orders.trades(market.id))
            for market in self.state.markets.by_id.values()
        } == {
            name: (row.get("resumes"), self.oracle.trades.get(name, 0))
            for name, row in self.oracle.markets.items()
        }
