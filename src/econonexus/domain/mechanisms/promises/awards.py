"""Who gets a task, for what, and what it is paid once its quality is known: `procurement`, in whole numbers.

Quality, in parts per million, is the lower bound of the record's performance when the task is awarded, and
what a judge saw when it is paid.

Source: Che (1993) and Porter et al. (2008), as for `procurement`.
Complexity: O(n log n).
Promises: those of `procurement`; with the quality that was expected, `realised` is the payment of the award.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from econonexus.domain.mechanisms import procurement
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.money import PPM_ONE, Amount, Ppm

TASK = "task"


class Offer(NamedTuple):
    """What somebody would do the task for, and how good it is expected to be."""

    agent: str
    owner: str
    price: int
    quality: Ppm


class Won(NamedTuple):
    """The best offer, what it receives, and whose score that follows from; nobody's, if no rival was left."""

    offer: Offer
    payment: Amount
    second: Offer | None


def award(offers: Sequence[Offer], ceiling: int, quality_weight: int) -> Won | None:
    """The least score of the offers, earliest accepted first, and the second; None without an offer."""
    bids = [
        Bid(str(place), offer.agent, offer.owner, TASK, 1, offer.price, "sell", _of_one(offer.quality))
        for place, offer in enumerate(offers)
    ]
    cleared = procurement.clear(Auction(bids, {TASK: 1}), ceiling, Fraction(quality_weight))
    if not cleared.allocation:
        return None
    (won,) = cleared.allocation
    offer = offers[int(won.bid)]
    rivals = [each for each in offers if each.owner != offer.owner]
    second = min(rivals, key=lambda each: score(each, quality_weight), default=None)
    return Won(offer, Amount(won.amount), second)


def score(offer: Offer, quality_weight: int) -> Fraction:
    """What an offer costs once its quality is counted; less is better."""
    return offer.price - quality_weight * _of_one(offer.quality)


def realised(second: Offer | None, quality: Ppm, ceiling: int, quality_weight: int) -> Amount:
    """What the winner receives for work of this quality; the ceiling where it had no rival."""
    if second is None:
        return Amount(ceiling)
    weight = Fraction(quality_weight)
    return Amount(procurement.owed(score(second, quality_weight), weight, _of_one(quality), ceiling))


def _of_one(quality: Ppm) -> Fraction:
    return Fraction(quality, PPM_ONE)
