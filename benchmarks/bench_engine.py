"""The economy's core: durable commands a second, against the same transfers done the usual ways."""

import asyncio
import gc
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import apsw
import asyncpg
import uvloop

from benchmarks.harness import Report, Row, interleave, median_of, quantile
from benchmarks.postgres import private_server
from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.bootstrap import open_node, snapshot
from econonexus.domain import commands as c
from econonexus.domain.economy import Economy
from econonexus.domain.events import AccountOpened
from econonexus.domain.ids import CREDIT, AccountId, CallerId, CommandId, HoldId, Instant, Sequence
from econonexus.domain.kinds import AccountKind
from econonexus.domain.money import Amount
from econonexus.node.node import Node
from econonexus.node.recovery import recover
from econonexus.node.replies import Accepted

GROUP = "Engine: durable commands"
ACCOUNTS = [AccountId(f"agent-{i}") for i in range(100)]
OPERATOR = CallerId("operator")


def run(report: Report) -> None:
    """Measure and report; about two minutes."""
    sync_ms = median_of(one_sync) * 1_000
    report.add(GROUP, Row("one sync of the disk, at this moment", f"{sync_ms:.3f} ms"))
    _against_sqlite(report)
    _against_postgres(report)
    _in_flight(report)
    _holds(report)
    _latency(report, sync_ms)
    _replay(report)
    _memory(report)


# Ours.


def durable_transfers(in_flight: int, total: int, named: bool = True) -> float:
    """Transfers a second through a node on SQLite, each named by its caller, `in_flight` callers at once."""

    async def transfer(node: Node, worker: int, i: int) -> None:
        source, destination = ACCOUNTS[worker % 100], ACCOUNTS[(worker + 1 + i) % 100]
        if source == destination:
            destination = ACCOUNTS[(worker + 2 + i) % 100]
        name = CommandId(f"{worker}-{i}-{random.getrandbits(48):x}") if named else None
        reply = await node.submit(c.Transfer(source, destination, Amount(1)), OPERATOR, name)
        assert isinstance(reply, Accepted)

    return uvloop.run(_through_node(transfer, in_flight, total))


async def _through_node(
    step: Callable[[Node, int, int], Awaitable[None]], in_flight: int, total: int
) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with open_node(folder) as node:
            await _furnish(node)

            async def caller(worker: int) -> None:
                for i in range(total // in_flight):
                    await step(node, worker, i)

            start = time.perf_counter()
            await asyncio.gather(*(caller(worker) for worker in range(in_flight)))
            return total // in_flight * in_flight / (time.perf_counter() - start)


async def _furnish(node: Node) -> None:
    for account in ACCOUNTS:
        await node.submit(c.OpenAccount(account, account), OPERATOR)
        await node.submit(c.Mint(account, Amount(10**12)), OPERATOR)


# Peers.


def sqlite_one_by_one(total: int, named: bool = True) -> float:
    """The same transfer as one SQLite transaction each: two updates, one insert, one sync."""
    key = "TEXT PRIMARY KEY" if named else "INTEGER PRIMARY KEY"
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(f"{folder}/peer.sqlite")
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "full")
        db.execute(
            "CREATE TABLE account(id TEXT PRIMARY KEY, balance INTEGER CHECK (balance >= 0)) WITHOUT ROWID"
        )
        db.execute(f"CREATE TABLE transfer(id {key}, source TEXT, destination TEXT, amount INTEGER)")
        db.executemany("INSERT INTO account VALUES (?, 1000000000000)", [(name,) for name in ACCOUNTS])
        start = time.perf_counter()
        for i in range(total):
            source, destination = ACCOUNTS[i % 100], ACCOUNTS[(i + 1) % 100]
            db.execute("BEGIN IMMEDIATE")
            db.execute("UPDATE account SET balance = balance - 1 WHERE id = ?", (source,))
            db.execute("UPDATE account SET balance = balance + 1 WHERE id = ?", (destination,))
            name = f"{i}-{random.getrandbits(48):x}" if named else None
            db.execute("INSERT INTO transfer VALUES (?, ?, ?, 1)", (name, source, destination))
            db.execute("COMMIT")
        rate = total / (time.perf_counter() - start)
        db.close()
        return rate


