"""Markets: complete sealed auctions, durable, against one SQLite transaction a step and against auctionsi."""

from benchmarks.auction_peers import auctionsi_auctions, sqlite_auctions
from benchmarks.auctions import BIDS, Run, bids_into_one, sealed_auctions
from benchmarks.bench_engine import one_sync
from benchmarks.harness import Report, Row, interleave, median_of, quantile

GROUP = "Markets: complete ten-bid sealed auctions, announce to settled, durable"
RATE, TIMES, TIMES_PEER = 5_000, 20, 5
PAIRS = 5


def run(report: Report) -> None:
    """Measure and report; about three minutes."""
    sync_ms = median_of(one_sync) * 1_000
    report.add(GROUP, Row("one sync of the disk, at this moment", f"{sync_ms:.3f} ms"))
    for in_flight, total in ((1, 300), (64, 6_400)):
        _against_sqlite(report, in_flight, total)
    _against_auctionsi(report)
    _one_run(report, sync_ms)
    _one_great_auction(report)
    _growth(report)


def _against_sqlite(report: Report, in_flight: int, total: int) -> None:
    pair = interleave(lambda: sealed_auctions(in_flight, total).rate, lambda: sqlite_auctions(100), PAIRS)
    report.add(
        GROUP,
        Row(
            f"auctions, {in_flight} in flight",
            f"{pair.ours:,.0f}/s",
            f"one SQLite transaction a step: {pair.peer:,.0f}/s",
            pair.ratio,
            f"≥ {RATE:,}/s and ≥ {TIMES} ×",
            pair.ours >= RATE and pair.ratio >= TIMES,
        ),
    )


def _against_auctionsi(report: Report) -> None:
    for agents in (BIDS, 100):
        pair = interleave(
            lambda: sealed_auctions(64, 6_400).rate, lambda n=agents: auctionsi_auctions(300, n), PAIRS
        )
        report.add(
            GROUP,
            Row(
                "auctions, 64 in flight",
                f"{pair.ours:,.0f}/s",
                f"auctionsi, {agents} agents bid, nothing kept: {pair.peer:,.0f}/s",
                pair.ratio,
                f"≥ {TIMES_PEER} ×",
                pair.ratio >= TIMES_PEER,
            ),
        )


def _one_run(report: Report, sync_ms: float) -> None:
    runs = [sealed_auctions(64, 6_400) for _ in range(PAIRS)]
    goal_ms = 15 * sync_ms + 2
    p50, p99 = (_median_wait(runs, share) for share in (0.5, 0.99))
    report.add(
        GROUP,
        Row(
            "one auction's wait, 64 in flight",
            f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            goal=f"p99 ≤ 15 syncs + 2 ms = {goal_ms:.2f} ms",
            met=p99 <= goal_ms,
        ),
    )
    least = min(each.processor_us for each in runs)
    report.add(GROUP, Row("processor time an auction, all threads, 64 in flight", f"{least:,.0f} µs"))


def _median_wait(runs: list[Run], share: float) -> float:
    waits = sorted(quantile(each.waits_ms, share) for each in runs)
    return waits[len(waits) // 2]


def _one_great_auction(report: Report) -> None:
    bids = 10_000
    runs = sorted(bids_into_one(bids) for _ in range(3))
    rate, clearing_s = runs[len(runs) // 2]
    report.add(GROUP, Row(f"bids into one auction of {bids:,}, 1,000 in flight", f"{rate:,.0f} bids/s"))
    report.add(GROUP, Row(f"clearing an auction of {bids:,} bids", f"{clearing_s * 1_000:.0f} ms"))


def _growth(report: Report) -> None:
    """How an auction's cost grows with the agents that there are: it should not."""
    costs = {
        agents: min(sealed_auctions(64, 3_200, agents).processor_us for _ in range(3))
        for agents in (100, 1_000, 10_000, 100_000)
    }
    for agents, cost in costs.items():
        report.add(
            GROUP,
            Row(
                f"processor time an auction, {agents:,} agents, 64 in flight",
                f"{cost:,.0f} µs",
                f"with 100 agents: {costs[100]:,.0f} µs",
                cost / costs[100],
            ),
        )
