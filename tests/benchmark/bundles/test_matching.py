"""Matching: a slot to take off and one to land (EC 2000, section 4.4)."""

from itertools import islice

import pytest

from econonexus.benchmark.bundles import matching
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import Offer, Unsuitable
from tests.benchmark.bundles.laws import assert_follows

TIMES = 30
LENGTHS = {("ORD", "DCA"): 8, ("ORD", "LGA"): 10, ("ORD", "JFK"): 10, ("DCA", "LGA"): 3, ("DCA", "JFK"): 3}
"""By hand: miles / 740 × 10, to the nearest."""

Flight = tuple[str, int, str, int, int]


def bidders(count: int = 2_000) -> list[list[Flight]]:
    """Origin, take-off, target, landing and price of each flight."""
    scene = matching.draw(Dice("matching"), 4 * TIMES)
    return [[_flight(scene.items, offer) for offer in offers] for offers in islice(scene.bidders, count)]


def _flight(names: list[str], offer: Offer) -> Flight:
    slots = [names[item].split("-") for item in offer.items]
    # Whoever flies takes off before it lands: no flight is shorter than three slots.
    (start, takeoff), (end, land) = sorted(slots, key=lambda slot: int(slot[1]))
    return start, int(takeoff), end, int(land), offer.price


def test_every_bundle_is_one_slot_at_each_of_two_airports_that_a_flight_can_reach_in_time() -> None:
    for flights in bidders():
        for start, takeoff, end, land, _ in flights:
            length = LENGTHS.get((start, end)) or LENGTHS[end, start]
            assert 1 <= takeoff < takeoff + length <= land <= TIMES


def test_every_route_is_flown_equally_often_and_both_ways() -> None:
    routes = [*LENGTHS, *((end, start) for start, end in LENGTHS)]
    flown = [routes.index((flights[0][0], flights[0][2])) for flights in bidders() if flights]
    assert_follows(flown, dict.fromkeys(range(10), 1 / 10))


def test_a_bidder_has_the_flights_that_the_paper_allows() -> None:
    """Away from the day's ends: from one early to two late, landings up to two late: 4 + 3 + 2 + 1."""
    for flights in bidders():
        takeoffs = [takeoff for _, takeoff, _, _, _ in flights]
        if flights and min(takeoffs) > 1 and max(land for _, _, _, land, _ in flights) < TIMES:
            assert sorted(takeoffs.count(each) for each in set(takeoffs)) == [1, 2, 3, 4]


def test_a_slot_of_delay_costs_a_tenth_and_a_slot_of_lateness_a_quarter() -> None:
    checked = 0
    for flights in bidders():
        prices = {(takeoff, land): price for _, takeoff, _, land, price in flights}
        if not prices:
            continue
        start, end = flights[0][0], flights[0][2]
        length = LENGTHS.get((start, end)) or LENGTHS[end, start]
        worth = max(prices.values())
        wished = max(land for (_, land), price in prices.items() if price == worth)
        for (takeoff, land), price in prices.items():
            delay, late = land - takeoff - length, max(0, land - wished)
            assert abs(price - worth * 0.9**delay * 0.75**late) <= 1.5
            checked += late > 0
    assert checked > 1_000


@pytest.mark.parametrize("items", [40, 45, 4])
def test_other_than_equally_many_slots_each_are_refused(items: int) -> None:
    with pytest.raises(Unsuitable, match=f"items: {items} .* from 44"):
        matching.draw(Dice("odd"), items)


def test_the_smallest_size_has_flights() -> None:
    scene = matching.draw(Dice("small"), 44)
    assert any(next(scene.bidders) for _ in range(20))
