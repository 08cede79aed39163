"""Paths in space: roads between cities; bidders want to get from one city to another.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, section 4.1, and Leyton-Brown and Shoham 2006, section
18.3.1, figures of the graph and of the bid generation, with their default parameters. Cities lie at random
in the unit square; each is joined to its two nearest; then pairs of cities build their shortest way, where
a road not yet there costs 1.7 times its length. A bidder whose own means would cost it d times the direct
distance bids what a path saves it, on the five shortest paths that save it anything.
Where the text leaves room: exactly as many roads are made as items were asked for, so building stops there,
or goes on with the shortest roads that are missing; a pair that no path joins does not bid. Lengths are
millionths.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import numpy as np

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene

NEAREST = 2
BUILDING_PENALTY_TENTHS = 17
MAX_SHIPPING_COST_FACTOR = 1_500_000
MAX_BID_SET_SIZE = 5

City = tuple[int, int]
Road = tuple[int, int]
"""Two cities, the lower number first."""
Lengths = Sequence[Sequence[int]]


def draw(dice: Dice, items: int) -> Scene:
    """Roads named by their cities; each bidder wants one way."""
    count = cities_for(items)
    cities = [(dice.below(MICRO), dice.below(MICRO)) for _ in range(count)]
    lengths = [[_distance(one, other) for other in cities] for one in cities]
    roads = _roads(dice, lengths, items)
    return Scene([f"road-{one + 1}-{other + 1}" for one, other in roads], _bidders(dice, lengths, roads))


def cities_for(roads: int) -> int:
    """How many cities have about so many roads: the paper's 0.529689 · roads + 3.4329, to the nearest."""
    return (529_689 * roads + 3_432_900 + 500_000) // MICRO


def _roads(dice: Dice, lengths: Lengths, wanted: int) -> list[Road]:
    network = _Network(lengths)
    for road in chain(_nearest(lengths), _built(dice, network), _missing(lengths)):
        if len(network.roads) == wanted:
            break
        network.add(road)
    return list(network.roads)


def _nearest(lengths: Lengths) -> Iterator[Road]:
    """From each city to those nearest to it."""
    for city, row in enumerate(lengths):
        others = sorted((length, other) for other, length in enumerate(row) if other != city)
        for _, other in others[:NEAREST]:
            yield _road(city, other)


def _built(dice: Dice, network: "_Network") -> Iterator[Road]:
    """What pairs of cities build, given the roads so far, which grow meanwhile."""
    cities = len(network.by_any)
    for _ in range(cities**2 // 4):
        start, target = dice.pair(cities)
        if network.by_any[start, target] < network.by_road[start, target]:
            yield from network.cheapest_way(start, target)


def _missing(lengths: Lengths) -> Iterator[Road]:
    """All roads there can be, the shortest first."""
    pairs = [
        (length, other, one) for one, row in enumerate(lengths) for other, length in enumerate(row[:one])
    ]
    for _, one, other in sorted(pairs):
        yield one, other


class _Network:
    """The roads so far, and what the cheapest way between any two cities costs, in tenths."""

    def __init__(self, lengths: Lengths) -> None:
        self.roads: dict[Road, None] = {}
        straight = np.array(lengths, dtype=np.int64)
        self.steps = straight * BUILDING_PENALTY_TENTHS
        self.by_any = self.steps.copy()
        """By roads there are and roads to be built."""
        self.by_road = np.full_like(straight, 2**60)
        """By roads there are; more than any way costs where they do not lead."""
        for ways in (self.by_any, self.by_road):
            np.fill_diagonal(ways, 0)

    def add(self, road: Road) -> None:
        """Build a road, if it is not there. O(cities²): no way can gain but through it."""
        if road in self.roads:
            return
        self.roads[road] = None
        one, other = road
        cost = self.steps[one, other] // BUILDING_PENALTY_TENTHS * 10
        self.steps[one, other] = self.steps[other, one] = cost
        for ways in (self.by_any, self.by_road):
            # Who gains nothing towards one end of the road gains nothing beyond it.
            for near, far in (road, road[::-1]):
                gaining = np.flatnonzero(ways[:, near] + cost < ways[:, far])
                ways[gaining] = np.minimum(ways[gaining], ways[gaining, near, None] + (cost + ways[far]))

    def cheapest_way(self, start: int, target: int) -> Iterator[Road]:
        """Its roads, old and new; every step brings the target nearer."""
        # Read off before anything is built: the way is that of the network as it stands.
        way = [start]
        while way[-1] != target:
            onward = self.steps[way[-1]] + self.by_any[:, target]
            onward[way[-1]] = 2**60
            way.append(int(onward.argmin()))
        return (_road(one, other) for one, other in pairwise(way))


def _bidders(dice: Dice, lengths: Lengths, roads: Sequence[Road]) -> Iterator[list[Offer]]:
    beside = _beside(len(lengths), roads)
    while True:
        start, target = dice.pair(len(lengths))
        means = lengths[start][target] * dice.between(MICRO, MAX_SHIPPING_COST_FACTOR) // MICRO
        yield [
            Offer(tuple(sorted(path)), means - cost)
            for cost, path in _shortest_paths(lengths, beside, start, target, means)
        ]


def _beside(cities: int, roads: Sequence[Road]) -> list[list[tuple[int, int]]]:
    """For each city the cities that a road leads to, and which."""
    beside: list[list[tuple[int, int]]] = [[] for _ in range(cities)]
    for place, (one, other) in enumerate(roads):
        beside[one].append((other, place))
        beside[other].append((one, place))
    return beside


def _shortest_paths(
    lengths: Lengths, beside: Sequence[Sequence[tuple[int, int]]], start: int, target: int, below: int
) -> list[tuple[int, list[int]]]:
    """The shortest paths without loops that are shorter than `below`: length and roads of each.

    Grows the most promising path first, and knows how far each city is from the target, so that whole paths
    come out in order of length.
    """
    left = _distances(lengths, beside, target)
    queue: list[tuple[int, int, list[int], list[int]]] = [(left[start], 0, [start], [])]
    found: list[tuple[int, list[int]]] = []
    while queue and queue[0][0] < below and len(found) < MAX_BID_SET_SIZE:
        _, gone, cities, path = heapq.heappop(queue)
        if cities[-1] == target:
            found.append((gone, path))
            continue
        for other, place in beside[cities[-1]]:
            so_far = gone + lengths[cities[-1]][other]
            if other not in cities and so_far + left[other] < below:
                heapq.heappush(queue, (so_far + left[other], so_far, [*cities, other], [*path, place]))
    return found


def _distances(lengths: Lengths, beside: Sequence[Sequence[tuple[int, int]]], target: int) -> list[int]:
    """How far each city is from the target by road; farther than any path where no path leads."""
    far = 10 * MICRO * len(lengths)
    distances = [far] * len(lengths)
    distances[target] = 0
    queue = [(0, target)]
    while queue:
        gone, city = heapq.heappop(queue)
        if gone == distances[city]:
            for other, _ in beside[city]:
                if gone + lengths[city][other] < distances[other]:
                    distances[other] = gone + lengths[city][other]
                    heapq.heappush(queue, (distances[other], other))
    return distances


def _distance(one: City, other: City) -> int:
    """At least 1, so that every step leads somewhere."""
    return max(1, math.isqrt((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2))


def _road(one: int, other: int) -> Road:
    return (one, other) if one < other else (other, one)
