"""Temporal matching: a take-off slot at one airport and the landing slot at another that belongs to it.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, section 4.4 and its figure of the bid generation, with
its default parameters: the four airports of the United States whose slots were regulated. A flight is worth
what its two airports are, dev times, less a tenth for each slot it takes too long and a quarter for each it
lands too late.
Where the text leaves room: distances are great circles between the airports as they stand; LaGuardia and
Kennedy, 18 km apart, have no flights between them; the longest flight takes ten slots of time.
"""

from collections.abc import Iterator

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, Scene, Unsuitable

AIRPORTS = ("ORD", "DCA", "LGA", "JFK")
MILES = {(0, 1): 612, (0, 2): 733, (0, 3): 740, (1, 2): 214, (1, 3): 213}
LONGEST_FLIGHT = 10
MAX_AIRPORT_VALUE = 5
DEVIATION_PPM = 500_000
EARLY_TAKEOFF, LATE_TAKEOFF = 1, 2
EARLY_LAND, LATE_LAND = 1, 2
DELAY_PERCENT = 90
LATE_PERCENT = 75


def draw(dice: Dice, items: int) -> Scene:
    """Slots of time at four airports; each bidder wants one flight. Raises: Unsuitable."""
    if items % len(AIRPORTS) or items < (LONGEST_FLIGHT + 1) * len(AIRPORTS):
        least = (LONGEST_FLIGHT + 1) * len(AIRPORTS)
        raise Unsuitable(
            f"items: {items} is not as many slots at each of four airports; take 4 × n, from {least}"
        )
    times = items // len(AIRPORTS)
    names = [f"{airport}-{time + 1}" for airport in AIRPORTS for time in range(times)]
    return Scene(names, _bidders(dice, times))


def flight_length(miles: int) -> int:
    """How many slots a flight takes at least: its share of the longest, to the nearest slot."""
    longest = max(MILES.values())
    return (2 * LONGEST_FLIGHT * miles + longest) // (2 * longest)


def _bidders(dice: Dice, times: int) -> Iterator[list[Offer]]:
    values = [dice.between(0, MAX_AIRPORT_VALUE * MICRO) for _ in AIRPORTS]
    routes = sorted(MILES)
    while True:
        ends = routes[dice.below(len(routes))]
        origin, target = ends if dice.chance(500_000) else ends[::-1]
        length = flight_length(MILES[ends])
        start = dice.between(1, times - length)
        dev = dice.between(MICRO - DEVIATION_PPM, MICRO + DEVIATION_PPM)
        worth = dev * (values[origin] + values[target]) // MICRO
        flights = [
            (origin * times + takeoff - 1, target * times + land - 1, _price(worth, delay, late))
            for takeoff, land, delay, late in _flights(start, length, times)
        ]
        yield [Offer((min(a, b), max(a, b)), price) for a, b, price in flights if price > 0]


def _flights(start: int, length: int, times: int) -> Iterator[tuple[int, int, int, int]]:
    """Take-off, landing, delay on the way and lateness of each flight that would do; times count from 1."""
    for takeoff in range(max(1, start - EARLY_TAKEOFF), min(times, start + LATE_TAKEOFF) + 1):
        soonest = max(takeoff, start - EARLY_LAND) + length
        for land in range(soonest, min(times, start + length + LATE_LAND) + 1):
            yield takeoff, land, land - takeoff - length, max(0, land - start - length)


def _price(worth: int, delay: int, late: int) -> int:
    return int(worth * DELAY_PERCENT**delay * LATE_PERCENT**late // 100 ** (delay + late))
