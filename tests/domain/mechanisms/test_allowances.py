"""How much is issued, and who gets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.allowances import Issue, due, shares

ANY = 10**9


def test_without_a_target_what_was_burned_is_issued_again() -> None:
    assert due(70, 1_000, None) == Issue(70, 0)


@pytest.mark.parametrize(
    ("recyclable", "supply", "target", "recycled", "issued"),
    [
        (70, 900, 1_000, 70, 30),  # 100 are missing, 70 of them were burned.
        (70, 950, 1_000, 50, 0),  # 50 are missing: 20 are not recycled.
        (70, 1_000, 1_000, 0, 0),
        (70, 2_000, 1_000, 0, 0),  # Nothing is taken from anybody.
        (0, 400, 1_000, 0, 600),
    ],
)
def test_with_a_target_what_is_missing_is_issued(
    recyclable: int, supply: int, target: int, recycled: int, issued: int
) -> None:
    assert due(recyclable, supply, target) == Issue(recycled, issued)


def test_shares_go_by_weight_and_the_largest_remainders_get_the_rest() -> None:
    """100 by 1, 2 and 4: 14 2/7, 28 4/7 and 57 1/7, so the second gets the odd one."""
    assert shares(100, [1, 2, 4], [ANY] * 3) == [14, 29, 57]


def test_what_one_has_no_room_for_the_others_get() -> None:
    """60 by equal weights, and room for 5, 30 and any: 5 and 27 1/2 twice, of which the earlier gets more."""
    assert shares(60, [1, 1, 1], [5, 30, ANY]) == [5, 28, 27]


def test_what_nobody_has_room_for_is_not_given() -> None:
    assert shares(60, [1, 5], [10, 20]) == [10, 20]
    assert shares(60, [], []) == []


amounts = st.integers(0, 10**12)
receivers = st.lists(st.tuples(st.integers(1, 1_000), amounts), max_size=30)


@given(amounts, receivers)
def test_shares_add_up_and_stay_in_their_rooms(total: int, drawn: list[tuple[int, int]]) -> None:
    weights, rooms = [weight for weight, _ in drawn], [room for _, room in drawn]
    given_ = shares(total, weights, rooms)
    assert sum(given_) == min(total, sum(rooms))
    assert all(0 <= share <= room for share, room in zip(given_, rooms, strict=True))
    # Who was left with room got no less for its weight than anybody else, but for one unit.
    for share, weight, room in zip(given_, weights, rooms, strict=True):
        for other, others_weight in zip(given_, weights, strict=True):
            assert share == room or (share + 1) * others_weight > (other - 1) * weight
