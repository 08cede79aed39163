"""Paths: a graph of roads and the ways through it (EC 2000, section 4.1), against slower methods."""

from itertools import chain, islice, pairwise
from statistics import fmean

import pytest

from econonexus.benchmark.bundles import paths
from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer

Lengths = list[list[int]]


def cities(seed: str, count: int) -> Lengths:
    dice = Dice(seed)
    places = [(dice.below(MICRO), dice.below(MICRO)) for _ in range(count)]
    return [[paths._distance(one, other) for other in places] for one in places]


def ends(name: str) -> tuple[int, int]:
    _, one, other = name.split("-")
    return int(one), int(other)


def test_there_are_as_many_roads_as_asked_for_each_once() -> None:
    for items in (1, 2, 5, 30, 100):
        names = paths.draw(Dice("roads"), items).items
        assert len(names) == len({frozenset(ends(name)) for name in names}) == items


def test_the_papers_number_of_cities_builds_about_as_many_roads_as_asked_for() -> None:
    """How its constants were found; with cities by hand for 256: 0.529689 · 256 + 3.4329 = 139.03."""
    assert paths.cities_for(256) == 139
    built = []
    for seed in range(5):
        lengths, dice = cities(f"all {seed}", 139), Dice(f"pairs {seed}")
        network = paths._Network(lengths)
        for road in chain(paths._nearest(lengths), paths._built(dice, network)):
            network.add(road)
        built.append(len(network.roads))
    assert 0.95 * 256 < fmean(built) < 1.05 * 256


def test_every_city_is_joined_to_its_two_nearest() -> None:
    lengths = cities("nearest", 40)
    roads = set(paths._nearest(lengths))
    for city, row in enumerate(lengths):
        nearest = sorted(range(40), key=lambda other: row[other])[1:3]
        assert {(min(city, other), max(city, other)) for other in nearest} <= roads


@pytest.mark.parametrize("seed", range(5))
def test_costs_between_cities_are_those_of_floyd_and_warshall(seed: int) -> None:
    count = 12
    lengths, network = cities(f"floyd {seed}", count), paths._Network(cities(f"floyd {seed}", count))
    for road in islice(paths._nearest(lengths), 0, None, 2):
        network.add(road)
    built = set(network.roads)
    for new, costs in ((17, network.by_any), (2**60, network.by_road)):
        slow = [
            [
                0 if a == b else lengths[a][b] * (10 if (min(a, b), max(a, b)) in built else new)
                for b in range(count)
            ]
            for a in range(count)
        ]
        for via in range(count):
            for a in range(count):
                for b in range(count):
                    slow[a][b] = min(slow[a][b], slow[a][via] + slow[via][b])
        for a in range(count):
            for b in range(count):
                # Lengths are rounded down, so two new roads in a line may seem shorter by that.
                assert abs(min(int(costs[a, b]), 2**59) - min(slow[a][b], 2**59)) <= 17 * count


def test_a_cheapest_way_costs_what_the_network_says_and_joins_the_two() -> None:
    lengths = cities("way", 30)
    network = paths._Network(lengths)
    for road in paths._nearest(lengths):
        network.add(road)
    for start, target in ((0, 29), (3, 17), (21, 4)):
        way = list(network.cheapest_way(start, target))
        cost = sum(lengths[a][b] * (10 if (a, b) in network.roads else 17) for a, b in way)
        assert cost == pytest.approx(int(network.by_any[start, target]), abs=17 * len(way))
        assert {city for road in way for city in road if sum(city in r for r in way) == 1} == {start, target}


def every_path(beside: list[list[tuple[int, int]]], way: list[int], target: int) -> list[list[int]]:
    """All ways without a loop, by trying everything."""
    if way[-1] == target:
        return [way]
    return [
        path
        for other, _ in beside[way[-1]]
        if other not in way
        for path in every_path(beside, [*way, other], target)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_the_shortest_paths_are_the_first_five_of_all(seed: int) -> None:
    lengths = cities(f"shortest {seed}", 9)
    beside = paths._beside(9, list(dict.fromkeys(paths._nearest(lengths))))
    below = lengths[0][8] * 2
    found = paths._shortest_paths(lengths, beside, 0, 8, below)
    costs = sorted(sum(lengths[a][b] for a, b in pairwise(way)) for way in every_path(beside, [0], 8))
    assert [cost for cost, _ in found] == [cost for cost in costs if cost < below][:5]


def test_every_bundle_is_a_way_between_the_bidders_two_cities() -> None:
    scene = paths.draw(Dice("ways"), 80)
    many = 0
    for offers in islice(scene.bidders, 500):
        many += len(offers) > 1
        assert len(offers) <= 5
        assert len({_joined(scene.items, offer) for offer in offers}) <= 1
        assert len({offer.items for offer in offers}) == len(offers)
    assert many > 100


def _joined(names: list[str], offer: Offer) -> frozenset[int]:
    """The two ends of what must be one way without loops: two cities have one road, all between them two."""
    roads = [ends(names[item]) for item in offer.items]
    degree = {city: sum(city in road for road in roads) for road in roads for city in road}
    assert len(degree) == len(roads) + 1
    assert set(degree.values()) <= {1, 2}
    tips = frozenset(city for city, count in degree.items() if count == 1)
    assert len(tips) == 2
    return tips


def test_a_path_is_worth_what_it_saves() -> None:
    """What it costs and what is bid for it are the bidder's own means, on every path alike."""
    dice = Dice("saves")
    count = paths.cities_for(80)
    places = [(dice.below(MICRO), dice.below(MICRO)) for _ in range(count)]
    scene = paths.draw(Dice("saves"), 80)
    length = {
        item: paths._distance(places[one - 1], places[other - 1])
        for item, (one, other) in enumerate(ends(name) for name in scene.items)
    }
    factors = []
    for offers in islice(scene.bidders, 500):
        means = {offer.price + sum(length[item] for item in offer.items) for offer in offers}
        assert len(means) <= 1
        if means:
            one, other = sorted(_joined(scene.items, offers[0]))
            factors.append(means.pop() / paths._distance(places[one - 1], places[other - 1]))
    assert min(factors) >= 1
    assert 1.4 < max(factors) <= 1.5
