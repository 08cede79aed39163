"""An owner's total over its winning bids."""

from hypothesis import given
from hypothesis import strategies as st

from econonexus.solver.payments.deals import deals_of, split, split_range
from econonexus.solver.problem import Problem

MARGINS = st.lists(
    st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)).map(sorted), min_size=1, max_size=6
)


def won(margins: list[list[int]]) -> Problem:
    """One owner who wins every bid, each with a floor and a price."""
    bids = len(margins)
    return Problem(
        prices=tuple(price for _, price in margins),
        bundles=tuple(((place, 1),) for place in range(bids)),
        supply=(1,) * bids,
        agents=(0,) * bids,
        owners=(0,) * bids,
        exclusive=False,
        budgets=(None,),
        floors=tuple(floor for floor, _ in margins),
    )


def test_each_pays_its_floor_and_the_same_share_of_its_margin() -> None:
    """30 above the floors, of margins 10 and 90: a tenth and nine tenths."""
    problem = won([[100, 110], [0, 90]])
    (deal,) = deals_of(problem, [0, 1])
    assert (deal.value, deal.floor) == (200, 100)
    assert split(problem, deal, 130) == {0: 103, 1: 27}


def test_a_unit_that_cannot_be_shared_goes_to_the_larger_remainder_and_then_to_the_earlier() -> None:
    problem = won([[0, 1], [0, 1], [0, 1]])
    (deal,) = deals_of(problem, [0, 1, 2])
    assert split(problem, deal, 2) == {0: 1, 1: 1, 2: 0}
    problem = won([[0, 1], [0, 2]])
    (deal,) = deals_of(problem, [0, 1])
    # One unit, of which a third and two thirds.
    assert split(problem, deal, 1) == {0: 0, 1: 1}


@given(MARGINS, st.data())
def test_parts_add_up_and_stay_between_floor_and_price(margins: list[list[int]], data: st.DataObject) -> None:
    problem = won(margins)
    (deal,) = deals_of(problem, range(len(margins)))
    total = data.draw(st.integers(deal.floor, deal.value))
    parts = split(problem, deal, total)
    assert sum(parts.values()) == total
    assert all(floor <= parts[place] <= price for place, (floor, price) in enumerate(margins))


@given(MARGINS, st.data())
def test_ranges_hold_the_parts_of_every_total_between(margins: list[list[int]], data: st.DataObject) -> None:
    problem = won(margins)
    (deal,) = deals_of(problem, range(len(margins)))
    low, total, high = sorted(data.draw(st.integers(deal.floor, deal.value)) for _ in range(3))
    ranges = split_range(problem, deal, low, high)
    for place, part in split(problem, deal, total).items():
        floor, price = margins[place]
        assert floor <= ranges[place][0] <= part <= ranges[place][1] <= price
