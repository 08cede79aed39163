"""Reputations: what is known of every owner from the contracts of its agents."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId
from econonexus.domain.mechanisms.promises import beta
from econonexus.domain.money import Ppm
from econonexus.domain.promises import Component, Record

NOTHING = Record()


class Reputations(msgspec.Struct):
    """All records. Only events change them; who has none is a newcomer."""

    by_owner: dict[AccountId, Record] = {}

    def of(self, owner: AccountId) -> Record:
        """The record of an owner, as of its last change."""
        return self.by_owner.get(owner, NOTHING)

    def change(self, event: events.ReputationChanged) -> None:
        """Keep an owner's new record."""
        self.by_owner[event.owner] = event.record


def components(record: Record) -> tuple[Component, ...]:
    """The four sides of a reputation."""
    return record.reliability, record.performance, record.honesty, record.cooperation


def score(record: Record) -> Ppm:
    """The overall score: the mean of the four sides."""
    sides = components(record)
    return Ppm(sum(beta.mean(side.good, side.bad) for side in sides) // len(sides))


def lower_bound(record: Record) -> Ppm:
    """What the overall score is at least, but for one chance in twenty; what benefits go by."""
    sides = components(record)
    good, bad = sum(side.good for side in sides), sum(side.bad for side in sides)
    return beta.lower_bound(good // len(sides), -(-bad // len(sides)))


def proven_quality(record: Record) -> Ppm:
    """How good the work is at least, but for one chance in twenty; what offers are compared by.

    Of performance alone: it is what a payment by quality counts, and the other sides would flatter whoever is
    honest and punctual but not good.
    """
    return beta.lower_bound(record.performance.good, record.performance.bad)


def proven_reliability(record: Record) -> Ppm:
    """How often promises are kept at least, but for one chance in twenty; what insuring them goes by."""
    return beta.lower_bound(record.reliability.good, record.reliability.bad)
