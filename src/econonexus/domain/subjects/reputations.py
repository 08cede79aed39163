"""Reputations: what is known of every owner from the contracts of its agents."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, Instant
from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import beta
from econonexus.domain.money import Ppm
from econonexus.domain.promises import Component, Record

NOTHING = Record()
KEPT = (Verdict.EXCELLENT, Verdict.SATISFACTORY)


class Reputations(msgspec.Struct):
    """All records, and whose praise counts. Only events change them; who has none is a newcomer."""

    by_owner: dict[AccountId, Record] = {}
    praise: dict[AccountId, dict[AccountId, int]] = {}
    """What each owner said of others: millionths of a plain contract kept, less those that were not."""
    credibility: dict[AccountId, Ppm] = {}
    """Of those owners of whom it is more than nothing, as it was weighed last."""
    weigh_at: Instant | None = None
    """When it is to be weighed next; None where nothing has changed."""

    def of(self, owner: AccountId) -> Record:
        """The record of an owner, as of its last change."""
        return self.by_owner.get(owner, NOTHING)

    def credibility_of(self, owner: AccountId) -> Ppm:
        """How much an owner's word counts."""
        return self.credibility.get(owner, Ppm(0))

    def change(self, event: events.ReputationChanged) -> None:
        """Keep an owner's new record, and what was said of it by whom."""
        self.by_owner[event.owner] = event.record
        said = event.said if event.verdict in KEPT else -event.said
        for rater in event.raters:
            given = self.praise.setdefault(rater, {})
            given[event.owner] = given.get(event.owner, 0) + said

    def expect(self, at: Instant) -> None:
        """Note when praise is to be weighed, unless that is sooner already."""
        self.weigh_at = at if self.weigh_at is None else min(at, self.weigh_at)

    def weigh(self, event: events.CredibilitiesSet) -> None:
        """Keep how much words count from now on."""
        self.weigh_at = None
        for owner, share in event.credibility.items():
            if share:
                self.credibility[owner] = share
            else:
                self.credibility.pop(owner, None)


def components(record: Record) -> tuple[Component, ...]:
    """The four sides of a reputation."""
    return record.reliability, record.performance, record.honesty, record.cooperation


def mean_of(side: Component) -> Ppm:
    """What one side comes to: a half where nothing is known."""
    return beta.mean(side.good, side.bad)


def score(record: Record) -> Ppm:
    """The overall score, as it is shown: the mean of the four sides."""
    sides = components(record)
    return Ppm(sum(mean_of(side) for side in sides) // len(sides))


def lower_bound(record: Record) -> Ppm:
    """What every side of the record is at least, but for one chance in twenty; what benefits go by.

    The weakest side decides, since manners are no substitute for work that is done. It is one of two: whoever
    kept a promise was cooperative and honest about it.
    """
    return min(proven_quality(record), proven_reliability(record))


def proven_quality(record: Record) -> Ppm:
    """How good the work is at least, but for one chance in twenty; what offers are compared by.

    Of performance alone: it is what a payment by quality counts, and the other sides would flatter whoever is
    honest and punctual but not good.
    """
    return beta.lower_bound(record.performance.good, record.performance.bad)


def proven_reliability(record: Record) -> Ppm:
    """How often promises are kept at least, but for one chance in twenty; what insuring them goes by."""
    return beta.lower_bound(record.reliability.good, record.reliability.bad)
