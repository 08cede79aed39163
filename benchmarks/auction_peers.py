"""The same ten-bid auction done the usual ways: one SQLite transaction a step, and the package auctionsi."""

import tempfile
import time

import apsw
from auctionsi import Marketplace, Task
from auctionsi.adapters.function import PythonFunctionAgent
from auctionsi.market.result import AuctionResult
from auctionsi.mechanisms.second_price import SecondPriceReverseAuction

BIDS = 10
WEALTH = 10**12

SCHEMA = """
CREATE TABLE account(
  id TEXT PRIMARY KEY, balance INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, CHECK (held <= balance)
) WITHOUT ROWID;
CREATE TABLE auction(id TEXT PRIMARY KEY, status TEXT NOT NULL, item TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bid(id INTEGER PRIMARY KEY, auction TEXT NOT NULL, agent TEXT NOT NULL, price INTEGER NOT NULL);
CREATE INDEX bid_of ON bid(auction);
CREATE TABLE granted(auction TEXT PRIMARY KEY, agent TEXT NOT NULL, paid INTEGER NOT NULL) WITHOUT ROWID;
"""


def sqlite_auctions(total: int, agents: int = 100) -> float:
    """Auctions a second where each of the twelve steps is one transaction and one sync; no journal."""
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(f"{folder}/peer.sqlite")
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full")
        db.execute(SCHEMA)
        db.executemany(
            "INSERT INTO account VALUES (?, ?, 0)", [(f"agent-{i}", WEALTH) for i in range(agents)]
        )
        began = time.perf_counter()
        for number in range(total):
            _sqlite_auction(db, f"auction-{number}", number * BIDS, agents)
        rate = total / (time.perf_counter() - began)
        db.close()
        return rate


def _sqlite_auction(db: apsw.Connection, name: str, first: int, agents: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO auction VALUES (?, 'open', 'gpu')", (name,))
    db.execute("COMMIT")
    for i in range(BIDS):
        agent, price = f"agent-{(first + i) % agents}", 1_000 + i * 7
        db.execute("BEGIN IMMEDIATE")
        assert db.execute("SELECT status FROM auction WHERE id = ?", (name,)).get == "open"
        db.execute("UPDATE account SET held = held + ? WHERE id = ?", (price, agent))
        db.execute("INSERT INTO bid(auction, agent, price) VALUES (?, ?, ?)", (name, agent, price))
        db.execute("COMMIT")
    db.execute("BEGIN IMMEDIATE")
    bids = db.execute(
        "SELECT agent, price FROM bid WHERE auction = ? ORDER BY price DESC, id", (name,)
    ).fetchall()
    (winner, _), (_, second) = bids[:2]
    db.executemany(
        "UPDATE account SET held = held - ? WHERE id = ?", [(price, agent) for agent, price in bids]
    )
    db.execute("UPDATE account SET balance = balance - ? WHERE id = ?", (second, winner))
    db.execute("INSERT INTO granted VALUES (?, ?, ?)", (name, winner, second))
    db.execute("UPDATE auction SET status = 'settled' WHERE id = ?", (name,))
    db.execute("COMMIT")


def auctionsi_auctions(total: int, agents: int = BIDS) -> float:
    """Auctions a second through auctionsi's market, from task to settlement, in memory; every agent bids.

    It keeps no event, which costs it least. Its contracts are carried out by a function that does nothing.
    """
    market = Marketplace(mechanism=SecondPriceReverseAuction(), keep_events=False, retain_results=False)
    for i in range(agents):
        market.register(
            PythonFunctionAgent(
                f"agent-{i}", lambda _task, _contract: None, capabilities=["gpu"], price=float(1_000 + i * 7)
            )
        )
    began = time.perf_counter()
    for number in range(total):
        result: AuctionResult = market.submit_task(Task(f"task-{number}", "gpu"))
        assert result.winner is not None
    return total / (time.perf_counter() - began)
