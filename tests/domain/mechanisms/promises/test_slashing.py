"""What offences cost, worked by hand from the default numbers of CON-3."""

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.promises.slashing import penalty
from econonexus.domain.money import Ppm
from econonexus.domain.promises import CRITICAL, MAJOR, MINOR, Penalty

TASK_FAILURE = Penalty(Ppm(100_000), MINOR, 3)
TIMEOUT = Penalty(Ppm(250_000), MAJOR, 1)
BYZANTINE = Penalty(Ppm(1_000_000), CRITICAL, 0)
THRESHOLD = Penalty(Ppm(500_000), MAJOR, 0)

rules = st.builds(
    Penalty, rate=st.integers(0, 1_000_000), severity=st.sampled_from((1, 2, 5)), grace=st.integers(0, 3)
)


def test_within_the_grace_nothing_is_lost() -> None:
    assert [penalty(1_000, 1_000, TASK_FAILURE, offences) for offences in (1, 2, 3)] == [0, 0, 0]
    assert penalty(1_000, 1_000, TIMEOUT, 1) == 0


def test_each_offence_beyond_it_costs_more_than_the_one_before() -> None:
    # 10 % x 1 x 1, x 2, x 3 of a bond of 1,000.
    assert [penalty(10_000, 1_000, TASK_FAILURE, offences) for offences in (4, 5, 6)] == [100, 200, 300]
    # 25 % x 2 x 1, x 2.
    assert [penalty(10_000, 1_000, TIMEOUT, offences) for offences in (2, 3)] == [500, 1_000]


def test_what_is_at_stake_is_all_that_can_be_lost() -> None:
    assert penalty(400, 1_000, TIMEOUT, 2) == 400
    assert penalty(1_000, 1_000, BYZANTINE, 1) == 1_000
    # 50 % x 2 x 1 is all of it.
    assert penalty(1_000, 1_000, THRESHOLD, 1) == 1_000


def test_compounded_penalties_leave_something_to_lose() -> None:
    # 1 - 0.75^2 = 0.4375, and with a second one 1 - 0.75^4 = 0.68359375.
    assert penalty(10_000, 10_000, TIMEOUT, 2, "compound") == 4_375
    assert penalty(10_000, 10_000, TIMEOUT, 3, "compound") == 6_835
    # 1 - 0.9^3 = 0.271.
    assert penalty(1_000, 1_000, TASK_FAILURE, 6, "compound") == 271


def test_a_compounded_penalty_grows_no_more_where_nothing_is_left_to_take() -> None:
    # 1 - 0.99^10,000 of 10^18 is 10^18 - 10^18 x 2.2 x 10^-44, and of any amount one unit less than all.
    rule = Penalty(Ppm(10_000), 100, 0)
    assert penalty(10**18, 10**18, rule, 100, "compound") == 10**18 - 1
    assert penalty(10**18, 10**18, rule, 1_000_000, "compound") == 10**18 - 1


@given(stake=st.integers(0, 10**18), base=st.integers(0, 10**18), rule=rules, offences=st.integers(1, 20))
def test_no_form_takes_more_than_the_stake_and_compounding_never_more_than_the_plain_one(
    stake: int, base: int, rule: Penalty, offences: int
) -> None:
    plain = penalty(stake, base, rule, offences)
    compound = penalty(stake, base, rule, offences, "compound")
    assert 0 <= compound <= plain <= stake  # Bernoulli: 1 - (1 - r)^k <= k r.
    assert compound <= base
