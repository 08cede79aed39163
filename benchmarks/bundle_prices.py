"""VCG against solving once more without each winner; the core against one constraint a round."""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from benchmarks.bundle_runs import Case
from benchmarks.harness import Report, Row
from econonexus.solver.packing import pack
from econonexus.solver.payments.components import part_of
from econonexus.solver.payments.core import Core
from econonexus.solver.payments.deals import Deal, deals_of
from econonexus.solver.payments.integers import whole_payments
from econonexus.solver.payments.nearest import Row as Constraint
from econonexus.solver.payments.paying import Rule, pay
from econonexus.solver.payments.repeated import Asked
from econonexus.solver.payments.staying import Staying, Temptation
from econonexus.solver.problem import Packing, Problem

GROUP = "Bundles: prices"
FAMILIES = ("matching", "paths")
VCG_SIZE, CORE_SIZE = (1_000, 256), (250, 100)
SEEDS = (1, 2, 3)
PATIENCE_S = 120.0


def run(report: Report) -> None:
    """Both rules on both families; the same payments are asked of ours and of the naive way."""
    for family in FAMILIES:
        for seed in SEEDS:
            case = Case(family, *VCG_SIZE, seed)
            _compare(report, case, "vcg", naive_vcg, 0.35)
    for family in FAMILIES:
        for seed in SEEDS:
            case = Case(family, *CORE_SIZE, seed)
            _compare(report, case, "core", naive_core, 0.5)


def _compare(
    report: Report, case: Case, rule: Rule, naive: Callable[[Problem, Packing], list[int]], goal: float
) -> None:
    problem = case.problem()
    packing = pack(problem, _soon())
    assert packing.optimal, case
    started = time.perf_counter()
    payments = pay(problem, packing, rule, _soon(), pack)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    expected = naive(problem, packing)
    theirs = time.perf_counter() - started
    assert payments.status == "exact"
    assert list(payments.low) == expected, f"{rule} differs on {case}"
    ratio = ours / theirs
    report.add(
        GROUP,
        Row(
            f"{rule}, {case.family}, {case.bids:,} × {case.items}, {len(packing.winners)} winners",
            f"{ours:.2f} s",
            f"naive, {theirs:.2f} s",
            ratio,
            f"≤ {goal} ×",
            ratio <= goal,
        ),
    )


def _soon() -> float:
    return time.monotonic() + PATIENCE_S


class _ProvenError(Exception):
    """Carries the packing whose bound is met."""

    def __init__(self, packing: Packing) -> None:
        super().__init__()
        self.packing = packing


def _proven(problem: Problem, deadline: float) -> Packing:
    """A best packing. Which of equally good ones is of no interest here, so nobody waits for the first."""

    def stop(packing: Packing) -> None:
        if packing.optimal:
            raise _ProvenError(packing)

    try:
        return pack(problem, deadline, stop)
    except _ProvenError as met:
        return met.packing


def naive_vcg(problem: Problem, packing: Packing) -> list[int]:
    """Winner determination once more without each winner."""
    return [
        _others_alone(problem, deal) - packing.welfare + deal.value
        for deal in deals_of(problem, packing.winners)
    ]


def _others_alone(problem: Problem, deal: Deal) -> int:
    """What the others could have had."""
    others = [bid for bid, owner in enumerate(problem.owners) if owner != deal.owner]
    packing = _proven(part_of(problem, others), _soon())
    assert packing.optimal
    return packing.welfare


class _Repacked(Staying):
    """Answers every question by winner determination from the start."""

    def best(
        self,
        surpluses: Sequence[int],
        scale: int,
        deadline: float,
        enough: int | None = None,  # noqa: ARG002  # It always looks for the best.
    ) -> Temptation:
        packing = self._pack(self._priced(self._prices(surpluses, scale), scale), deadline)
        return self._temptation(Asked(packing.winners, packing.welfare, packing.bound))


class _OneARound(Core):
    """Takes from a blocking coalition the one constraint that it is."""

    def missed(
        self, payments: Sequence[Fraction | int], deadline: float
    ) -> tuple[list[Constraint], Fraction]:
        rows, gain = super().missed(payments, deadline)
        if not rows:
            return [], gain
        members = sorted(member for row in rows for member in row.members)
        return [Constraint(tuple(members), sum(row.least for row in rows))], gain

    def _missed_around(self, *_: object) -> list[Constraint]:
        return []


def naive_core(problem: Problem, packing: Packing) -> list[int]:
    """As Day and Raghavan 2007 describe it: VCG by solving again, then one constraint a round."""
    deals = deals_of(problem, packing.winners)
    vickrey = naive_vcg(problem, packing)
    core = _OneARound(problem, deals, _Repacked(problem, deals, _proven))
    found = core.nearest(vickrey, vickrey, _soon())
    assert not found.open
    whole = whole_payments(core, found.point, found.rows, _soon())
    assert whole is not None
    return whole
