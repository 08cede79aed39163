"""Bundles: proof and welfare against HiGHS, CP-SAT and SCIP alone; prices against naive re-solving.

Every solver waits, warm, in a process of its own, and they take their turns at each auction, in another order
each time. HiGHS runs twice, with its presolve and without, and counts as the better of the two. What anybody
returns is checked for feasibility, and against what everybody else claims. Time to proof is until the bound
is met; ours then goes on until its packing is the first of the best, which nobody else does.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import NamedTuple

from benchmarks import bundle_models, bundle_prices
from benchmarks.bundle_runs import Case, Run, feasible
from benchmarks.bundle_workers import OURS, Worker, Workers
from benchmarks.harness import Report, Row

FAMILIES = ("matching", "scheduling", "paths", "L2", "L4", "regions", "arbitrary")
PROVABLE = FAMILIES[:5]
SIZES = ((250, 100), (1_000, 256), (2_000, 256))
SEEDS = (1, 2, 3)
LIMIT_S = 6.0
HARD = ("regions", "arbitrary")
MOMENT_S = 0.5
MOMENT_SEEDS = (11, 12, 13, 14, 15)

PROOF = "Bundles: time to proof"
MOMENT = "Bundles: welfare at 0.5 s"

HIGHS = ("HiGHS", "HiGHS, presolve off")


class Race(NamedTuple):
    """What every solver came to at one auction."""

    case: Case
    runs: Mapping[str, Run]
    welfare: Mapping[str, int]
    """Of what it returned, added up by us."""

    def seconds(self, names: Iterable[str]) -> float | None:
        """Until the first of them had a proof; None if none had."""
        times = [self.runs[name].seconds for name in names if self.runs[name].proven]
        return min(times, default=None)

    def wrong(self) -> list[str]:
        """Who claims an optimum that somebody beats."""
        best = max(self.welfare.values())
        return [name for name, run in self.runs.items() if run.proven and self.welfare[name] < best]


def run(report: Report) -> None:
    """Measure everything; about half an hour."""
    with Workers() as workers:
        _proof(report, workers)
        _moments(report, workers)
    bundle_prices.run(report)
    bundle_models.run(report)


def _race(workers: Mapping[str, Worker], case: Case, limit_s: float) -> Race:
    names = list(workers)
    turn = (case.seed + case.bids) % len(names)
    problem = case.problem()
    runs = {name: workers[name].run(problem, limit_s) for name in names[turn:] + names[:turn]}
    for name, each in runs.items():
        assert feasible(problem, each.winners), f"{name} sells something twice in {case}"
    welfare = {name: sum(problem.prices[bid] for bid in each.winners) for name, each in runs.items()}
    return Race(case, runs, welfare)


def _proof(report: Report, workers: Mapping[str, Worker]) -> None:
    peers = [name for name in workers if name != OURS]
    races: list[Race] = []
    for bids, items in SIZES:
        for family in FAMILIES:
            some = [_race(workers, Case(family, bids, items, seed), LIMIT_S) for seed in SEEDS]
            report.add(PROOF, _family_row(f"{family}, {bids:,} × {items}", some, peers))
            races += some
    for what, rivals, goal in (("the best of the three", peers, 1.0), ("HiGHS alone", HIGHS, 2.0)):
        ratio, count = _speed(races, rivals)
        report.add(
            PROOF,
            Row(
                f"all that anybody proved, against {what}",
                f"{count} auctions",
                "geometric mean",
                ratio,
                f"≥ {goal:g} ×",
                ratio >= goal,
            ),
        )
    claims = [(name, race.case) for race in races for name in race.wrong()]
    for name, case in claims:
        report.add(PROOF, Row(f"wrong optimum claimed: {case}", name))
    mine = sum(name == OURS for name, _ in claims)
    report.add(
        PROOF,
        Row(
            "wrong optima claimed", f"{mine} by us", f"{len(claims) - mine} by peers", goal="0", met=mine == 0
        ),
    )


def _family_row(what: str, races: Sequence[Race], peers: Sequence[str]) -> Row:
    proven = sum(race.runs[OURS].proven for race in races)
    times = [race.runs[OURS].seconds for race in races]
    best = {name: sum(race.runs[name].proven for race in races) for name in peers}
    if not proven and not any(best.values()):
        gaps = [_gap(race, OURS) for race in races]
        rival = min(peers, key=lambda name: statistics.median(_gap(race, name) for race in races))
        gap = statistics.median(_gap(race, rival) for race in races)
        return Row(
            what, f"no proof in {LIMIT_S:g} s; gap {statistics.median(gaps):.1%}", f"{rival}: gap {gap:.1%}"
        )
    rival = min(peers, key=lambda name: statistics.median(_charged(race, [name]) for race in races))
    theirs = statistics.median(_charged(race, [rival]) for race in races)
    ratio, _ = _speed(races, peers)
    median = statistics.median(times)
    goal = "median < 500 ms" if races[0].case.bids == 1_000 and races[0].case.family in PROVABLE else ""
    return Row(
        what,
        f"{1e3 * median:,.0f} ms, {proven} of {len(races)} proven",
        f"{rival}: {1e3 * theirs:,.0f} ms, {best[rival]} of {len(races)}",
        ratio,
        goal,
        median < 0.5 if goal else None,
    )


def _gap(race: Race, name: str) -> float:
    """How much of its own bound a solver's packing may be short of; all of it where there is no bound."""
    bound = race.runs[name].bound
    return 1.0 if not bound else 1 - race.welfare[name] / bound


def _charged(race: Race, names: Iterable[str]) -> float:
    """Seconds until the proof; without one, the whole time."""
    return race.seconds(names) or LIMIT_S


def _speed(races: Sequence[Race], rivals: Sequence[str]) -> tuple[float, int]:
    """The geometric mean, over auctions that somebody proved, of the best rival's time over ours."""
    some = [race for race in races if race.seconds([OURS, *rivals]) is not None]
    ratios = [log(_charged(race, rivals) / _charged(race, [OURS])) for race in some]
    return exp(statistics.fmean(ratios)) if ratios else 1.0, len(some)


def _moments(report: Report, workers: Mapping[str, Worker]) -> None:
    for family in HARD:
        for bids, items in SIZES[1:]:
            races = [_race(workers, Case(family, bids, items, seed), MOMENT_S) for seed in MOMENT_SEEDS]
            report.add(MOMENT, _moment_row(f"{family}, {bids:,} × {items}", races))


def _moment_row(what: str, races: Sequence[Race]) -> Row:
    peers = [name for name in races[0].runs if name != OURS]
    ratios = []
    for race in races:
        theirs = max(race.runs[name].welfare_at(MOMENT_S) for name in peers)
        ratios.append(race.runs[OURS].welfare_at(MOMENT_S) / max(1, theirs))
    names = [max(peers, key=lambda name: race.runs[name].welfare_at(MOMENT_S)) for race in races]
    gap = statistics.median(_gap(race, OURS) for race in races)
    ratio = statistics.median(ratios)
    best = statistics.mode(names)
    return Row(
        what,
        f"certified gap {gap:.1%}",
        f"the best of three, mostly {best}",
        ratio,
        "≥ 1.15 ×",
        ratio >= 1.15,
    )
