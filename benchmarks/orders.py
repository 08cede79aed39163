"""Orders through a node into one book: half buy, half sell, about half of them trade at once."""

import random

import uvloop

from benchmarks.auctions import GPU, done, market, timed
from econonexus.domain import commands as c
from econonexus.domain.ids import AgentId, CallerId, MarketId, OrderId
from econonexus.domain.kinds import Mechanism, Side
from econonexus.domain.money import Amount

BOOK = MarketId("book")
MIDDLE, SPREAD = 1_000, 20


def durable_orders(in_flight: int, total: int, agents: int = 100) -> tuple[float, float]:
    """Orders a second, each durable, and processor time an order in µs."""
    return uvloop.run(_durable_orders(in_flight, total, agents))


async def _durable_orders(in_flight: int, total: int, agents: int) -> tuple[float, float]:
    async with market(agents) as node:
        await done(node, c.CreateMarket(BOOK, (GPU,), Mechanism.ORDER_BOOK))

        async def trader(number: int) -> None:
            dice = random.Random(number)
            for i in range(number, total, in_flight):
                agent = AgentId(f"agent-{dice.randrange(agents)}")
                side: Side = "buy" if i % 2 else "sell"
                price = Amount(MIDDLE + dice.randint(-SPREAD, SPREAD))
                await done(
                    node, c.PlaceOrder(OrderId(f"order-{i}"), BOOK, agent, side, 1, price), CallerId(agent)
                )

        seconds, processor_s = await timed(trader(number) for number in range(in_flight))
        return total / seconds, processor_s / total * 1e6
