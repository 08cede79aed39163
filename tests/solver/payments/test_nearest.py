"""The point of least total nearest to a target, worked by hand."""

from fractions import Fraction
from itertools import permutations
from math import inf

from econonexus.solver.payments.nearest import Nearest, Row


def point(
    low: list[int], high: list[int], target: list[int], rows: list[Row], weight: int = 2**128
) -> list[Fraction]:
    search = Nearest(low, high, target, weight)
    assert search.add(rows, inf)
    return search.point


def test_without_rows_everybody_is_at_the_low_bound() -> None:
    """The least total comes before the distance to the target."""
    assert point([1, 2], [9, 9], [5, 5], []) == [1, 2]


def test_what_is_missing_is_shared_equally() -> None:
    assert point([0, 0, 0], [9, 9, 9], [0, 0, 0], [Row((0, 1, 2), 10)]) == [Fraction(10, 3)] * 3


def test_who_is_in_two_rows_saves_the_total_and_bears_more() -> None:
    """x0 + x1 >= 6 and x0 + x2 >= 6: alone x0 = 6 has total 6; sharing would cost more."""
    assert point([0, 0, 0], [9, 9, 9], [0, 0, 0], [Row((0, 1), 6), Row((0, 2), 6)]) == [6, 0, 0]


def test_a_high_bound_leaves_the_rest_to_the_others() -> None:
    assert point([0, 0, 0], [1, 9, 9], [0, 0, 0], [Row((0, 1, 2), 9)]) == [1, 4, 4]


def test_a_row_that_a_later_one_makes_slack_lets_go() -> None:
    """x0 + x1 >= 4 alone gives (2, 2); x1 + x2 >= 8 brings x1 to 4 and more: total 8 needs x0 = 0.

    Of all (0, x1, 8 - x1) with x1 >= 4 the nearest to nothing is (0, 4, 4).
    """
    assert point([0, 0, 0], [9, 9, 9], [0, 0, 0], [Row((0, 1), 4), Row((1, 2), 8)]) == [0, 4, 4]


def test_halves_from_an_odd_cycle() -> None:
    """Each pair of three pays 1: the least total is 3/2."""
    rows = [Row((0, 1), 1), Row((1, 2), 1), Row((0, 2), 1)]
    assert point([0, 0, 0], [1, 1, 1], [0, 0, 0], rows) == [Fraction(1, 2)] * 3


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [Row((0, 1), 7), Row((1, 2, 3), 9), Row((0, 3), 5), Row((2,), 2)]
    found = {tuple(point([0] * 4, [6] * 4, [1, 0, 3, 2], list(ordered))) for ordered in permutations(rows)}
    assert len(found) == 1


def test_rows_may_come_one_after_the_other() -> None:
    rows = [Row((0, 1), 7), Row((1, 2, 3), 9), Row((0, 3), 5)]
    search = Nearest([0] * 4, [6] * 4, [1, 0, 3, 2])
    for row in rows:
        assert search.add([row], inf)
    assert search.point == point([0] * 4, [6] * 4, [1, 0, 3, 2], rows)


def test_a_weight_that_is_too_small_is_noticed() -> None:
    """With weight 1 the distance to (0, 0, 0) would win: x0 = 6 is far. The proof fails, and M grows."""
    rows = [Row((0, 1), 6), Row((0, 2), 6)]
    assert point([0, 0, 0], [9, 9, 9], [0, 0, 0], rows, weight=2) == [6, 0, 0]


def test_differences_far_below_a_double() -> None:
    """Around 2**62, where neighbouring doubles are 512 apart."""
    base = 2**62
    low, high = [base, base + 1, base], [base + 9, base + 9, base + 9]
    rows = [Row((0, 1), 2 * base + 4), Row((1, 2), 2 * base + 3)]
    # 3 are missing to the first row and 2 to the second; one payment in both saves most: x1 + 3, or x1 + 2
    # and one more on x0. Squares: 9, or 4 + 1.
    assert point(low, high, low, rows) == [base + 1, base + 3, base]


def test_out_of_time() -> None:
    assert not Nearest([0, 0], [9, 9], [0, 0]).add([Row((0, 1), 4)], -inf)
