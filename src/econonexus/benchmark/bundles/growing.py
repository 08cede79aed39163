"""Bidders who want what lies together, as regions and arbitrary relationships have them.

Source: Leyton-Brown, Pearson and Shoham, EC 2000, sections 4.2 and 4.3, figure of the bid generation, with
its default parameters; values are uniform. An item x is worth c(x) to all and p(x) more to the bidder, a
bundle what its items are and |B|^1.2. A bidder bids on a first bundle, and instead of it on up to five
others as large, each grown from one of its items, if they cost no more than its budget and would fetch
enough if resold.
Where the text leaves room: a bundle that has all items is not grown further; a bid is above 0.
"""

from collections.abc import Callable, Iterator, Sequence

from econonexus.benchmark.bundles.dice import Dice
from econonexus.benchmark.bundles.scene import MICRO, Offer, complementarity

MAX_ITEM_VALUE = 100
MAX_SUBSTITUTABLE_BIDS = 5
ADDITIONAL_ITEM_PPM = 900_000
DEVIATION_PERCENT = 50
BUDGET_PERCENT = 150
RESALE_PERCENT = 50

Grow = Callable[[list[int], Sequence[int]], int]
"""Picks the next item of a bundle, given how each item appeals to the bidder, in thousandths."""


def bidders(dice: Dice, items: int, grow: Grow) -> Iterator[list[Offer]]:
    """An endless queue of them, in a world whose common values are drawn first."""
    common = [dice.between(MICRO, MAX_ITEM_VALUE * MICRO) for _ in range(items)]
    while True:
        yield _offers(dice, common, grow)


def _offers(dice: Dice, common: Sequence[int], grow: Grow) -> list[Offer]:
    """What one bidder offers: nothing if its first bundle is worth nothing to it, and the next one comes."""
    widest = DEVIATION_PERCENT * MAX_ITEM_VALUE * MICRO // 100
    private = [dice.between(-widest, widest) for _ in common]
    appeal = [1_000 * (extra + widest) // (2 * widest) for extra in private]
    values = [worth + extra for worth, extra in zip(common, private, strict=True)]
    first = _first_bundle(dice, appeal, grow)
    price = _value(values, first)
    if price <= 0:
        return []
    ceiling = BUDGET_PERCENT * price // 100
    resale = RESALE_PERCENT * sum(common[item] for item in first) // 100
    others = [
        Offer(tuple(sorted(bundle)), _value(values, bundle))
        for bundle in (_grown([item], len(first), appeal, grow) for item in first)
        if sum(common[item] for item in bundle) >= resale
    ]
    within = sorted((other for other in others if 0 < other.price <= ceiling), key=lambda other: -other.price)
    return [Offer(tuple(sorted(first)), price), *within[:MAX_SUBSTITUTABLE_BIDS]]


def _first_bundle(dice: Dice, appeal: Sequence[int], grow: Grow) -> list[int]:
    bundle = [dice.weighted(appeal)]
    while len(bundle) < len(appeal) and dice.chance(ADDITIONAL_ITEM_PPM):
        bundle.append(grow(bundle, appeal))
    return bundle


def _grown(bundle: list[int], size: int, appeal: Sequence[int], grow: Grow) -> list[int]:
    while len(bundle) < size:
        bundle.append(grow(bundle, appeal))
    return bundle


def _value(values: Sequence[int], bundle: Sequence[int]) -> int:
    return sum(values[item] for item in bundle) + complementarity(len(bundle))
