"""Regions: plots on a grid and bundles that hang together (EC 2000, section 4.2); how bundles grow."""

from itertools import islice

import pytest

from econonexus.benchmark.bundles import arbitrary, regions
from econonexus.benchmark.bundles.dice import Dice
from tests.benchmark.bundles.laws import assert_follows

ROWS = 30
PLOTS = [divmod(place, ROWS) for place in range(ROWS * ROWS)]


def edges(seed: str) -> set[frozenset[tuple[int, int]]]:
    touching = regions._touching(Dice(seed), PLOTS)
    for place, others in enumerate(touching):
        assert len(set(others)) == len(others)
        assert all(place in touching[other] for other in others)
    return {frozenset({PLOTS[a], PLOTS[b]}) for a, others in enumerate(touching) for b in others}


def is_straight(edge: frozenset[tuple[int, int]]) -> bool:
    (row, column), (other_row, other_column) = edge
    return abs(row - other_row) + abs(column - other_column) == 1


def test_plots_touch_their_neighbours_only_and_no_two_diagonals_cross() -> None:
    drawn = edges("grid")
    for edge in drawn:
        (row, column), (other_row, other_column) = edge
        assert max(abs(row - other_row), abs(column - other_column)) == 1
        if not is_straight(edge):
            assert frozenset({(row, other_column), (other_row, column)}) not in drawn


def test_an_inner_plot_leaves_out_one_of_its_four_neighbours() -> None:
    """An edge between inner plots is missing if both ends left it out: one in sixteen."""
    drawn = [edge for seed in range(10) for edge in edges(f"three {seed}") if is_straight(edge)]
    within = range(1, ROWS - 1)
    inner = [edge for edge in drawn if all(row in within and column in within for row, column in edge)]
    every = 10 * 2 * 28 * 27
    assert_follows([1] * len(inner) + [0] * (every - len(inner)), {0: 1 / 16, 1: 15 / 16})
    # A plot at the edge of the map is joined to as many as it has.
    assert len(drawn) - len(inner) == 10 * (2 * 30 * 29 - 2 * 28 * 27)


def test_one_more_corner_is_tried_with_probability_02() -> None:
    """By hand: 0.2 + 0.2² + … = 1/4 of a try each plot; some are drawn already or would cross."""
    drawn = sum(not is_straight(edge) for seed in range(10) for edge in edges(f"corners {seed}"))
    assert 0.20 < drawn / (10 * ROWS * ROWS) < 0.25


def test_without_jumps_every_bundle_hangs_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "JUMP_PPM", 0)
    dice = Dice("together")
    touching = regions._touching(Dice("together"), PLOTS)
    sizes = set()
    for offers in islice(regions.draw(dice, ROWS * ROWS).bidders, 100):
        for offer in offers:
            sizes.add(len(offer.items))
            assert len(_reached(offer.items[0], set(offer.items), touching)) == len(offer.items)
    assert max(sizes) > 20


def test_with_jumps_some_do_not() -> None:
    dice = Dice("apart")
    touching = regions._touching(dice, PLOTS)
    grow, apart = regions._grower(dice, touching), 0
    for _ in range(500):
        bundle = [dice.below(len(PLOTS))]
        while len(bundle) < 10:
            bundle.append(grow(bundle, [1] * len(PLOTS)))
        apart += len(_reached(bundle[0], set(bundle), touching)) < 10
    # By hand: nine items join without a jump in 0.95⁹ = 63 % of bundles; few jumps land beside the region.
    assert 0.3 < apart / 500 < 0.4


def _reached(start: int, within: set[int], touching: list[list[int]]) -> set[int]:
    reached, queue = {start}, [start]
    while queue:
        for other in touching[queue.pop()]:
            if other in within and other not in reached:
                reached.add(other)
                queue.append(other)
    return reached


def test_the_last_row_may_not_be_full() -> None:
    scene = regions.draw(Dice("seven"), 7)
    assert scene.items == [
        f"plot-{r}-{c}" for r, c in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1))
    ]


def test_in_regions_what_appeals_and_touches_more_joins_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of plots 0 1 2 and 3 beside both 1 and 2: from {1, 2}, plot 3 counts twice."""
    monkeypatch.setattr(regions, "JUMP_PPM", 0)
    grow = regions._grower(Dice("join"), [[1], [0, 2, 3], [1, 3], [1, 2]])
    # By hand: plot 0 weighs 600 · 1, plot 3 weighs 300 · 2, so that each comes half the time.
    assert_follows([grow([1, 2], [600, 9, 9, 300]) for _ in range(5_000)], {0: 1 / 2, 3: 1 / 2})


def test_in_arbitrary_relationships_what_appeals_and_is_tied_more_joins_more_often() -> None:
    import numpy as np

    ties = np.array([[0, 5, 1, 3], [5, 0, 2, 0], [1, 2, 0, 9], [3, 0, 9, 0]], dtype=np.int64)
    grow = arbitrary._grower(Dice("tied"), ties)
    # By hand, from {0, 1}: item 2 weighs (1 + 2) · 200 = 600, item 3 weighs (3 + 0) · 400 = 1200.
    assert_follows([grow([0, 1], [9, 9, 200, 400]) for _ in range(5_000)], {2: 1 / 3, 3: 2 / 3})


def test_where_nothing_is_tied_or_appeals_any_other_item_joins() -> None:
    import numpy as np

    grow = arbitrary._grower(Dice("loose"), np.zeros((4, 4), dtype=np.int64))
    assert_follows([grow([1], [5, 5, 5, 5]) for _ in range(3_000)], dict.fromkeys((0, 2, 3), 1 / 3))


def test_the_ties_of_arbitrary_relationships_are_uniform() -> None:
    """Items join as ties say, so over many worlds every pair comes equally often."""
    firsts = []
    for seed in range(400):
        for offers in islice(arbitrary.draw(Dice(f"ties {seed}"), 4).bidders, 5):
            if offers and len(offers[0].items) == 2:
                firsts.append(sum(4**place * item for place, item in enumerate(offers[0].items)))
                break
    pairs = [a + 4 * b for a in range(4) for b in range(a + 1, 4)]
    assert_follows(firsts, dict.fromkeys(pairs, 1 / 6))
