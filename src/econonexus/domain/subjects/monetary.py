"""Monetary policy: the rules in force, when a period ends, and what humans gave away today."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import Instant
from econonexus.domain.money import Amount
from econonexus.domain.policy import DAY, Policy


def day_of(now: int) -> int:
    """The day of an instant, UTC, counted from 1970-01-01."""
    return now // DAY


class Monetary(msgspec.Struct, omit_defaults=True):
    """The policy and how far it has come. Only events change it."""

    policy: Policy = Policy()
    next_at: Instant | None = None
    """When the period ends, if anything is issued then."""
    counted: int = 0
    """What the burn account has beyond this was burned in the period."""
    waiting: Amount = Amount(0)
    """What was to be issued again while nobody had room for it."""
    day: int = 0
    rewarded: Amount = Amount(0)
    """What humans gave on that day."""
    last: events.PolicyApplied | None = None
    """The last time that allowances were issued."""

    def rewarded_on(self, day: int) -> Amount:
        """What humans have given on a day that is not over."""
        return self.rewarded if self.day == day else Amount(0)

    def set(self, event: events.PolicySet) -> None:
        """Go by other rules."""
        self.policy, self.next_at, self.counted = event.policy, event.next_at, event.counted
        if not event.policy.recycle:
            self.waiting = Amount(0)

    def apply(self, event: events.PolicyApplied) -> None:
        """Begin the next period."""
        self.next_at, self.counted, self.waiting = event.next_at, event.counted, event.waiting
        self.last = event

    def reward(self, event: events.HumanRewardIssued) -> None:
        """Count what a human gave."""
        self.day, self.rewarded = event.day, event.rewarded
