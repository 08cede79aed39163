"""The Fisher market: cases solved by hand, independent solvers, the exact answer, degenerate input."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain.mechanisms.fisher import interior_point, market
from econonexus.domain.mechanisms.fisher.buyers import Buyer, Kind, Real
from econonexus.domain.mechanisms.fisher.certificate import relative_gap
from econonexus.domain.mechanisms.fisher.exact import ExactEquilibrium, clear_exactly
from econonexus.domain.mechanisms.fisher.market import Equilibrium, clear

ITEMS = "abcdefgh"


def near(expected: float) -> object:
    return pytest.approx(expected, rel=1e-6, abs=1e-9)


# Solved by hand.


def test_each_buys_what_it_likes_better_where_that_takes_all_its_money() -> None:
    # 2/60 > 1/40 for ann and 2/40 > 1/60 for bob.
    buyers = [Buyer("ann", 60, {"a": 2, "b": 1}), Buyer("bob", 40, {"a": 1, "b": 2})]
    result = clear(buyers, {"a": 1, "b": 1})
    assert result.prices == {"a": near(60), "b": near(40)}
    assert result.shares == {"ann": {"a": near(1)}, "bob": {"b": near(1)}}


def test_a_rich_buyer_who_buys_both_makes_the_prices_as_its_utilities() -> None:
    # Ann buys both, so price a = 2 × price b; they add up to 100. Bob's 10 buy 10 / (100/3) of b.
    buyers = [Buyer("ann", 90, {"a": 2, "b": 1}), Buyer("bob", 10, {"a": 1, "b": 2})]
    exact = clear_exactly(buyers, {"a": 1, "b": 1})
    assert exact == ExactEquilibrium(
        prices={"a": Fraction(200, 3), "b": Fraction(100, 3)},
        shares={"ann": {"a": Fraction(1), "b": Fraction(7, 10)}, "bob": {"b": Fraction(3, 10)}},
    )
    assert clear(buyers, {"a": 1, "b": 1}).prices == {"a": near(200 / 3), "b": near(100 / 3)}


def test_recipes_that_cross_have_a_closed_form() -> None:
    # Both goods sell out: u1 + u2/2 = 1 = u1/2 + u2, so u = 2/3 each; 3/2 of each budget pays its recipe.
    buyers = [
        Buyer("ann", 5, {"a": 1, "b": 0.5}, "leontief"),
        Buyer("bob", 4, {"a": 0.5, "b": 1}, "leontief"),
    ]
    result = clear(buyers, {"a": 1, "b": 1})
    assert result.prices == {"a": near(6), "b": near(3)}
    assert result.shares["ann"] == {"a": near(2 / 3), "b": near(1 / 3)}
    assert result.shares["bob"] == {"a": near(1 / 3), "b": near(2 / 3)}


def test_a_good_in_excess_is_free() -> None:
    # With b alone priced, at 2: ann makes 1/2, bob 1/4, which takes all of b and 3/4 of a.
    buyers = [Buyer("ann", 1, {"a": 1, "b": 1}, "leontief"), Buyer("bob", 1, {"a": 1, "b": 2}, "leontief")]
    result = clear(buyers, {"a": 1, "b": 1})
    assert result.prices == {"a": 0, "b": near(2)}
    assert result.excess_demand == {"a": near(-0.25), "b": near(0)}


def test_a_linear_and_a_leontief_buyer() -> None:
    # Linear ann sees a and b as equal, so both cost 1; bob's recipe costs 2 and takes half of each.
    buyers = [Buyer("ann", 1, {"a": 1, "b": 1}), Buyer("bob", 1, {"a": 1, "b": 1}, "leontief")]
    result = clear(buyers, {"a": 1, "b": 1})
    assert result.prices == {"a": near(1), "b": near(1)}
    assert result.shares["bob"] == {"a": near(0.5), "b": near(0.5)}


def test_a_good_nobody_wants_costs_nothing_and_stays() -> None:
    result = clear([Buyer("ann", 7, {"a": 1, "b": 0})], {"a": 2, "b": 3, "c": 4})
    assert result.prices == {"a": near(3.5), "b": 0, "c": 0}
    assert result.shares == {"ann": {"a": near(2)}}
    assert result.excess_demand == {"a": near(0), "b": -3, "c": -4}


def test_alike_buyers_share_by_their_money() -> None:
    buyers = [Buyer(f"{money}", money, {"a": 3, "b": 1}) for money in (1, 2, 5)]
    result = clear(buyers, {"a": 4, "b": 4})
    # The ratio of prices is 3, and 4 a + 4 b = 8.
    assert result.prices == {"a": near(1.5), "b": near(0.5)}
    for buyer in buyers:
        share = result.shares[buyer.agent]
        spent = 1.5 * share.get("a", 0) + 0.5 * share.get("b", 0)
        assert spent == near(float(buyer.budget))


# Degenerate input.


def test_nobody_and_nothing() -> None:
    assert clear([], {}) == Equilibrium({}, {}, {}, 0.0, True)
    assert clear([], {"a": 5}).prices == {"a": 0}


def test_without_money_there_is_nothing() -> None:
    result = clear([Buyer("ann", 0, {"a": 1}), Buyer("bob", 1, {"a": 1})], {"a": 1})
    assert result.shares == {"ann": {}, "bob": {"a": near(1)}}
    assert result.unserved == ()


def test_who_wants_nothing_keeps_the_money() -> None:
    result = clear([Buyer("ann", 9, {"a": 0}), Buyer("bob", 1, {"a": 1})], {"a": 1})
    assert result.prices == {"a": near(1)}
    assert result.shares["ann"] == {}
    assert result.unserved == ()


def test_who_wants_only_what_is_not_there_is_named() -> None:
    buyers = [
        Buyer("ann", 5, {"a": 1, "b": 3}),
        Buyer("bob", 1, {"b": 1}),
        Buyer("cyd", 1, {"a": 1, "b": 1}, "leontief"),
    ]
    result = clear(buyers, {"a": 10, "b": 0})
    assert result.unserved == ("bob", "cyd")
    # Ann would pay three times as much for b as for a.
    assert result.prices == {"a": near(0.5), "b": near(1.5)}
    assert result.shares == {"ann": {"a": near(10)}, "bob": {}, "cyd": {}}
    assert result.converged


def test_what_is_next_to_nothing_counts_as_nothing() -> None:
    tiny = Fraction(1, 10**400)
    result = clear([Buyer("ann", 1, {"a": tiny, "b": 1}), Buyer("bob", tiny, {"a": 1})], {"a": 1, "b": 1})
    assert result.prices == {"a": 0, "b": near(1)}
    assert clear([Buyer("ann", 1, {"a": tiny})], {"a": 1}).shares == {"ann": {}}
    assert clear([Buyer("ann", 1, {"a": 1})], {"a": tiny}).unserved == ("ann",)


@pytest.mark.parametrize("number", [1e-100, 1e-50, 1e50, 1e100])
@pytest.mark.parametrize("kind", ["linear", "leontief"])
def test_the_smallest_and_the_largest_numbers(number: float, kind: Kind) -> None:
    buyers = [Buyer("ann", number, {"a": number, "b": 1}, kind), Buyer("bob", 1, {"a": 1, "b": number}, kind)]
    result = clear(buyers, {"a": number, "b": 2**63 - 1})
    assert math.isfinite(result.gap)
    assert all(math.isfinite(price) for price in result.prices.values())


@pytest.mark.parametrize("factor", [1e-12, 1e-3, 1.0, 1e9, 1e15])
def test_units_do_not_matter(factor: float) -> None:
    rng = random.Random(5)
    utilities = [{item: rng.random() for item in ITEMS} for _ in range(40)]
    plain = clear([Buyer(f"{i}", 1 + i, u) for i, u in enumerate(utilities)], dict.fromkeys(ITEMS, 1))
    money = clear(
        [Buyer(f"{i}", (1 + i) * factor, u) for i, u in enumerate(utilities)], dict.fromkeys(ITEMS, 1)
    )
    goods = clear([Buyer(f"{i}", 1 + i, u) for i, u in enumerate(utilities)], dict.fromkeys(ITEMS, factor))
    scaled = [{item: number * factor**i for item, number in u.items()} for i, u in enumerate(utilities[:3])]
    utility = clear(
        [Buyer(f"{i}", 1 + i, u) for i, u in enumerate(scaled + utilities[3:])], dict.fromkeys(ITEMS, 1)
    )
    for item in ITEMS:
        assert money.prices[item] == near(plain.prices[item] * factor)
        assert goods.prices[item] * factor == near(plain.prices[item])
        assert utility.prices[item] == near(plain.prices[item])


@pytest.mark.parametrize(
    ("buyers", "supply", "what"),
    [
        ([Buyer("ann", -1, {"a": 1})], {"a": 1}, "budget of ann"),
        ([Buyer("ann", 1, {"a": math.nan})], {"a": 1}, "utility of a to ann"),
        ([Buyer("ann", 1, {"a": math.inf})], {"a": 1}, "utility of a to ann"),
        ([Buyer("ann", 1, {"a": 1})], {"a": -2}, "supply of a"),
        ([Buyer("ann", 1, {"b": 1})], {"a": 2}, "b, wanted by ann"),
        ([Buyer("ann", 1, {"a": 1}), Buyer("ann", 1, {"a": 1})], {"a": 2}, "twice"),
    ],
)
def test_what_is_no_market_is_refused(buyers: Sequence[Buyer], supply: Mapping[str, Real], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        clear(buyers, supply)


# The certificate, on answers made up by hand.

TWO = [Buyer("ann", 1, {"a": 1}), Buyer("bob", 1, {"b": 1})]


def test_half_the_goods_for_all_the_money_is_log_two_away() -> None:
    shares = {"ann": {"a": 0.5}, "bob": {"b": 0.5}}
    assert relative_gap(TWO, {"a": 1, "b": 1}, {"a": 1, "b": 1}, shares) == pytest.approx(math.log(2))


def test_prices_too_high_by_a_factor_are_that_less_its_log_less_one_away() -> None:
    shares = {"ann": {"a": 1}, "bob": {"b": 1}}
    gap = relative_gap(TWO, {"a": 1, "b": 1}, {"a": 3, "b": 3}, shares)
    assert gap == pytest.approx(3 - 1 - math.log(3))


@pytest.mark.parametrize(
    ("prices", "shares"),
    [
        ({"a": 1, "b": 1}, {"ann": {"a": 1.001}, "bob": {"b": 1}}),
        ({"a": 1, "b": 1}, {"ann": {"a": 1, "b": -0.1}, "bob": {"b": 1}}),
        ({"a": 1, "b": -1}, {"ann": {"a": 1}, "bob": {"b": 1}}),
        ({"a": 1, "b": 1}, {"ann": {"a": 1}}),
        ({"a": 1, "b": 0}, {"ann": {"a": 1}, "bob": {"b": 1}}),
    ],
    ids=["oversold", "negative share", "negative price", "a buyer with nothing", "free and wanted"],
)
def test_what_cannot_be_an_equilibrium_is_infinitely_far(
    prices: Mapping[str, float], shares: Mapping[str, Mapping[str, float]]
) -> None:
    assert relative_gap(TWO, {"a": 1, "b": 1}, prices, shares) == math.inf


def test_an_answer_that_is_not_good_enough_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interior_point, "STEPS", 2)
    result = clear(random_market(random.Random(3), 20, 8, mixed), dict.fromkeys(ITEMS, 1))
    assert not result.converged
    assert 1e-6 < result.gap < 2


# Random markets.


def linear(_: random.Random) -> Kind:
    return "linear"


def leontief(_: random.Random) -> Kind:
    return "leontief"


def mixed(rng: random.Random) -> Kind:
    return rng.choice(["linear", "leontief"])


def random_market(rng: random.Random, n: int, m: int, kind: Callable[[random.Random], Kind]) -> list[Buyer]:
    return [
        Buyer(
            f"{i}",
            rng.uniform(0.1, 5),
            {item: rng.choice([0, rng.random()]) for item in ITEMS[:m]},
            kind(rng),
        )
        for i in range(n)
    ]


def dual_objective(buyers: Sequence[Buyer], prices: Mapping[str, float]) -> float:
    """What is left of the dual when all money is spent: what a unit of utility costs, in logs."""
    total = 0.0
    for buyer in buyers:
        wanted = {item: number for item, number in buyer.utility.items() if number > 0}
        if not wanted:
            continue
        if buyer.kind == "linear":
            cost = min(prices[item] / float(number) for item, number in wanted.items())
        else:
            cost = sum(prices[item] * float(number) for item, number in wanted.items())
        total -= float(buyer.budget) * math.log(cost)
    return total


@pytest.mark.parametrize("kind", [linear, leontief, mixed])
def test_two_goods_agree_with_a_search_along_the_line_of_prices(
    kind: Callable[[random.Random], Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dual is convex, and with two goods and all money spent it has one variable: search it by thirds."""
    monkeypatch.setattr(market, "EXACT_UP_TO", 0)
    rng = random.Random(f"line {kind.__name__}")
    for _ in range(150):
        buyers = random_market(rng, rng.randrange(1, 8), 2, kind)
        buyers.append(Buyer("both", 0.5, {"a": 1, "b": rng.random()}))
        money = sum(float(b.budget) for b in buyers if any(b.utility.values()))
        supply = {"a": rng.uniform(0.2, 3), "b": rng.uniform(0.2, 3)}

        def objective(part: float, buyers=buyers, money=money, supply=supply) -> float:
            prices = {"a": money * part / supply["a"], "b": money * (1 - part) / supply["b"]}
            return dual_objective(buyers, prices)

        low, high = 1e-12, 1 - 1e-12
        for _ in range(120):
            third = (high - low) / 3
            if objective(low + third) < objective(high - third):
                high -= third
            else:
                low += third
        result = clear(buyers, supply)
        assert result.converged
        # A search by comparing objectives cannot tell prices apart below the root of a float's precision.
        assert result.prices["a"] * supply["a"] / money == pytest.approx((low + high) / 2, abs=1e-6)


