"""Contracts: posted, awarded, done, judged and paid, durable; what looking at records and stakes costs."""

import statistics
import time
from collections.abc import Callable

from scipy.stats import beta as scipy_beta

from benchmarks.bench_engine import one_sync
from benchmarks.contract_peers import sqlite_contracts
from benchmarks.contracts import PRICE, STAKE, WEALTH, settled_contracts
from benchmarks.growth import World
from benchmarks.harness import Report, Row, interleave, median_of
from econonexus.domain import commands as c
from econonexus.domain.flows.awarding import unbacked
from econonexus.domain.ids import AgentId, Instant, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import beta, records
from econonexus.domain.money import PPM_ONE, Amount
from econonexus.domain.promises import Component, Record
from econonexus.domain.subjects.reputations import lower_bound, score

GROUP = "Contracts: a task posted, three offers, awarded, delivered, judged and paid, durable"
PAIRS, TOTAL = 3, 3_000
CROWDS = (100, 1_000, 10_000, 100_000)
LOOKS = 2_000


def run(report: Report) -> None:
    """Measure and report; about two minutes."""
    sync_ms = median_of(one_sync) * 1_000
    report.add(GROUP, Row("one sync of the disk, at this moment", f"{sync_ms:.3f} ms"))
    for in_flight, total in ((1, 300), (64, TOTAL), (1_000, TOTAL)):
        _against_sqlite(report, in_flight, total)
    _as_agents_grow(report)
    _records(report)
    _stakes(report)


def _against_sqlite(report: Report, in_flight: int, total: int) -> None:
    pair = interleave(lambda: settled_contracts(in_flight, total).rate, lambda: sqlite_contracts(300), PAIRS)
    peer = f"one SQLite transaction a step: {pair.peer:,.0f}/s"
    report.add(GROUP, Row(f"contracts, {in_flight:,} in flight", f"{pair.ours:,.0f}/s", peer, pair.ratio))


def _as_agents_grow(report: Report) -> None:
    """What a contract costs the processor with few agents and with many: it should be the same."""
    few = 0.0
    for agents in CROWDS:
        cost = min(settled_contracts(1_000, TOTAL, agents).processor_us for _ in range(2))
        few = few or cost
        title = f"processor time of a contract, 1,000 in flight, {agents:,} agents"
        report.add(
            GROUP, Row(title, f"{cost:,.0f} µs", f"with {CROWDS[0]} agents: {few:,.0f} µs", cost / few)
        )


def _records(report: Report) -> None:
    """A record no one has seen before gets one more verdict, and its bound is found, never remembered."""
    for kept in (10, 1_000, 100_000):
        ours = _median_us(lambda i, kept=kept: _updated(kept, i))
        peer = _median_us(lambda i, kept=kept: scipy_beta.ppf(0.05, kept + i / 7, 3 + i / 11))
        report.add(
            GROUP,
            Row(
                f"a record of {kept:,} contracts gets one more, with its score and bound",
                f"{ours:.1f} µs",
                f"scipy's beta.ppf alone, in floating point: {peer:.1f} µs",
                peer / ours,
            ),
        )


def _updated(kept: int, turn: int) -> int:
    side = Component(kept * PPM_ONE + turn, 3 * PPM_ONE + turn)
    record = records.after(Record(side, side, side, side), Verdict.SATISFACTORY, None, PPM_ONE)
    return score(record) + lower_bound(record)


def _stakes(report: Report) -> None:
    """Whether an agent has what a task asks for: its identity stake, free stake for the bond, its record."""
    few = 0.0
    for agents in CROWDS:
        cost = _median_us(_look_at_stakes(agents))
        few = few or cost
        what = f"whether an agent may offer, {agents:,} agents"
        report.add(GROUP, Row(what, f"{cost:.1f} µs", f"with {CROWDS[0]}: {few:.1f} µs", cost / few))


def _look_at_stakes(agents: int) -> Callable[[int], object]:
    state = staked(agents).economy.state
    task = state.tasks.by_id[TaskId("t")]
    several = [state.agents.by_id[AgentId(f"agent-{1 + i * (agents - 1) // LOOKS}")] for i in range(LOOKS)]
    return lambda i: list(unbacked(state, task, several[i], state.time))


def staked(agents: int) -> World:
    """So many agents with a stake, and one task."""
    world = World()
    for i in range(agents):
        name = AgentId(f"agent-{i}")
        world.do(c.CreateAgent(name, capabilities=("work",), credits=Amount(WEALTH)))
        world.do(c.PostStake(name, Amount(STAKE)))
    until = Instant(world.economy.state.time + 10**12)
    first = AgentId("agent-0")
    world.do(c.PostTask(TaskId("t"), first, "work", Amount(PRICE), until, Instant(2 * until)))
    return world


def _median_us(look: Callable[[int], object]) -> float:
    """The median time of one look, in µs, over many different ones."""
    beta.lower_bound.cache_clear()
    times = []
    for turn in range(LOOKS):
        began = time.perf_counter()
        look(turn)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6
