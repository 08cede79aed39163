"""The rules by which promises are kept, as commands, events and state share them."""

import msgspec

from econonexus.domain.ids import SECOND, AccountId, Duration
from econonexus.domain.money import MICROS_PER_CREDIT, Amount, Ppm

DAY = Duration(86_400 * SECOND)
HOUR = Duration(3_600 * SECOND)
MINOR, MAJOR, CRITICAL = 1, 2, 5
"""How many times a plain offence each severity counts."""


class Penalty(msgspec.Struct, frozen=True, gc=False):
    """What an offence costs: `rate` of the base for each of its `severity`, after `grace` in a window."""

    rate: Ppm
    severity: int
    grace: int


class PromiseRules(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What whoever works for others must have at stake, what an offence costs it, and how records fade."""

    identity_stake: Amount = Amount(100 * MICROS_PER_CREDIT)
    """What an agent must have at stake before it may take any contract."""
    bond: Ppm = Ppm(1_500_000)
    """What a contract's bond is of its price,"""
    relief: Ppm = Ppm(500_000)
    """and how much of that a perfect record relieves of."""
    unbonding: Duration = Duration(7 * DAY)
    """How long what is withdrawn stays at stake."""
    judging: Duration = DAY
    """How long after the delivery a verdict is waited for; silence is satisfaction."""
    challenge_window: Duration = HOUR
    """How long a verdict can be challenged, and then how long the other side may answer."""
    challenge_bond: Ppm = Ppm(100_000)
    """What either side of a challenge puts up, of the contract's price."""
    deciding: Duration = Duration(7 * DAY)
    """How long a dispute waits for the operator's decision; then the verdict stands."""
    window: Duration = Duration(30 * DAY)
    """Offences further back count no more."""
    compound: bool = False
    """Whether repeated penalties take shares of what is left, instead of adding up."""
    task_failure: Penalty = Penalty(Ppm(100_000), MINOR, 3)
    timeout_violation: Penalty = Penalty(Ppm(250_000), MAJOR, 1)
    byzantine_behavior: Penalty = Penalty(Ppm(1_000_000), CRITICAL, 0)
    reputation_threshold: Penalty = Penalty(Ppm(500_000), MAJOR, 0)
    threshold: Ppm = Ppm(300_000)
    """The score whose crossing from above is an offence of its own."""
    to_insurance: bool = False
    """What is lost on a requester's word alone goes to the insurance fund instead of being burned."""
    half_life_days: int = 30
    """After so many days half of a record's weight is gone."""
    plain_value: Amount = Amount(10 * MICROS_PER_CREDIT)
    """A contract of this price counts as one; others in proportion,"""
    most_weight: int = 5
    """but none as more than so many."""
    loading: Ppm = Ppm(100_000)
    """What insuring costs, of the cover, beyond the chance of failure that the provider's record leaves."""
    insurable: Ppm = Ppm(100_000)
    """In which part of a contract's time it can be insured: later on it shows how it will end."""
    surplus_share: Ppm = Ppm(0)
    """What part of an owner's verified surplus its record alone may be lent; none, unless somebody says so,
    since two owners and their judge can make a surplus up."""
    lending: Amount = Amount(0)
    """How much of the treasury secures lines, at most; what it does not have secures nothing."""
    repaying: Duration = Duration(30 * DAY)
    """How long after it was drawn a debt is called."""

    trusted: tuple[AccountId, ...] = ()
    """Owners whose word about others counts fully. That of others counts by what is said of them, on ways
    that begin there. None, and everybody's counts fully: without anchors no rule withstands new names."""
    consistency_bonus: Ppm = Ppm(100_000)
    """What an owner gains in the multiplier of its bonuses that keeps its promises nine times in ten,"""
    cooperation_bonus: Ppm = Ppm(100_000)
    """and what one that delivers nine times in ten."""


class Judging(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who says how a contract was kept: its requester, a verifier, or `quorum` of several attestors."""

    judges: tuple[str, ...] = ()
    """Agents; none, and the requester judges; one is a verifier."""
    quorum: int = 1
    """So many of them must say the same."""


class Component(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The evidence for one side of a reputation, in millionths of a plain contract."""

    good: int = 0
    bad: int = 0


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is known of an owner: evidence as of `day`, counted in days since 1970-01-01 UTC."""

    reliability: Component = Component()
    performance: Component = Component()
    honesty: Component = Component()
    cooperation: Component = Component()
    day: int = 0