def proportional_response(buyers: Sequence[Buyer], rounds: int) -> list[float]:
    """Utilities after so many rounds of Zhang's dynamics for linear buyers: bid as each good served you."""
    items = sorted({item for buyer in buyers for item in buyer.utility})
    bids = [{i: float(b.budget) / len(items) for i in items} for b in buyers]
    utilities: list[float] = []
    for _ in range(rounds):
        prices = {i: sum(bid[i] for bid in bids) for i in items}
        gains = [
            {i: float(b.utility[i]) * bid[i] / prices[i] for i in items}
            for b, bid in zip(buyers, bids, strict=True)
        ]
        utilities = [sum(gain.values()) for gain in gains]
        bids = [
            {i: float(b.budget) * gain[i] / utility for i in items}
            for b, gain, utility in zip(buyers, gains, utilities, strict=True)
        ]
    return utilities


def test_utilities_agree_with_proportional_response_dynamics() -> None:
    """Zhang, Proportional response dynamics in the Fisher market (2011): converges as 1 over the rounds."""
    rng = random.Random(11)
    for _ in range(5):
        buyers = [
            Buyer(f"{i}", rng.uniform(1, 3), {item: rng.uniform(0.1, 1) for item in ITEMS[:4]})
            for i in range(6)
        ]
        result = clear(buyers, dict.fromkeys(ITEMS[:4], 1))
        for buyer, utility in zip(buyers, proportional_response(buyers, 3_000), strict=True):
            share = result.shares[buyer.agent]
            ours = sum(float(buyer.utility[item]) * units for item, units in share.items())
            assert ours == pytest.approx(utility, rel=2e-3)


