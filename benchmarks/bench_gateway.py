"""The gateway and the HTTP API: what they add to a call, and how much they take, against LiteLLM's proxy.

One upstream, a process of its own that answers at once or after 100 ms, is called directly, through ours and
through the proxy, in turn. Callers, upstream and gateway share the machine's processors.
"""

import contextlib
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks import load
from benchmarks.harness import Report, Row, interleave, median_of, quantile
from benchmarks.servers import (
    ADMIN_KEY,
    DELAYS_MS,
    LITELLM,
    LITELLM_KEY,
    EconoNexus,
    LiteLlm,
    Server,
    install_litellm,
    new_folder,
)
from benchmarks.upstream import Upstream

GROUP = "Gateway: calls of a model behind HTTP"
AGENTS = 16
ROUNDS = 5
SECONDS = 1.5
"""One run of callers; figures are medians of ROUNDS of them, the ways in turn."""
GOAL_MS = 5.0
TIMES = 3.0

Calls = Callable[[str, int], load.Run]
"""Calls of a model for a while: its name, how many at once."""


@dataclass(frozen=True)
class Way:
    """One way to the same upstream."""

    name: str
    calls: Calls
    server: Server | None = None


@dataclass(frozen=True)
class Added:
    """What a way adds to a call (ms), against calling the upstream directly."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} ms, p99 {self.p99:.2f} ms"


def run(report: Report) -> None:
    """Measure and report; about four minutes, and once as long for installing the proxy."""
    why_not = install_litellm()
    if why_not:
        print(f"  LiteLLM's proxy is left out, as it cannot be installed: {why_not}", file=sys.stderr)
    with Upstream() as upstream, contextlib.ExitStack() as stack:
        direct = Way("the upstream itself", _calls(f"{upstream.url}/chat/completions", ["none"]))
        ours = stack.enter_context(_ours(upstream.url))
        peer = None if why_not else stack.enter_context(_proxy(upstream.url))
        ways = [ours] if peer is None else [ours, peer]
        for way in ways:
            way.calls("mock-0", 64)
        for delay_ms in DELAYS_MS:
            for in_flight in (1, 64):
                _latency(report, direct, ways, delay_ms, in_flight)
        _throughput(report, direct, ours, peer)
        _processor(report, ways)
        _built_in(report, ours)
        _transfers(report, ours)
    _start_up(report, with_peer=not why_not)


@contextlib.contextmanager
def _ours(upstream: str) -> Iterator[Way]:
    with new_folder() as folder, EconoNexus(Path(folder), upstream) as server:
        assert isinstance(server, EconoNexus)
        made = [server.make("agents", id=f"agent-{i}", credits_ucr=10**12) for i in range(AGENTS)]
        keys = [agent["key"] for agent in made]
        yield Way("EconoNexus", _calls(f"{server.url}/v1/chat/completions", keys), server)


@contextlib.contextmanager
def _proxy(upstream: str) -> Iterator[Way]:
    with new_folder() as folder, LiteLlm(Path(folder), upstream) as server:
        name = f"LiteLLM {LITELLM.rpartition('=')[2]}"
        yield Way(name, _calls(f"{server.url}/v1/chat/completions", [LITELLM_KEY]), server)


def _calls(url: str, keys: list[str]) -> Calls:
    def calls(model: str, in_flight: int) -> load.Run:
        messages = [{"role": "user", "content": "Say something about budgets, please."}]
        body = msgspec.json.encode({"model": model, "messages": messages, "max_tokens": 16})
        spread_s = int(model.rpartition("-")[2] or 0) / 1_000 if "-" in model else 0.0
        requests = [load.post(url, body, key) for key in keys]
        return load.callers(url, requests, in_flight, SECONDS + spread_s, spread_s)

    return calls


# Rows.


def _latency(report: Report, direct: Way, ways: list[Way], delay_ms: int, in_flight: int) -> None:
    figures: dict[str, list[Added]] = {way.name: [] for way in ways}
    for _ in range(ROUNDS):
        plain = quantile(direct.calls(f"mock-{delay_ms}", in_flight).waits_ms, 0.5)
        for way in ways:
            waits = way.calls(f"mock-{delay_ms}", in_flight).waits_ms
            figures[way.name].append(Added(quantile(waits, 0.5) - plain, quantile(waits, 0.99) - plain))
    medians = [_median(of) for of in figures.values()]
    is_the_goal = (delay_ms, in_flight) == (100, 64)
    report.add(
        GROUP,
        Row(
            f"added to a call of {delay_ms} ms, {in_flight} in flight",
            str(medians[0]),
            "".join(f"{way.name}: {added}" for way, added in zip(ways[1:], medians[1:], strict=True)),
            medians[1].p50 / medians[0].p50 if len(medians) > 1 else None,
            f"p99 ≤ {GOAL_MS:.0f} ms" if is_the_goal else "",
            medians[0].p99 <= GOAL_MS if is_the_goal else None,
        ),
    )


def _median(figures: list[Added]) -> Added:
    return Added(statistics.median(of.p50 for of in figures), statistics.median(of.p99 for of in figures))


def _throughput(report: Report, direct: Way, ours: Way, peer: Way | None) -> None:
    def rate(way: Way) -> Callable[[], float]:
        return lambda: way.calls("mock-0", 64).rate

    what = "calls, 64 in flight"
    pair = interleave(rate(ours), rate(direct), ROUNDS)
    report.add(GROUP, Row(what, f"{pair.ours:,.0f}/s", f"{direct.name}: {pair.peer:,.0f}/s", pair.ratio))
    if peer is not None:
        pair = interleave(rate(ours), rate(peer), ROUNDS)
        against = f"{peer.name}: {pair.peer:,.0f}/s"
        met = pair.ratio >= TIMES
        report.add(GROUP, Row(what, f"{pair.ours:,.0f}/s", against, pair.ratio, f"≥ {TIMES:.0f} ×", met))


def _processor(report: Report, ways: list[Way]) -> None:
    """A figure that a busy machine disturbs little: what a call takes of the processor."""
    costs = []
    for way in ways:
        assert way.server is not None
        before = way.server.processor_s()
        made = sum(len(way.calls("mock-0", 64).waits_ms) for _ in range(ROUNDS))
        costs.append((way.server.processor_s() - before) / made * 1e6)
    report.add(
        GROUP,
        Row(
            "processor time a call, 64 in flight",
            f"{costs[0]:,.0f} µs",
            "".join(f"{way.name}: {cost:,.0f} µs" for way, cost in zip(ways[1:], costs[1:], strict=True)),
            costs[1] / costs[0] if len(costs) > 1 else None,
        ),
    )


def _built_in(report: Report, ours: Way) -> None:
    for in_flight in (1, 64):
        runs = [ours.calls("mock", in_flight) for _ in range(ROUNDS)]
        rate = statistics.median(of.rate for of in runs)
        p50, p99 = (statistics.median(quantile(of.waits_ms, share) for of in runs) for share in (0.5, 0.99))
        what = f"calls of the built-in mock, {in_flight} in flight"
        report.add(GROUP, Row(what, f"{rate:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms"))


def _transfers(report: Report, ours: Way) -> None:
    assert isinstance(ours.server, EconoNexus)
    url = f"{ours.server.url}/api/v1/transfers"
    bodies = [
        msgspec.json.encode({"from": f"agent-{i}", "to": f"agent-{(i + 1) % AGENTS}", "amount_ucr": 1})
        for i in range(AGENTS)
    ]
    requests = [load.post(url, body, ADMIN_KEY) for body in bodies]
    for in_flight in (1, 64):
        rate = median_of(lambda n=in_flight: load.callers(url, requests, n, SECONDS).rate)  # type: ignore[misc]
        report.add(GROUP, Row(f"transfers over HTTP, {in_flight} in flight", f"{rate:,.0f}/s"))


def _start_up(report: Report, with_peer: bool) -> None:
    seconds, mebibytes = zip(*(_started(EconoNexus) for _ in range(ROUNDS)), strict=True)
    theirs = _started(LiteLlm) if with_peer else None
    for what, own, unit, other in (
        ("from its start until it answers", statistics.median(seconds), "s", theirs and theirs[0]),
        ("resident memory, idle", statistics.median(mebibytes), "MiB", theirs and theirs[1]),
    ):
        against = "" if other is None else f"LiteLLM: {other:.3g} {unit}"
        ratio = None if other is None else other / own
        report.add(GROUP, Row(what, f"{own:.3g} {unit}", against, ratio))


def _started(kind: "type[EconoNexus] | type[LiteLlm]") -> tuple[float, float]:
    """How long it took to start (s) and what it holds then (MiB)."""
    with new_folder() as folder, kind(Path(folder), "http://127.0.0.1:1/v1") as server:
        assert isinstance(server, EconoNexus | LiteLlm)
        return server.started_s, server.resident_mib()
