"""What is said of payments when time runs out: where they are, and no point."""

from collections.abc import Callable
from fractions import Fraction
from math import inf

import pytest

from econonexus.solver.packing import pack
from econonexus.solver.payments import core, staying
from econonexus.solver.payments.deals import deals_of
from econonexus.solver.payments.paying import REFERENCES, Payments, Rule, pay
from econonexus.solver.payments.repeated import Asked
from econonexus.solver.problem import Packing, Problem
from tests.solver.auctions import small
from tests.solver.payments.auctions import auction, crowded

MAKERS = pytest.mark.parametrize("make", [small, crowded])
RULES: tuple[Rule, ...] = ("vcg", *REFERENCES)


class Tiring:
    """Answers some questions, and then only says what nobody could doubt."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def __call__(self, problem: Problem, deadline: float) -> Packing:
        self.left -= 1
        if self.left >= 0:
            return pack(problem, deadline)
        return Packing((), 0, sum(problem.prices))


@pytest.fixture
def no_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every question to the packer."""

    def best(self: object, prices: tuple[int, ...], known: tuple[int, ...], *_: object) -> Asked:
        return Asked(known, sum(prices[column] for column in known), sum(prices))

    monkeypatch.setattr(staying.Repeated, "best", best)


@pytest.mark.usefixtures("no_relaxation")
@MAKERS
@pytest.mark.parametrize("questions", [0, 1, 2, 3])
def test_the_payment_is_in_its_range_wherever_the_proof_stops(
    make: Callable[[int], Problem], questions: int
) -> None:
    statuses = set()
    for seed in range(60):
        problem = make(seed)
        packing = pack(problem, inf)
        for rule in RULES:
            known = pay(problem, packing, rule, inf, pack)
            found = pay(problem, packing, rule, inf, Tiring(questions))
            statuses.add(found.status)
            check_ranges(problem, packing, known, found)
    assert "open" in statuses


def check_ranges(problem: Problem, packing: Packing, known: Payments, found: Payments) -> None:
    assert known.status == "exact"
    for position, payment, low, high in zip(packing.winners, known.low, found.low, found.high, strict=True):
        assert problem.floors[position] <= low <= payment <= high <= problem.prices[position]
    assert (found.low == found.high) == (found.status == "exact")


@MAKERS
@pytest.mark.parametrize("rule", RULES)
def test_no_time_at_all(make: Callable[[int], Problem], rule: Rule) -> None:
    for seed in range(30):
        problem = make(seed)
        packing = pack(problem, inf)
        check_ranges(
            problem, packing, pay(problem, packing, rule, inf, pack), pay(problem, packing, rule, -inf, pack)
        )


def test_pay_as_bid_needs_no_time() -> None:
    problem = auction(("1", "A", 5), ("2", "B", 3))
    assert pay(problem, Packing((0, 1), 8, 9), "pay_as_bid", -inf, pack) == Payments(
        "pay_as_bid", "exact", (5, 3), (5, 3)
    )


def test_ranges_narrow_with_what_is_known() -> None:
    """At 14 and 12 somebody could gain 6 at most, so 6 more from each is enough: 38 in all, or 12 too many.

    Each pays no less than 14 and 12; so neither pays more than 12 above that, or its bid.
    """
    problem = auction(("1", "A", 28), ("2", "B", 20), ("3", "AB", 32), ("4", "A", 14), ("5", "B", 12))
    deals = deals_of(problem, (0, 1))
    stopped = core.CorePoint((Fraction(14), Fraction(12)), (), Fraction(6))
    assert stopped.ranges(deals, [14, 12]) == [(14, 26), (12, 20)]
    # Between (16, 16) and the core somebody gains nothing more: the total is 32, of which 6 are to be shared.
    proven = core.CorePoint((Fraction(16), Fraction(16)), (), Fraction(0))
    assert proven.ranges(deals, [14, 12]) == [(14, 20), (12, 18)]
