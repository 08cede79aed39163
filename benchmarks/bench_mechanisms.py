"""Mechanisms: many small auctions at once, one at a time, and huge ones, against sorting and a peer."""

import time
from collections.abc import Callable
from typing import Literal

import numpy as np
from auctionsi.core.bid import Bid as PeerBid
from auctionsi.core.task import Task
from auctionsi.mechanisms.forward import ForwardAuction
from auctionsi.mechanisms.second_price import SecondPriceReverseAuction
from auctionsi.selection.policies import LowestPrice
from numpy.typing import NDArray

from benchmarks.harness import Report, Row, interleave
from econonexus.domain.mechanisms import (
    batch_call_market,
    batch_second_price,
    batch_uniform_price,
    crossing,
    second_price,
)
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.selection import Schedule

GROUP = "Mechanisms"
AUCTIONS, BIDS, HUGE = 20_000, 100, 100_000

Int64s = NDArray[np.int64]


def run(report: Report) -> None:
    """Measure every kernel; each ratio is of figures taken in turn."""
    dice = np.random.default_rng(1)
    prices = dice.integers(0, 1_000_000, (AUCTIONS, BIDS))
    _many_against_sorted(report, prices)
    _many_against_peer(report, prices)
    _one_at_a_time(report, prices)
    _uniform_price(report, dice)
    _call_market(report, dice)


def rate(work: Callable[[], object], jobs: int) -> float:
    """Jobs a second, of the best of three runs."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return jobs / min(seconds)


def _many_against_sorted(report: Report, prices: Int64s) -> None:
    """The peer does nothing but sort the prices and read two of them off, which is the least it can do."""
    some = [row.tolist() for row in prices[:2_000]]

    def by_sorting() -> list[tuple[int, int]]:
        return [(row.index(ranked[-1]), ranked[-2]) for row in some for ranked in [sorted(row)]]

    sales = batch_second_price.clear_many(prices)
    assert by_sorting() == list(
        zip(sales.winners[:2_000].tolist(), sales.payments[:2_000].tolist(), strict=True)
    )
    pair = interleave(
        lambda: rate(lambda: batch_second_price.clear_many(prices), AUCTIONS),
        lambda: rate(by_sorting, len(some)),
    )
    _add(
        report,
        f"second price, {BIDS} bids, batch",
        pair.ours,
        "auctions/s",
        f"sorted(): {pair.peer:,.0f}/s",
        pair.ratio,
        30,
    )


def _many_against_peer(report: Report, prices: Int64s) -> None:
    auctions = [
        [
            PeerBid(bid_id=f"b{place}", task_id="t", agent_id=f"a{place}", auction_id="x", price=price)
            for place, price in enumerate(row.tolist())
        ]
        for row in prices[:100]
    ]
    policy, task = LowestPrice(), Task("t", "gpu")
    # Its second-price rule buys work, as procurement does; the forward one sells, and ranks without a policy.
    for rule in (SecondPriceReverseAuction(), ForwardAuction(pricing="second")):
        pair = interleave(
            lambda: rate(lambda: batch_second_price.clear_many(prices), AUCTIONS),
            lambda rule=rule: rate(
                lambda: [rule.determine_winners(bids, task, policy, {}) for bids in auctions], len(auctions)
            ),
        )
        peer = f"auctionsi {type(rule).__name__}: {pair.peer:,.0f}/s"
        _add(report, f"second price, {BIDS} bids, batch", pair.ours, "auctions/s", peer, pair.ratio, 1_000)


def _one_at_a_time(report: Report, prices: Int64s) -> None:
    auctions = [
        Auction(
            [Bid(f"b{n}", f"a{n}", f"a{n}", "gpu", 1, price) for n, price in enumerate(row.tolist())],
            {"gpu": 1},
        )
        for row in prices[:500]
    ]
    each = rate(lambda: [second_price.clear(auction) for auction in auctions], len(auctions))
    report.add(GROUP, Row(f"second price, {BIDS} bids, one at a time", f"{each:,.0f} auctions/s"))


def _uniform_price(report: Report, dice: np.random.Generator) -> None:
    """The peers sort and read the price off: stably, as ties by file order need, and as numpy would."""
    prices, units = dice.integers(0, 1_000_000, HUGE), dice.integers(1, 100, HUGE)
    supply = int(units.sum()) // 2

    def by_sorting(kind: Literal["stable"] | None) -> int:
        order = np.argsort(-prices, kind=kind)
        return int(prices[order[np.searchsorted(np.cumsum(units[order]), supply, side="right")]])

    what = f"uniform price, {HUGE:,} bids"
    took = []
    for kind, peer in (("stable", "np.argsort, stable"), (None, "np.argsort, ties anyhow")):
        assert batch_uniform_price.clear_huge(prices, units, supply).price == by_sorting(kind)
        pair = interleave(
            lambda: rate(lambda: batch_uniform_price.clear_huge(prices, units, supply), 1),
            lambda kind=kind: rate(lambda: by_sorting(kind), 1),
        )
        took.append(1e3 / pair.ours)
        _add(report, what, took[-1], "ms", f"{peer}: {1e3 / pair.peer:.2f} ms", pair.ratio, 5)
    report.add(GROUP, Row(what, f"{max(took):.2f} ms", goal="≤ 1 ms", met=max(took) <= 1))


def _call_market(report: Report, dice: np.random.Generator) -> None:
    """The peer is our own rule for one market at a time, which sorts both sides."""
    bids = Schedule(dice.integers(0, 1_000_000, HUGE), dice.integers(1, 100, HUGE))
    asks = Schedule(dice.integers(0, 1_000_000, HUGE), dice.integers(1, 100, HUGE))
    buys = [
        Bid(f"b{n}", f"b{n}", f"b{n}", "gpu", int(u), int(p))
        for n, (p, u) in enumerate(zip(*bids, strict=True))
    ]
    sells = [
        Bid(f"s{n}", f"s{n}", f"s{n}", "gpu", int(u), int(p), "sell")
        for n, (p, u) in enumerate(zip(*asks, strict=True))
    ]
    pair = interleave(
        lambda: rate(lambda: batch_call_market.cross_huge(bids, asks), 1),
        lambda: rate(lambda: crossing.cross("gpu", buys, sells), 1),
        pairs=3,
    )
    _add(
        report,
        f"call market, {HUGE:,} × {HUGE:,}",
        1e3 / pair.ours,
        "ms",
        f"one bid at a time: {1e3 / pair.peer:,.0f} ms",
        pair.ratio,
        None,
    )


def _add(
    report: Report, what: str, figure: float, unit: str, peer: str, ratio: float, goal: float | None
) -> None:
    shown = f"{figure:,.2f} {unit}" if figure < 100 else f"{figure:,.0f} {unit}"
    row = Row(what, shown, peer, ratio)
    if goal is not None:
        row = Row(what, shown, peer, ratio, goal=f"≥ {goal:,} ×", met=ratio >= goal)
    report.add(GROUP, row)
