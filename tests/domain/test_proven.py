"""What a record proves: of the quality of the work, and of promises kept, each by its own side alone."""

from econonexus.domain.promises import Component, Record
from econonexus.domain.subjects.reputations import proven_quality, proven_reliability

ONCE = Component(good=1_000_000)
OFTEN = Component(good=50_000_000)
# After one success of the weight of a plain contract the rate is distributed as Beta(2, 1), whose
# distribution function is x²: 0.05 at 0.223606…. Without evidence it is x: 0.05 at 0.05.
ONE_SUCCESS, NOTHING = 223_606, 50_000


def test_quality_is_proven_by_performance_alone() -> None:
    honest_but_untried = Record(reliability=OFTEN, honesty=OFTEN, cooperation=OFTEN)

    assert proven_quality(Record(performance=ONCE)) == ONE_SUCCESS
    assert proven_quality(honest_but_untried) == NOTHING


def test_reliability_is_proven_by_promises_kept_alone() -> None:
    polite_but_untried = Record(performance=OFTEN, honesty=OFTEN, cooperation=OFTEN)

    assert proven_reliability(Record(reliability=ONCE)) == ONE_SUCCESS
    assert proven_reliability(polite_but_untried) == NOTHING
