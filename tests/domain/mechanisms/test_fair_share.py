"""First come, strict priority, max-min and its reserve, Karma: worked cases and slow, literal oracles."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.fair_share import first_come, karma, max_min, strict_priority
from econonexus.domain.mechanisms.fair_share.claims import Claim
from econonexus.domain.money import Ppm

HUGE = 2**63 - 1


def claims_of(*units: int) -> list[Claim]:
    return [Claim(f"{i}", wanted) for i, wanted in enumerate(units)]


any_claims = st.lists(
    st.builds(Claim, st.just("x"), st.integers(0, 40), weight=st.integers(1, 5), priority=st.integers(0, 3)),
    max_size=8,
)


# First come and strict priority.


def test_first_come_serves_in_sequence_and_the_margin_in_part() -> None:
    assert first_come.allocate(10, claims_of(4, 0, 5, 3, 2)) == [4, 0, 5, 1, 0]


def test_strict_priority_serves_the_higher_first_and_equals_in_sequence() -> None:
    claims = [Claim("a", 4, priority=1), Claim("b", 4, priority=2), Claim("c", 4, priority=1)]
    assert strict_priority.allocate(10, claims) == [4, 4, 2]


@pytest.mark.parametrize("rule", [first_come.allocate, strict_priority.allocate, max_min.allocate])
def test_no_claims_no_units_and_huge_ones(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule(5, []) == []
    assert rule(0, claims_of(3, 4)) == [0, 0]
    assert rule(HUGE, claims_of(HUGE)) == [HUGE]
    with pytest.raises(ValueError, match="capacity"):
        rule(-1, [])
    with pytest.raises(ValueError, match="units of 0"):
        rule(1, claims_of(-1))
    with pytest.raises(ValueError, match="weight of a"):
        rule(1, [Claim("a", 1, weight=0)])


@given(st.integers(0, 100), any_claims)
def test_nothing_is_left_while_somebody_wants_it(capacity: int, claims: list[Claim]) -> None:
    for rule in (first_come.allocate, strict_priority.allocate, max_min.allocate):
        shares = rule(capacity, claims)
        assert sum(shares) == min(capacity, sum(claim.units for claim in claims))
        assert all(0 <= share <= claim.units for share, claim in zip(shares, claims, strict=True))


@given(st.integers(0, 100), any_claims)
def test_nobody_waits_behind_a_lower_priority(capacity: int, claims: list[Claim]) -> None:
    shares = strict_priority.allocate(capacity, claims)
    for share, claim in zip(shares, claims, strict=True):
        for other, lower in zip(shares, claims, strict=True):
            assert share == claim.units or not other or lower.priority >= claim.priority


# Max-min.


def test_max_min_as_in_the_textbook() -> None:
    # Keshav, An Engineering Approach to Computer Networking (1997), chapter 9: demands 2, 2.6, 4, 5 of
    # 10 in tenths: 2, 2.6, 2.7, 2.7.
    assert max_min.allocate(100, claims_of(20, 26, 40, 50)) == [20, 26, 27, 27]


def test_weighted_max_min_as_in_the_textbook() -> None:
    # The same chapter: demands 4, 2, 10, 4 with weights 2.5, 4, 0.5, 1 of 16 give 4, 2, 6, 4 (the third wants
    # what the satisfied leave).
    claims = [Claim("a", 4, 5), Claim("b", 2, 8), Claim("c", 10, 1), Claim("d", 4, 2)]
    assert max_min.allocate(16, claims) == [4, 2, 6, 4]


def test_odd_units_go_to_the_largest_remainder_then_to_the_earlier() -> None:
    assert max_min.allocate(8, claims_of(9, 9, 9)) == [3, 3, 2]
    # Parts of 7 by weights 3 and 1: 5.25 and 1.75.
    assert max_min.allocate(7, [Claim("a", 9, 3), Claim("b", 9, 1)]) == [5, 2]


def real_max_min(capacity: int, claims: Sequence[Claim]) -> list[Fraction]:
    """Pour in real numbers: raise all who still want at the rate of their weights until somebody is full."""
    shares = [Fraction(0)] * len(claims)
    left = Fraction(capacity)
    while thirsty := [i for i, claim in enumerate(claims) if shares[i] < claim.units]:
        weight = sum(claims[i].weight for i in thirsty)
        rise = min([left / weight, *((claims[i].units - shares[i]) / claims[i].weight for i in thirsty)])
        if not rise:
            break
        for i in thirsty:
            shares[i] += rise * claims[i].weight
        left -= rise * weight
    return shares


@given(st.integers(0, 100), any_claims)
def test_each_share_is_less_than_a_unit_from_the_real_one(capacity: int, claims: list[Claim]) -> None:
    ideal = real_max_min(capacity, claims)
    assert all(abs(s - r) < 1 for s, r in zip(max_min.allocate(capacity, claims), ideal, strict=True))


@given(st.integers(0, 100), any_claims, st.integers(0, 7), st.integers(0, 60))
def test_claiming_another_amount_gains_nothing(
    capacity: int, claims: list[Claim], liar: int, lie: int
) -> None:
    if liar >= len(claims):
        return
    true = claims[liar]
    told = [*claims[:liar], Claim("x", lie, true.weight), *claims[liar + 1 :]]
    useful = min(true.units, max_min.allocate(capacity, told)[liar])
    assert useful <= max_min.allocate(capacity, claims)[liar]


# The reserve of MKT-10.


def test_a_fifth_is_reserved_unless_told() -> None:
    reserved = max_min.reserve(100, claims_of(50, 3, 50))
    # 20 units: 3 for the modest one, 17 for two.
    assert (reserved.shares, reserved.for_market) == ([9, 3, 8], 80)


def test_what_nobody_claims_of_the_reserve_goes_to_the_market() -> None:
    assert max_min.reserve(100, claims_of(1, 2)).for_market == 97
    assert max_min.reserve(100, []).for_market == 100


@pytest.mark.parametrize(("share", "given_away"), [(0, 0), (10_000, 1), (1_000_000, 100)])
def test_the_share_may_be_anything_from_none_to_all(share: int, given_away: int) -> None:
    assert sum(max_min.reserve(100, claims_of(200), Ppm(share)).shares) == given_away
    with pytest.raises(ValueError, match="share"):
        max_min.reserve(100, [], Ppm(1_000_001))


@given(st.integers(0, 10_000), st.lists(st.integers(0, 3_000), min_size=1, max_size=9))
def test_everybody_has_its_part_of_the_reserve(capacity: int, units: list[int]) -> None:
    reserved = max_min.reserve(capacity, claims_of(*units))
    part = capacity // 5 // len(units)
    assert all(share >= min(part, wanted) for share, wanted in zip(reserved.shares, units, strict=True))
    assert sum(reserved.shares) + reserved.for_market == capacity


# Karma.


def literal_karma(
    had: Mapping[str, int], demands: Mapping[str, int], fair_share: int, guarantee: int
) -> karma.Period:
    """Algorithm 1 of the paper, word by word: one unit at a time."""
    users = list(had)
    left = {user: had[user] + fair_share - guarantee for user in users}
    shared = len(users) * (fair_share - guarantee)
    donated = {user: max(0, guarantee - demands.get(user, 0)) for user in users}
    shares = {user: min(demands.get(user, 0), guarantee) for user in users}
    while True:
        borrowers = [u for u in users if shares[u] < demands.get(u, 0) and left[u] > 0]
        donors = [u for u in users if donated[u] > 0]
        if not borrowers or not (donors or shared):
            return karma.Period(shares, left)
        borrower = max(borrowers, key=lambda u: left[u])
        if donors:
            donor = min(donors, key=lambda u: left[u])
            left[donor] += 1
            donated[donor] -= 1
        else:
            shared -= 1
        shares[borrower] += 1
        left[borrower] -= 1


def test_karma_by_hand() -> None:
    """Three users, fair share 2, half of it guaranteed: one unit each, and a pool of three (the paper's
    setting).

    All get a credit. Ann needs nothing beyond nothing, so her unit is lent first, and she earns a credit. Bob
    and cyd have 7 credits each and borrow in turns, bob first: 4 units for four credits, two each.
    """
    period = karma.allocate({"ann": 6, "bob": 6, "cyd": 6}, {"bob": 9, "cyd": 3}, 2, 1)
    assert period.shares == {"ann": 0, "bob": 3, "cyd": 3}
    assert period.karma == {"ann": 8, "bob": 5, "cyd": 5}
    # Next ann wants much: being richest she borrows first, 8 + 1 = 9 against 6, so the whole pool is hers.
    period = karma.allocate(period.karma, {"ann": 9, "bob": 9, "cyd": 9}, 2, 1)
    assert period.shares == {"ann": 4, "bob": 1, "cyd": 1}
    assert period.karma == {"ann": 6, "bob": 6, "cyd": 6}


def test_karma_agrees_with_the_algorithm_of_the_paper() -> None:
    rng = random.Random("karma")
    for _ in range(400):
        users = [f"u{i}" for i in range(rng.randrange(1, 7))]
        fair_share = rng.randrange(0, 9)
        guarantee = rng.randrange(fair_share + 1)
        have: Mapping[str, int] = {user: rng.randrange(0, 8) for user in users}
        for _ in range(6):
            demands = {user: rng.choice([0, rng.randrange(0, 20)]) for user in users}
            period = karma.allocate(have, demands, fair_share, guarantee)
            assert period == literal_karma(have, demands, fair_share, guarantee)
            have = period.karma


def test_karma_keeps_its_promises_for_huge_amounts() -> None:
    have = {"ann": HUGE, "bob": 0, "cyd": 5}
    period = karma.allocate(have, {"ann": HUGE, "bob": HUGE}, HUGE // 4, HUGE // 8)
    assert sum(period.shares.values()) <= 3 * (HUGE // 4)
    assert min(period.karma.values()) >= 0
    assert period.shares["bob"] >= HUGE // 8
    granted = 3 * (HUGE // 4 - HUGE // 8)
    borrowed_of_the_pool = sum(period.shares.values()) - 2 * (HUGE // 8) - HUGE // 8
    assert sum(period.karma.values()) == sum(have.values()) + granted - borrowed_of_the_pool


def test_over_time_karma_pays_the_bursty_back() -> None:
    """The paper's point. One agent wants 18 every third period and nothing between, two want 6 always, of 12.

    Max-min gives the burst 4 each time, though it left 8 idle. Under Karma it can have all but the 2 + 2 that
    are guaranteed to the others, and its credits get it that but for the first few bursts.
    """
    karma_total = plain_total = 0
    have: Mapping[str, int] = dict.fromkeys(["bursty", "steady", "other"], 100)
    for quantum in range(300):
        demands = {"bursty": 18 if quantum % 3 == 0 else 0, "steady": 6, "other": 6}
        period = karma.allocate(have, demands, 4, 2)
        have = period.karma
        karma_total += period.shares["bursty"]
        plain_total += max_min.allocate(12, [Claim(user, units) for user, units in demands.items()])[0]
    assert plain_total == 100 * 4
    assert 100 * 8 - 10 <= karma_total <= 100 * 8


def test_a_newcomer_has_what_the_others_have_on_average() -> None:
    assert karma.welcome({}, "ann", 50) == {"ann": 50}
    assert karma.welcome({"ann": 5, "bob": 8}, "cyd", 50) == {"ann": 5, "bob": 8, "cyd": 6}
    with pytest.raises(ValueError, match="known"):
        karma.welcome({"ann": 5}, "ann", 50)


@pytest.mark.parametrize(
    ("have", "demands", "guarantee"),
    [({"a": 1}, {"b": 1}, 1), ({"a": 1}, {"a": -1}, 1), ({"a": -1}, {"a": 1}, 1), ({"a": 1}, {"a": 1}, 3)],
)
def test_karma_refuses_nonsense(have: dict[str, int], demands: dict[str, int], guarantee: int) -> None:
    with pytest.raises(ValueError, match=r"credits|guarantee"):
        karma.allocate(have, demands, 2, guarantee)
