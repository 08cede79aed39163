"""Bundles: which bids can win, and what of a solver's proposal is believed."""

from collections.abc import Iterator

import msgspec
import pytest

from econonexus.domain.mechanisms.package_certificate import certify
from econonexus.domain.mechanisms.package_outcome import Blocking, Proposal, flaws, outcome_of
from econonexus.domain.mechanisms.package_reasons import Reason, why_lost
from econonexus.domain.mechanisms.packages import Package, PackageAuction

AUCTION = PackageAuction(
    bids=[
        Package("b0", "ann", "ann", {"gpu": 1, "cpu": 2}, 10),
        Package("b1", "ann", "ann", {"gpu": 1}, 6),
        Package("b2", "bob", "bob", {"gpu": 1}, 5),
        Package("b3", "cat", "house", {"cpu": 2}, 4),
        Package("b4", "dan", "house", {"cpu": 4}, 3),
        Package("b5", "dan", "house", {"cpu": 1}, 1),
    ],
    supply={"gpu": 1, "cpu": 2},
    reserve={"gpu": 2, "cpu": 1},
)
"""The best are b1 and b3, worth 10, or b0 alone, worth 10 too and first; b4 asks for more than there is."""

BEST = Proposal((0,), 10, 10, (9,), (9,))


def replaced(**fields: object) -> Proposal:
    return msgspec.structs.replace(BEST, **fields)  # type: ignore[arg-type]


def test_the_best_proposal_has_no_flaw() -> None:
    assert list(flaws(AUCTION, "vcg", BEST)) == []


def test_a_coalition_that_gains_what_it_is_said_to_is_no_flaw() -> None:
    """Paying 4, b0 leaves 5 to whoever offers 9: b2 and b3."""
    assert list(flaws(AUCTION, "vcg", replaced(low=(4,), high=(4,), blocking=Blocking((2, 3), 5, 7)))) == []


@pytest.mark.parametrize(
    ("proposal", "flaw"),
    [
        (replaced(winners=(6,)), "a winner is not a bid"),
        (replaced(winners=(-1,)), "a winner is not a bid"),
        (replaced(winners=(0, 0)), "there twice"),
        (replaced(winners=(3, 1)), "not in order"),
        (replaced(winners=(4,)), "b4 cannot win: more than supply"),
        (replaced(winners=(1, 2)), "gpu: 2 units of 1"),
        (replaced(winners=(0, 1)), "an agent wins more than one bid"),
        (replaced(welfare=11, bound=11), "the welfare is 10, not 11"),
        (replaced(bound=9), "the bound is 9"),
        (replaced(bound=27), "the bound is 27, which is not from 10 to 26"),
        (replaced(bound=11), "no vcg payment without a proof"),
        (replaced(low=(), high=()), "the payments are missing"),
        (replaced(low=(9, 9), high=(9, 9)), "2 payments for 1 winners"),
        (replaced(low=(9,), high=()), "a low and a high end"),
        (replaced(low=(11,), high=(11,)), "b0 pays from 11 to 11"),
        (replaced(low=(3,), high=(3,)), "b0 pays from 3 to 3, which is not within 4 and 10"),
        (replaced(low=(9,), high=(8,)), "b0 pays from 9 to 8"),
        (replaced(blocking=Blocking((6,), 1, 1)), "the coalition wins what is not a bid"),
        (replaced(blocking=Blocking((1, 2), 1, 1)), "the coalition: gpu: 2 units of 1"),
        (replaced(blocking=Blocking((), 0, -1)), "gains 0, and no coalition gains more than -1"),
        (replaced(blocking=Blocking((), 1, 1)), "the coalition gains 0, not 1"),
        # b2 and b3 offer 9 for what earns 9; b1 is a bid of the winner's, who would keep nothing of its 1.
        (replaced(blocking=Blocking((2, 3), 1, 1)), "the coalition gains 0, not 1"),
        (replaced(blocking=Blocking((1, 3), 1, 1)), "the coalition gains 0, not 1"),
        (replaced(low=(8,), blocking=Blocking((2, 3), 1, 1)), "the payments are not known"),
    ],
)
def test_a_flaw_is_named(proposal: Proposal, flaw: str) -> None:
    assert flaw in " / ".join(flaws(AUCTION, "vcg", proposal))


def test_who_pays_as_bid_pays_the_bid() -> None:
    assert "b0 pays from 9 to 9" in " / ".join(flaws(AUCTION, "pay_as_bid", BEST))


def test_with_or_bidding_an_agent_may_win_twice_within_its_budget() -> None:
    bids = [Package("b0", "ann", "ann", {"a": 1}, 3), Package("b1", "ann", "ann", {"b": 1}, 4)]
    both = Proposal((0, 1), 7, 7, (0, 0), (0, 0))
    supply = {"a": 1, "b": 1}
    assert list(flaws(PackageAuction(bids, supply, exclusive=False, budgets={"ann": 7}), "vcg", both)) == []
    assert list(flaws(PackageAuction(bids, supply, exclusive=False, budgets={"ann": 6}), "vcg", both)) == [
        "ann wins for 7 with a budget of 6"
    ]


