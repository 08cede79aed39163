"""Small random auctions, by seed: few prices, so that ties are common, and owners with several bids."""

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

from econonexus.domain.mechanisms.bids import Auction, Bid

ITEMS = ("gpu", "cpu")


def single_unit(seed: int, supply: Mapping[str, int] | None = None) -> Auction:
    """Bids of one unit; sometimes of none, or of two."""
    dice = random.Random(seed)
    bids = [
        bid(place, dice, units=dice.choice((1, 1, 1, 1, 0, 2)), price=dice.randrange(9))
        for place in range(dice.randrange(7))
    ]
    return Auction(bids, supply or dict.fromkeys(ITEMS, 1), {"gpu": dice.randrange(4)})


def multi_unit(seed: int) -> Auction:
    """Schedules of several bids for several units."""
    dice = random.Random(seed)
    bids = [
        bid(place, dice, units=dice.randrange(4), price=dice.randrange(9))
        for place in range(dice.randrange(8))
    ]
    return Auction(
        bids, {item: dice.randrange(6) for item in ITEMS}, {item: dice.randrange(4) for item in ITEMS}
    )


def two_sided(seed: int, most_units: int = 3) -> Auction:
    """Bids and asks that often cross."""
    dice = random.Random(seed)
    bids = [
        bid(place, dice, units=dice.randrange(most_units + 1), price=dice.randrange(9))
        for place in range(dice.randrange(9))
    ]
    sides = [dice.choice(("buy", "sell")) for _ in bids]
    return Auction(
        [
            Bid(b.id, b.agent, b.owner, b.item, b.units, b.unit_price, side)
            for b, side in zip(bids, sides, strict=True)
        ]
    )


def tender(seed: int) -> Auction:
    """Offers to do a task, with a quality in tenths."""
    dice = random.Random(seed)
    bids = []
    for place in range(dice.randrange(6)):
        b = bid(place, dice, units=1, price=dice.randrange(12))
        quality = Fraction(dice.randrange(11), 10)
        bids.append(Bid(b.id, b.agent, b.owner, b.item, 1, b.unit_price, "sell", quality))
    return Auction(bids, dict.fromkeys(ITEMS, 1))


def bid(place: int, dice: random.Random, units: int, price: int) -> Bid:
    agent = f"a{dice.randrange(5)}"
    # Agents a3 and a4 are of one house.
    owner = "house" if agent in ("a3", "a4") else agent
    return Bid(f"b{place}", agent, owner, dice.choice(ITEMS), units, price)


def seeds(count: int) -> Iterator[int]:
    yield from range(count)