def assert_exact(buyers: Sequence[Buyer], supply: Mapping[str, int], result: ExactEquilibrium) -> None:
    """Every condition of an equilibrium, in fractions."""
    for item, units in supply.items():
        sold = sum((share.get(item, Fraction(0)) for share in result.shares.values()), Fraction(0))
        assert sold == units or (sold < units and result.prices[item] == 0)
    for buyer in buyers:
        wanted = {item: number for item, number in buyer.utility.items() if number > 0}
        share = result.shares[buyer.agent]
        if not wanted or not buyer.budget:
            assert not share
            continue
        assert sum(result.prices[item] * units for item, units in share.items()) == buyer.budget
        best = max(Fraction(number) / result.prices[item] for item, number in wanted.items())
        for item, units in share.items():
            assert units > 0
            assert Fraction(wanted[item]) / result.prices[item] == best


def test_small_linear_markets_are_solved_exactly() -> None:
    """Ties and separate sub-markets galore: these break solvers that read prices off a float answer."""
    rng = random.Random(7)
    for _ in range(400):
        n, m, most = rng.randrange(1, 8), rng.randrange(1, 7), rng.choice([1, 2, 3, 10, 1_000, 10**9])
        buyers = [
            Buyer(f"{i}", rng.randrange(most + 1), {item: rng.randrange(most + 1) for item in ITEMS[:m]})
            for i in range(n)
        ]
        supply = {item: rng.randrange(1, most + 1) for item in ITEMS[:m]}
        exact = clear_exactly(buyers, supply)
        assert exact is not None
        assert_exact(buyers, supply, exact)
        floats = clear(buyers, supply)
        assert floats.converged
        assert floats.prices == {item: near(float(price)) for item, price in exact.prices.items()}


