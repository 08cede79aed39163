"""Order books: durable orders a second, against the same book with one SQLite transaction for each order."""

import asyncio
import random
import tempfile
import time

import apsw
import uvloop

from benchmarks.auctions import timed
from benchmarks.harness import Report, Row, interleave, median_of, quantile
from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import AgentId, CallerId, CommandId, MarketId, OrderId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.order_book import Order, OrderBook, apply, match
from econonexus.domain.money import Amount
from econonexus.node.node import Node
from econonexus.node.replies import Accepted

GROUP = "Order books: durable orders"
OPERATOR = CallerId("operator")
AGENTS = [AgentId(f"agent-{i}") for i in range(100)]
MARKET, RESOURCE = MarketId("spot"), ResourceId("gpu")
MIDDLE, SPREAD = 1_000, 10
HOUR = 3_600 * 10**9


def run(report: Report) -> None:
    """Measure and report; about two minutes."""
    pair = interleave(lambda: durable_orders(1_000, 40_000), lambda: sqlite_one_by_one(4_000))
    report.add(
        GROUP,
        Row(
            "orders, 1,000 in flight, ids made by the caller",
            f"{pair.ours:,.0f}/s",
            f"one SQLite transaction each: {pair.peer:,.0f}/s",
            pair.ratio,
            "≥ 20,000/s",
            pair.ours >= 20_000,
        ),
    )
    for in_flight, total in ((64, 20_000), (1, 2_000)):
        rate = median_of(lambda f=in_flight, t=total: durable_orders(f, t))  # type: ignore[misc]
        report.add(GROUP, Row(f"orders, {in_flight} in flight", f"{rate:,.0f}/s"))
    waits = [wait for _ in range(3) for wait in latencies(64, 10_000)]
    report.add(
        GROUP,
        Row(
            "one order's wait, 64 in flight",
            f"p50 {quantile(waits, 0.5) * 1e3:.1f} ms, p99 {quantile(waits, 0.99) * 1e3:.1f} ms",
        ),
    )
    for agents in (100, 100_000):
        rate = median_of(lambda a=agents: durable_orders(1_000, 20_000, a), 3)  # type: ignore[misc]
        report.add(GROUP, Row(f"orders of {agents:,} agents, 1,000 in flight", f"{rate:,.0f}/s"))


def session(seed: int, total: int, agents: int = len(AGENTS)) -> list[tuple[str, str, str, int, int]]:
    """Orders of random agents on both sides of one price, of which half meet somebody as they come."""
    rng = random.Random(seed)
    return [
        (
            f"o{seed}-{i}",
            f"agent-{rng.randrange(agents)}",
            rng.choice(("buy", "sell")),
            rng.randrange(1, 11),
            rng.randrange(MIDDLE - SPREAD, MIDDLE + SPREAD + 1),
        )
        for i in range(total)
    ]


# Ours.


def durable_orders(in_flight: int, total: int, agents: int = len(AGENTS)) -> float:
    """Orders a second through a whole node, views fed, each named by its caller."""
    return uvloop.run(_measured(in_flight, total, agents, []))


def latencies(in_flight: int, total: int) -> list[float]:
    """How long each order waited for its answer, in seconds."""
    waits: list[float] = []
    uvloop.run(_measured(in_flight, total, len(AGENTS), waits))
    return waits


async def _measured(in_flight: int, total: int, agents: int, waits: list[float]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with open_node(folder) as node:
            await _furnish(node, agents)
            orders = iter(_commands(total, agents))

            async def caller() -> None:
                for order in orders:
                    began = time.perf_counter()
                    reply = await node.submit(order, OPERATOR, CommandId(order.order))
                    waits.append(time.perf_counter() - began)
                    assert isinstance(reply, Accepted), reply

            seconds, _ = await timed(node, (caller() for _ in range(in_flight)))
            return total / seconds


def _commands(total: int, agents: int) -> list[c.PlaceOrder]:
    return [
        c.PlaceOrder(OrderId(name), MARKET, AgentId(agent), side, units, Amount(price))  # type: ignore[arg-type]
        for name, agent, side, units, price in session(1, total, agents)
    ]


async def _furnish(node: Node, agents: int) -> None:
    await node.submit(c.DeclareResource(RESOURCE, "gpu", 10**12, HOUR), OPERATOR)  # type: ignore[arg-type]
    await node.submit(c.CreateMarket(MARKET, (RESOURCE,), Mechanism.ORDER_BOOK), OPERATOR)
    for start in range(0, agents, 1_000):
        names = [f"agent-{i}" for i in range(start, min(agents, start + 1_000))]
        await asyncio.gather(
            *(node.submit(c.CreateAgent(AgentId(name), credits=Amount(10**12)), OPERATOR) for name in names)
        )


# The peer.


def sqlite_one_by_one(total: int) -> float:
    """The same orders in the same book, each with its holds and trades in one SQLite transaction."""
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(f"{folder}/peer.sqlite")
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full")
        db.execute(
            "CREATE TABLE account(id TEXT PRIMARY KEY, balance INTEGER, held INTEGER,"
            " CHECK (held <= balance)) WITHOUT ROWID;"
            "CREATE TABLE orders(id TEXT PRIMARY KEY, agent TEXT, side TEXT, open INTEGER, price INTEGER);"
            "CREATE TABLE trade(resting TEXT, incoming TEXT, units INTEGER, price INTEGER)"
        )
        db.executemany("INSERT INTO account VALUES (?, 1000000000000, 0)", [(name,) for name in AGENTS])
        book = OrderBook()
        agent_of: dict[str, str] = {}
        start = time.perf_counter()
        for name, agent, side, units, price in session(1, total):
            order = Order(name, agent, side, units, price)  # type: ignore[arg-type]
            agent_of[name] = agent
            _keep(db, book, order, agent_of)
        rate = total / (time.perf_counter() - start)
        db.close()
        return rate


def _keep(db: apsw.Connection, book: OrderBook, order: Order, agent_of: dict[str, str]) -> None:
    assert order.unit_price is not None
    resting_side = "buy" if order.side == "sell" else "sell"
    done = match(book, order)
    withdrawn = [book.orders[name] for name in done.withdrawn]
    apply(book, done)
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?)",
        (order.id, order.owner, order.side, done.resting, order.unit_price),
    )
    if order.side == "buy":
        held = done.resting * order.unit_price
        db.execute("UPDATE account SET held = held + ? WHERE id = ?", (held, order.owner))
    for rest in withdrawn:
        db.execute("UPDATE orders SET open = 0 WHERE id = ?", (rest.id,))
        if rest.side == "buy":
            held = rest.units * rest.unit_price
            db.execute("UPDATE account SET held = held - ? WHERE id = ?", (held, rest.owner))
    for trade in done.trades:
        amount, other = trade.units * trade.unit_price, agent_of[trade.resting]
        buyer, seller = (order.owner, other) if order.side == "buy" else (other, order.owner)
        freed = amount if resting_side == "buy" else 0
        db.execute(
            "INSERT INTO trade VALUES (?, ?, ?, ?)", (trade.resting, order.id, trade.units, trade.unit_price)
        )
        db.execute("UPDATE orders SET open = open - ? WHERE id = ?", (trade.units, trade.resting))
        db.execute(
            "UPDATE account SET balance = balance - ?, held = held - ? WHERE id = ?", (amount, freed, buyer)
        )
        db.execute("UPDATE account SET balance = balance + ? WHERE id = ?", (amount, seller))
    db.execute("COMMIT")