def postgres_row_locks(socket: str, total: int, connections: int = 32) -> float:
    """The same transfer as a row-locking transaction, all from one hot account, `connections` at once."""

    async def measure() -> float:
        pool = await asyncpg.create_pool(
            host=socket, user="bench", database="postgres", min_size=connections, max_size=connections
        )
        async with pool.acquire() as db:
            await db.execute("DROP TABLE IF EXISTS transfer, account")
            await db.execute("CREATE TABLE account(id text PRIMARY KEY, balance bigint CHECK (balance >= 0))")
            await db.execute(
                "CREATE TABLE transfer(id text PRIMARY KEY, source text, destination text, amount bigint)"
            )
            await db.executemany(
                "INSERT INTO account VALUES ($1, 1000000000000)", [(name,) for name in ACCOUNTS]
            )

        async def caller(worker: int) -> None:
            for i in range(total // connections):
                async with pool.acquire() as db, db.transaction():
                    hot, other = ACCOUNTS[0], ACCOUNTS[1 + (worker + i) % 99]
                    await db.fetchval("SELECT balance FROM account WHERE id = $1 FOR UPDATE", hot)
                    await db.execute("UPDATE account SET balance = balance - 1 WHERE id = $1", hot)
                    await db.execute("UPDATE account SET balance = balance + 1 WHERE id = $1", other)
                    await db.execute(
                        "INSERT INTO transfer VALUES ($1, $2, $3, 1)", f"{worker}-{i}", hot, other
                    )

        start = time.perf_counter()
        await asyncio.gather(*(caller(worker) for worker in range(connections)))
        rate = total // connections * connections / (time.perf_counter() - start)
        await pool.close()
        return rate

    return uvloop.run(measure())


# Rows.


def _against_sqlite(report: Report) -> None:
    for named in (True, False):
        pair = interleave(
            lambda named=named: durable_transfers(1_000, 60_000, named),  # type: ignore[misc]
            lambda named=named: sqlite_one_by_one(2_000, named),  # type: ignore[misc]
        )
        report.add(
            GROUP,
            Row(
                f"transfers, 1,000 in flight, ids made by the {'caller' if named else 'node'}",
                f"{pair.ours:,.0f}/s",
                f"one SQLite transaction each: {pair.peer:,.0f}/s",
                pair.ratio,
                "≥ 30,000/s and ≥ 15 ×",
                pair.ours >= 30_000 and pair.ratio >= 15,
            ),
        )


def _against_postgres(report: Report) -> None:
    with private_server() as socket:
        pair = interleave(lambda: hot_transfers(1_000, 60_000), lambda: postgres_row_locks(socket, 3_200))
    report.add(
        GROUP,
        Row(
            "transfers out of one hot account, 1,000 in flight",
            f"{pair.ours:,.0f}/s",
            f"PostgreSQL row locks, 32 connections: {pair.peer:,.0f}/s",
            pair.ratio,
            "≥ 20 ×",
            pair.ratio >= 20,
        ),
    )


def hot_transfers(in_flight: int, total: int) -> float:
    """As `durable_transfers`, but all from one account."""

    async def transfer(node: Node, worker: int, i: int) -> None:
        command = c.Transfer(ACCOUNTS[0], ACCOUNTS[1 + (worker + i) % 99], Amount(1))
        reply = await node.submit(command, OPERATOR, CommandId(f"{worker}-{i}"))
        assert isinstance(reply, Accepted)

    return uvloop.run(_through_node(transfer, in_flight, total))


def _in_flight(report: Report) -> None:
    for in_flight, total in ((1, 1_000), (100, 30_000)):
        rate = median_of(lambda n=in_flight, t=total: durable_transfers(n, t))  # type: ignore[misc]
        report.add(GROUP, Row(f"transfers, {in_flight} in flight", f"{rate:,.0f}/s"))


def _holds(report: Report) -> None:
    """Past the 100,000 settled holds that are remembered, where a slow way of forgetting would show."""

    async def pair(node: Node, worker: int, i: int) -> None:
        hold = HoldId(f"{worker}-{i}")
        deadline = Instant(time.time_ns() + 60 * 10**9)
        await node.submit(c.PlaceHold(hold, ACCOUNTS[worker % 100], Amount(100), deadline), OPERATOR)
        reply = await node.submit(c.PostHold(hold, Amount(60)), OPERATOR)
        assert isinstance(reply, Accepted)

    rate = median_of(lambda: uvloop.run(_through_node(pair, 1_000, 30_000)))
    report.add(GROUP, Row("hold + post pairs, 1,000 in flight", f"{rate:,.0f} pairs/s"))
    rate = uvloop.run(_through_node(pair, 1_000, 250_000))
    report.add(GROUP, Row("the same, 250,000 pairs in a row", f"{rate:,.0f} pairs/s"))


def _latency(report: Report, sync_ms: float) -> None:
    waits: list[float] = []

    async def transfer(node: Node, worker: int, _: int) -> None:
        start = time.perf_counter()
        await node.submit(c.Transfer(ACCOUNTS[worker], ACCOUNTS[worker + 1], Amount(1)), OPERATOR)
        waits.append((time.perf_counter() - start) * 1_000)

    uvloop.run(_through_node(transfer, 64, 32_000))
    p50, p99 = quantile(waits, 0.5), quantile(waits, 0.99)
    goal = 15 * sync_ms + 2
    report.add(
        GROUP,
        Row(
            "one command's wait, 64 in flight",
            f"p50 {p50:.2f} ms, p99 {p99:.2f} ms",
            goal=f"p99 ≤ 15 syncs + 2 ms = {goal:.2f} ms",
            met=p99 <= goal,
        ),
    )


def _replay(report: Report) -> None:
    total = 200_000
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(_fill(folder, total))
        rate = median_of(lambda: uvloop.run(_replay_rate(folder)))
        what = f"replay of {total:,} named transfers"
        report.add(GROUP, Row(what, f"{rate:,.0f} events/s", goal="≥ 200,000/s", met=rate >= 200_000))
        asyncio.run(snapshot(Path(folder)))
        rate = median_of(lambda: uvloop.run(_after_restart(folder)))
        what = "transfers, 1,000 in flight, ids made by the caller, after a restart from a snapshot"
        report.add(GROUP, Row(what, f"{rate:,.0f}/s", goal="≥ 30,000/s", met=rate >= 30_000))
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(_populate(folder, accounts=50_000, holds=10_000))
        asyncio.run(snapshot(Path(folder)))
        seconds = median_of(lambda: uvloop.run(_start_up(folder)))
        what = "start-up from a snapshot of 50,000 accounts and 10,000 open holds"
        report.add(GROUP, Row(what, f"{seconds * 1_000:.0f} ms"))


async def _after_restart(folder: str) -> float:
    async with open_node(folder, snapshot_every=10**9) as node:

        async def caller(worker: int) -> None:
            for _ in range(60):
                command = c.Transfer(ACCOUNTS[worker % 100], ACCOUNTS[(worker + 1) % 100], Amount(1))
                await node.submit(command, OPERATOR, CommandId(f"r{random.getrandbits(64):x}"))

        start = time.perf_counter()
        await asyncio.gather(*(caller(worker) for worker in range(1_000)))
        return 60_000 / (time.perf_counter() - start)


async def _populate(folder: str, accounts: int, holds: int) -> None:
    deadline = Instant(time.time_ns() + 24 * 3_600 * 10**9)
    async with open_node(folder, snapshot_every=10**9) as node:
        for start in range(0, accounts, 1_000):
            names = [AccountId(f"agent-{i}") for i in range(start, start + 1_000)]
            await asyncio.gather(*(node.submit(c.OpenAccount(name, name), OPERATOR) for name in names))
        await node.submit(c.Mint(ACCOUNTS[0], Amount(10**12)), OPERATOR)
        for start in range(0, holds, 1_000):
            commands = [
                c.PlaceHold(HoldId(f"hold-{i}"), ACCOUNTS[0], Amount(1), deadline)
                for i in range(start, start + 1_000)
            ]
            await asyncio.gather(*(node.submit(command, OPERATOR) for command in commands))


async def _fill(folder: str, total: int) -> None:
    async with open_node(folder, snapshot_every=10**9) as node:
        await _furnish(node)

        async def caller(worker: int) -> None:
            for i in range(total // 1_000):
                command = c.Transfer(ACCOUNTS[worker % 100], ACCOUNTS[(worker + 1) % 100], Amount(1))
                await node.submit(command, OPERATOR, CommandId(f"{worker}-{i}"))

        await asyncio.gather(*(caller(worker) for worker in range(1_000)))


async def _replay_rate(folder: str) -> float:
    journal = SqliteJournal.open_to_read(Path(folder))
    start = time.perf_counter()
    recovered = await recover(journal)
    rate = recovered.replayed / (time.perf_counter() - start)
    await journal.close()
    return rate


async def _start_up(folder: str) -> float:
    start = time.perf_counter()
    async with open_node(folder):
        return time.perf_counter() - start


def _memory(report: Report) -> None:
    """Resident memory of a process that opens 100,000 accounts, less that of one that opens none."""
    count = 100_000
    empty, full = (_resident_kib(n) for n in (0, count))
    each = (full - empty) * 1_024 / count
    report.add(GROUP, Row("memory per account", f"{each:,.0f} bytes", goal="< 4 KiB", met=each < 4_096))


def _resident_kib(count: int) -> int:
    program = f"import benchmarks.bench_engine as b; b.open_accounts({count})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return int(done.stdout)


def open_accounts(count: int) -> None:
    """Fill an economy with accounts and print the resident memory in KiB."""
    economy = Economy()
    for i in range(count):
        name = AccountId(f"agent-{i:012}")
        event = AccountOpened(name, name, AccountKind.WALLET, CREDIT)
        economy.apply(event, Sequence(i + 1), Instant(i))
    gc.collect()
    # The peak that the system keeps is inherited from whoever started us; what is resident now is ours.
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(pages * resource.getpagesize() // 1_024)


def one_sync() -> float:
    """Seconds that appending 4 KiB to a file and syncing it takes: the median of 50."""
    with tempfile.NamedTemporaryFile() as file:

        def once() -> float:
            start = time.perf_counter()
            os.write(file.fileno(), bytes(4_096))
            os.fdatasync(file.fileno())
            return time.perf_counter() - start

        return median_of(once, 50)