def test_only_linear_markets_are_exact() -> None:
    with pytest.raises(ValueError, match="linear"):
        clear_exactly([Buyer("ann", 1, {"a": 1}, "leontief")], {"a": 1})


wild = st.floats(1e-15, 1e15) | st.sampled_from([0.0, 1.0, 2.0])


@st.composite
def wild_markets(draw: st.DrawFn) -> tuple[list[Buyer], dict[str, float]]:
    """Budgets and utilities over thirty orders of magnitude, zeros and ties among them."""
    m = draw(st.integers(1, 5))
    buyers = [
        Buyer(
            f"{i}",
            draw(wild),
            {item: draw(wild) for item in ITEMS[:m]},
            draw(st.sampled_from(["linear", "leontief"])),
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    return buyers, {item: draw(wild) for item in ITEMS[:m]}


@settings(max_examples=300, deadline=None)
@given(wild_markets())
def test_scales_beyond_reason_still_get_a_certified_answer(
    case: tuple[list[Buyer], dict[str, float]],
) -> None:
    buyers, supply = case
    result = clear(buyers, supply)
    assert result.converged, result.gap
    assert result.gap == relative_gap(buyers, supply, result.prices, result.shares)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_nobody_envies_with_equal_money_and_nobody_could_do_better(seed: int) -> None:
    rng = random.Random(seed)
    m = rng.randrange(1, 7)
    buyers = [
        Buyer(f"{i}", 1, {item: rng.uniform(0.05, 1) for item in ITEMS[:m]}, mixed(rng))
        for i in range(rng.randrange(2, 50))
    ]
    supply = {item: rng.uniform(0.5, 2) for item in ITEMS[:m]}
    # Prices are as near as the root of the gap, so 1e-10 makes them sure to 1e-5.
    result = clear(buyers, supply, tolerance=1e-10)

    def utility(buyer: Buyer, share: Mapping[str, float]) -> float:
        parts = [(share.get(item, 0.0), float(number)) for item, number in buyer.utility.items()]
        if buyer.kind == "linear":
            return sum(units * number for units, number in parts)
        return min(units / number for units, number in parts)

    for buyer in buyers:
        own = utility(buyer, result.shares[buyer.agent])
        assert all(utility(buyer, share) <= own * (1 + 1e-5) for share in result.shares.values())
        spent = sum(result.prices[item] * units for item, units in result.shares[buyer.agent].items())
        assert spent == pytest.approx(1, rel=1e-5)
    for item, units in supply.items():
        assert abs(result.excess_demand[item]) <= 1e-5 * units or result.prices[item] < 1e-9
    again = clear(list(reversed(buyers)), supply, tolerance=1e-10)
    for item in supply:
        assert again.prices[item] == pytest.approx(result.prices[item], rel=1e-5, abs=1e-9)