@pytest.mark.parametrize(
    ("bid", "why"),
    [
        (Package("b", "ann", "ann", {"gpu": 0}, 9), "wants_nothing"),
        (Package("b", "ann", "ann", {"gpu": 2}, 9), "more_than_supply"),
        (Package("b", "ann", "ann", {"gpu": 1, "cpu": 2}, 3), "below_reserve"),
        (Package("b", "ann", "ann", {"gpu": 1, "cpu": 2}, 4), None),
        (Package("b", "ann", "ann", {"gpu": 1}, 8), "above_budget"),
        # In the order of precedence.
        (Package("b", "ann", "ann", {"gpu": 2}, 0), "more_than_supply"),
    ],
)
def test_bids_that_cannot_win(bid: Package, why: str | None) -> None:
    assert msgspec.structs.replace(AUCTION, budgets={"ann": 7}).why_out(bid) == why


def test_why_the_others_lost() -> None:
    outcome = outcome_of(AUCTION, "vcg", BEST)
    assert why_lost(AUCTION, outcome) == {
        "b1": Reason("other_bid_won", "b0"),
        "b2": Reason("outbid", "gpu", 0),
        "b3": Reason("outbid", "cpu", 0),
        "b4": Reason("more_than_supply"),
        "b5": Reason("outbid", "cpu", 0),
    }


def test_what_was_not_found_in_time() -> None:
    outcome = outcome_of(AUCTION, "pay_as_bid", Proposal((1,), 6, 26, (6,), (6,)))
    assert why_lost(AUCTION, outcome)["b3"] == Reason("not_found")


def test_what_is_left_of_a_budget() -> None:
    bids = [Package("b0", "ann", "ann", {"a": 1}, 3), Package("b1", "ann", "ann", {"b": 1}, 4)]
    auction = PackageAuction(bids, {"a": 1, "b": 1}, exclusive=False, budgets={"ann": 6})
    outcome = outcome_of(auction, "pay_as_bid", Proposal((1,), 4, 4, (4,), (4,)))
    assert why_lost(auction, outcome) == {"b0": Reason("budget_spent")}


def test_a_price_that_is_not_known_to_the_unit_is_none() -> None:
    outcome = outcome_of(AUCTION, "core", replaced(low=(8,), high=(9,)))
    assert (outcome.status, outcome.revenue, outcome.allocation[0].payment) == ("refused", 0, None)


def test_nothing_is_sold() -> None:
    empty = PackageAuction([], {})
    outcome = outcome_of(empty, "vcg", Proposal((), 0, 0))
    assert (outcome.status, outcome.optimal, outcome.gap, outcome.revenue) == ("no_sale", True, 0.0, 0)


def test_that_nothing_is_sold_is_refused_where_something_might_be() -> None:
    assert outcome_of(AUCTION, "vcg", Proposal((), 0, 26)).status == "refused"
    assert outcome_of(AUCTION, "pay_as_bid", Proposal((), 0, 26)).status == "no_sale"


def held(proposal: Proposal, payment: str = "vcg") -> Iterator[tuple[str, bool]]:
    certificate = certify(AUCTION, outcome_of(AUCTION, payment, proposal))  # type: ignore[arg-type]
    return ((finding.property, finding.holds) for finding in certificate.findings)


def test_a_certificate_of_what_holds() -> None:
    found = dict(held(replaced(blocking=Blocking((), 0, 0))))
    assert found == dict.fromkeys(
        ("feasible", "efficient", "individually_rational", "budget_balanced", "envy_free", "in_core"), True
    )


def test_a_certificate_of_what_does_not() -> None:
    # b2 and b3 offer 9 for what b0 gets for 4; and b2 would rather have its gpu for that.
    found = dict(held(replaced(low=(4,), high=(4,), blocking=Blocking((2, 3), 5, 5))))
    assert (found["in_core"], found["envy_free"]) == (False, False)


def test_payments_known_only_from_to_are_feasible_and_judged_no_further() -> None:
    assert dict(held(replaced(low=(4,), high=(9,)), "core")) == {"feasible": True, "efficient": True}


def test_payments_that_are_missing_are_a_flaw() -> None:
    assert dict(held(replaced(low=(), high=()))) == {"feasible": False}


def test_an_award_to_somebody_else_is_not_feasible() -> None:
    outcome = outcome_of(AUCTION, "vcg", BEST)
    award = msgspec.structs.replace(outcome.allocation[0], agent="bob")
    certificate = certify(AUCTION, msgspec.structs.replace(outcome, allocation=(award,)))
    assert [(finding.property, finding.holds) for finding in certificate.findings] == [("feasible", False)]
    assert not certificate.sound
