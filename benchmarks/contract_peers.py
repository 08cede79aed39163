"""The same contract as one SQLite transaction a step, as it is usually done."""

import contextlib
import tempfile
import time
from collections.abc import Iterator

import apsw

OFFERS = 3
PRICE, WEALTH, STAKE = 10_000_000, 10**12, 10**11

SCHEMA = """
CREATE TABLE account(
  id TEXT PRIMARY KEY, balance INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, CHECK (held <= balance)
) WITHOUT ROWID;
CREATE TABLE reputation(agent TEXT PRIMARY KEY, good INTEGER NOT NULL, bad INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE task(
  id TEXT PRIMARY KEY, requester TEXT NOT NULL, ceiling INTEGER NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE offer(task TEXT NOT NULL, agent TEXT NOT NULL, price INTEGER NOT NULL);
CREATE INDEX offer_of ON offer(task);
CREATE TABLE contract(
  task TEXT PRIMARY KEY, provider TEXT NOT NULL, payment INTEGER NOT NULL, bond INTEGER NOT NULL,
  status TEXT NOT NULL
) WITHOUT ROWID;
"""


def sqlite_contracts(total: int, agents: int = 100) -> float:
    """Contracts a second where each of the seven steps is one transaction and one sync; no journal."""
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(f"{folder}/peer.sqlite")
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full")
        db.execute(SCHEMA)
        names = [f"agent-{i}" for i in range(agents)]
        db.executemany("INSERT INTO account VALUES (?, ?, 0)", [(name, WEALTH) for name in names])
        db.executemany("INSERT INTO account VALUES (?, ?, 0)", [(f"stake:{name}", STAKE) for name in names])
        db.executemany("INSERT INTO reputation VALUES (?, 1, 1)", [(name,) for name in names])
        began = time.perf_counter()
        for number in range(total):
            _contract(db, f"t{number}", [names[(4 * number + i) % agents] for i in range(OFFERS + 1)])
        rate = total / (time.perf_counter() - began)
        db.close()
        return rate


def _contract(db: apsw.Connection, name: str, agents: list[str]) -> None:
    asks, *workers = agents
    with _step(db):
        db.execute("UPDATE account SET held = held + ? WHERE id = ?", (PRICE, asks))
        db.execute("INSERT INTO task VALUES (?, ?, ?, 'posted')", (name, asks, PRICE))
    for i, worker in enumerate(workers):
        with _step(db):
            free = db.execute("SELECT balance - held FROM account WHERE id = ?", (f"stake:{worker}",)).get
            assert free >= PRICE * 3 // 2
            db.execute("INSERT INTO offer VALUES (?, ?, ?)", (name, worker, PRICE // 2 + i))
    with _step(db):
        offers = db.execute(
            "SELECT agent, price, good, bad FROM offer JOIN reputation USING (agent) WHERE task = ?", (name,)
        ).fetchall()
        (winner, _), (_, second) = sorted(((agent, price) for agent, price, *_ in offers), key=_price)[:2]
        bond = second * 3 // 2
        db.execute("UPDATE account SET held = held + ? WHERE id = ?", (bond, f"stake:{winner}"))
        db.execute("INSERT INTO contract VALUES (?, ?, ?, ?, 'open')", (name, winner, second, bond))
        db.execute("UPDATE task SET status = 'awarded' WHERE id = ?", (name,))
    with _step(db):
        db.execute("UPDATE contract SET status = 'delivered' WHERE task = ?", (name,))
    with _step(db):
        db.execute(
            "UPDATE account SET held = held - ?, balance = balance - ? WHERE id = ?", (PRICE, second, asks)
        )
        db.execute("UPDATE account SET balance = balance + ? WHERE id = ?", (second, winner))
        db.execute("UPDATE account SET held = held - ? WHERE id = ?", (bond, f"stake:{winner}"))
        db.execute("UPDATE reputation SET good = good + 1 WHERE agent = ?", (winner,))
        db.execute("UPDATE contract SET status = 'settled' WHERE task = ?", (name,))
        db.execute("UPDATE task SET status = 'done' WHERE id = ?", (name,))


@contextlib.contextmanager
def _step(db: apsw.Connection) -> Iterator[None]:
    """One transaction."""
    db.execute("BEGIN IMMEDIATE")
    yield
    db.execute("COMMIT")


def _price(offer: tuple[str, int]) -> int:
    return offer[1]
