"""The certificate finds what is wrong with an outcome, whichever way it is tampered with."""

from fractions import Fraction

import oracles
import pytest
from instances import multi_unit, seeds, two_sided
from msgspec.structs import replace

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.certificate import certify
from econonexus.domain.mechanisms.outcome import Award, Interval, Outcome, Spread
from econonexus.domain.mechanisms.rules import RULES, Parameters

SALE = Auction(
    [
        Bid("b1", "ann", "ann", "gpu", 2, 9),
        Bid("b2", "bob", "bob", "gpu", 2, 7),
        Bid("b3", "cat", "cat", "gpu", 1, 3),
        Bid("b4", "dan", "dan", "gpu", 9, 99),
    ],
    {"gpu": 3},
    {"gpu": 2},
)
"""Ann gets 2 and bob 1 of his 2, at his own losing 7; dan asks for more than there is."""

CALL = Auction([Bid("b1", "ann", "ann", "gpu", 1, 9), Bid("s1", "sue", "sue", "gpu", 1, 4, "sell")])
TENDER = Auction([Bid("s1", "sue", "sue", "task", 1, 4, "sell", Fraction(1, 2))], {"task": 1})


def verdicts(auction: Auction, outcome: Outcome, ceiling: int | None = None) -> dict[str, bool]:
    certificate = certify(auction, outcome, (), pricing=RULES[outcome.mechanism].pricing, ceiling=ceiling)
    return {finding.property: finding.holds for finding in certificate.findings}


def honest(auction: Auction = SALE, name: str = "uniform_price") -> Outcome:
    return RULES[name].clear(auction, Parameters())


def first(outcome: Outcome, **changes: object) -> Outcome:
    """The outcome with its first award changed."""
    award, *others = outcome.allocation
    return replace(outcome, allocation=(replace(award, **changes), *others))


def test_an_honest_outcome_holds() -> None:
    assert all(verdicts(SALE, honest()).values())


@pytest.mark.parametrize(
    "tampered",
    [
        first(honest(), bid="b9"),
        first(honest(), bid="b2"),
        first(honest(), agent="eve"),
        first(honest(), owner="eve"),
        first(honest(), side="sell"),
        first(honest(), items={"gpu": 3}),
        first(honest(), items={"gpu": 0}),
        first(honest(), items={"cpu": 1}),
        first(honest(), items={"gpu": 1, "cpu": 1}),
        first(honest(), bid="b4", agent="dan", owner="dan"),
        replace(honest(), status="no_sale"),
        replace(honest(), allocation=()),
        replace(honest(), welfare=26),
        replace(honest(), bound=24),
        replace(honest(), bound=10**9),
        first(honest(CALL, "walrasian"), items={"gpu": 2}),
    ],
    ids=str,
)
def test_what_cannot_be_is_not_feasible(tampered: Outcome) -> None:
    assert not verdicts(SALE, tampered)["feasible"]


def test_units_bought_and_not_sold() -> None:
    outcome = honest(CALL, "walrasian")
    assert not verdicts(CALL, replace(outcome, allocation=outcome.allocation[:1], welfare=9))["feasible"]


@pytest.mark.parametrize("amount", [19, 3])
def test_paying_more_than_bid_or_less_than_the_reserve(amount: int) -> None:
    assert not verdicts(SALE, first(honest(), amount=amount))["individually_rational"]


def test_receiving_less_than_asked() -> None:
    outcome = honest(CALL, "walrasian")
    buyer, seller = outcome.allocation
    poorer = replace(outcome, allocation=(buyer, replace(seller, amount=3)))
    assert not verdicts(CALL, poorer)["individually_rational"]
    richer = replace(outcome, allocation=(buyer, replace(seller, amount=buyer.amount + 1)))
    assert verdicts(CALL, richer)["individually_rational"]
    assert not verdicts(CALL, richer)["budget_balanced"]


def test_receiving_more_than_the_ceiling() -> None:
    outcome = RULES["procurement"].clear(TENDER, Parameters(ceiling=10))
    assert all(verdicts(TENDER, outcome, ceiling=10).values())
    assert not verdicts(TENDER, first(outcome, amount=11), ceiling=10)["budget_balanced"]


def test_a_worse_allocation_is_not_efficient() -> None:
    award = Award("b3", "cat", "cat", {"gpu": 1}, 3)
    worse = Outcome(mechanism="uniform_price", status="cleared", allocation=(award,), welfare=3, bound=25)
    assert verdicts(SALE, worse)["feasible"]
    assert not verdicts(SALE, worse)["efficient"]


def test_a_cheaper_deal_makes_others_envious() -> None:
    assert not verdicts(SALE, first(honest(), amount=4))["envy_free"]
    assert not verdicts(SALE, honest(name="discriminatory"))["envy_free"]


def test_no_envy_within_one_owner() -> None:
    house = replace(SALE, bids=[replace(bid, owner="house") for bid in SALE.bids])
    assert verdicts(house, RULES["discriminatory"].clear(house, Parameters()))["envy_free"]


