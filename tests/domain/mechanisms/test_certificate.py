"""The certificate finds what is wrong with an outcome, whichever way it is tampered with."""

from fractions import Fraction

import oracles
import pytest
from instances import multi_unit, seeds, two_sided
from msgspec.structs import replace

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.certificate import certify
from econonexus.domain.mechanisms.outcome import Award, Outcome
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
    certificate = certify(auction, outcome, (), ceiling=ceiling)
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


def test_only_a_broken_promise_makes_it_unsound() -> None:
    outcome = honest(name="discriminatory")
    assert certify(SALE, outcome, ()).sound
    assert not certify(SALE, outcome, ("envy_free",)).sound


def test_the_bound_is_the_greatest_welfare() -> None:
    """The price proves exactly what trying all allocations finds."""
    nothing = Outcome(mechanism="none", status="no_sale", bound=10**6)
    for seed in seeds(1_000):
        for auction, best in (
            (sale := multi_unit(seed), oracles.greatest_welfare(sale)),
            (call := two_sided(seed), oracles.greatest_gain(call)),
        ):
            details = {f.property: f.detail for f in certify(auction, nothing, ()).findings}
            assert details["efficient"] == f"welfare 0 of at most {best}", seed
