"""What a record proves: of the quality of the work, and of promises kept, each by its own side alone."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AgentId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import Component, Penalty, PromiseRules, Record
from econonexus.domain.subjects.reputations import proven_quality, proven_reliability
from tests.domain.workshop import CR, Workshop

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


def test_insuring_is_dear_where_promises_are_broken_politely() -> None:
    shop = Workshop(PromiseRules(task_failure=Penalty(Ppm(0), 1, 0)))
    for _ in range(4):
        shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), Verdict.POOR)
    contract = shop.award(10 * CR, {"pia": 10 * CR})

    (insured,) = shop.do(c.InsureContract(contract.id, AgentId("rita"), Amount(10 * CR)))

    # Always poor, though honest and in time: of what is promised nothing can be relied on.
    assert isinstance(insured, e.ContractInsured)
    assert insured.premium == 10 * CR