VICKREY = Auction([Bid("b1", "ann", "ann", "gpu", 1, 9), Bid("b2", "bob", "bob", "gpu", 1, 7)], {"gpu": 1})
WIDE = Auction([Bid("b", "bob", "bob", "g", 1, 9), Bid("s", "sue", "sue", "g", 1, 3, "sell")])
"""One buyer at 9, one seller at 3: any price between them clears."""


def amounts(outcome: Outcome, *paid: int) -> Outcome:
    """The outcome with other money."""
    awards = zip(outcome.allocation, paid, strict=True)
    return replace(outcome, allocation=tuple(replace(award, amount=amount) for award, amount in awards))


@pytest.mark.parametrize(
    ("auction", "tampered"),
    [
        (SALE, replace(honest(), prices={"gpu": 6})),
        (SALE, replace(honest(), prices={})),
        (SALE, replace(honest(), prices={"gpu": Interval(0, 99)})),
        (SALE, replace(honest(), prices={"gpu": Spread(7, 6)})),
        (SALE, replace(honest(), prices={"gpu": 7, "cpu": 1})),
        (SALE, amounts(honest(), 15, 7)),
        (SALE, replace(honest(), traded={"gpu": 3})),
        (SALE, amounts(honest(name="discriminatory"), 0, 0)),
        (SALE, replace(honest(name="discriminatory"), prices={"gpu": 9})),
        (SALE, replace(honest(name="multi_unit_vickrey"), prices={"gpu": 7})),
        (VICKREY, replace(honest(VICKREY, "second_price"), prices={"gpu": 6})),
        (VICKREY, replace(honest(VICKREY, "english"), prices={"gpu": 7})),
        (VICKREY, amounts(honest(VICKREY, "first_price"), 8)),
        (TENDER, replace(honest(TENDER, "procurement"), prices={"task": 5})),
        (WIDE, amounts(honest(WIDE, "k_double_auction"), 9, 3)),
        (WIDE, replace(honest(WIDE, "walrasian"), prices={})),
        (WIDE, replace(honest(WIDE, "walrasian"), prices={"g": 6})),
        (WIDE, replace(honest(WIDE, "walrasian"), prices={"g": Interval(3, None)})),
        (WIDE, replace(honest(WIDE, "walrasian"), prices={"g": Interval(4, 9)})),
        (WIDE, replace(honest(WIDE, "walrasian"), prices={"g": Interval(3, 8)})),
        (WIDE, replace(honest(WIDE, "walrasian"), traded={"g": 5})),
        (WIDE, replace(honest(WIDE, "walrasian"), traded=None)),
        (WIDE, replace(honest(WIDE, "walrasian"), excess_demand={"g": 9})),
        (WIDE, amounts(honest(WIDE, "walrasian"), 10, 10)),
    ],
    ids=lambda given: given.mechanism if isinstance(given, Outcome) else "",
)
def test_what_belies_itself_is_not_consistent(auction: Auction, tampered: Outcome) -> None:
    found = verdicts(auction, tampered)
    assert found["feasible"]
    assert not found["consistent"]
    assert not RULES[tampered.mechanism].certify(auction, tampered, Parameters()).sound


@pytest.mark.parametrize("name", ["k_double_auction", "walrasian"])
def test_an_equilibrium_leaves_nothing_over(name: str) -> None:
    """The buyer pays 9 and the seller receives 3, each no worse off and nobody envious; where are the 6?"""
    spread = replace(amounts(honest(WIDE, name), 9, 3), prices={"g": Spread(9, 3)})
    assert verdicts(WIDE, spread)["budget_balanced"]
    assert not verdicts(WIDE, spread)["nothing_left_over"]
    assert not RULES[name].certify(WIDE, spread, Parameters()).sound


@pytest.mark.parametrize("bound", [0, 6])
def test_a_pair_left_untraded_is_unsound(bound: int) -> None:
    nothing = Outcome(mechanism="k_double_auction", status="no_trade", bound=bound)
    assert not RULES["k_double_auction"].certify(WIDE, nothing, Parameters()).sound


def test_only_a_broken_promise_makes_it_unsound() -> None:
    outcome = honest(name="discriminatory")
    assert certify(SALE, outcome, (), pricing="pay_as_bid").sound
    assert not certify(SALE, outcome, ("envy_free",), pricing="pay_as_bid").sound


def test_the_bound_is_the_greatest_welfare() -> None:
    """The price proves exactly what trying all allocations finds."""
    for seed in seeds(1_000):
        for auction, best in (
            (sale := multi_unit(seed), oracles.greatest_welfare(sale)),
            (call := two_sided(seed), oracles.greatest_gain(call)),
        ):
            nothing = Outcome(mechanism="none", status="no_sale", bound=best)
            details = {
                f.property: f.detail for f in certify(auction, nothing, (), pricing="no_price").findings
            }
            assert details["efficient"] == f"welfare 0 of at most {best}", seed
