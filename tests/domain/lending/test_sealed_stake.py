"""What a sealed bid is lent by its agent's stake is not told where too little of that stake is left.

Pia's record is above 0.82926 = 0.05^(1/16). A contract at 60 takes a bond of 90, less 0.65852 of its half,
29: that is 61. Of her 100 at stake a bid of 140 with 100 of her own takes 40, and leaves 60.
"""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Verdict
from econonexus.domain.promises import Judging, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.lending.market import Lending
from tests.domain.workshop import OFFERS, of_kind

UNTOLD = Refusal(No.STAKE_TOO_SMALL, "agent", "pia.2", 61, None)


@pytest.fixture
def world() -> Lending:
    lending = Lending(rules=PromiseRules(identity_stake=100))
    lending.known("0.8")
    lending.join("pia.2", own=100, stake=100)
    lending.do(c.ChangeAgent("pia.2", capabilities=("work",)))
    lending.open()
    return lending


def test_an_offer_that_is_refused_does_not_tell_it(world: Lending) -> None:
    world.ask("task", 60)
    world.bid("pia.2", 140)

    assert world.refusal(world.offer("task", "pia.2", 50)) == UNTOLD
    assert world.refusal(c.UnbondStake("pia.2", 61)).available is None


def test_an_offer_that_is_opened_does_not_tell_it(world: Lending) -> None:
    world.ask("task", 60)
    world.do(world.offer("task", "pia.2", 50))
    world.bid("pia.2", 140)

    (failed,) = of_kind(e.TaskFailed, world.wait(OFFERS))

    assert failed.offers == (e.OpenedOffer("pia.2", 50, None, "stake_too_small", 61, None),)


def test_a_vote_that_is_refused_does_not_tell_it(world: Lending) -> None:
    contract = world.award(610, {"quin": 610}, Judging(("vera", "ruth", "pia.2"), 2))
    world.deliver(contract)
    world.bid("pia.2", 140)

    assert world.refusal(c.JudgeContract(contract.id, "pia.2", Verdict.POOR)) == UNTOLD


def test_once_the_bid_is_opened_it_is_told(world: Lending) -> None:
    world.ask("task", 60)
    world.bid("pia.2", 140)
    assert world.close() == {"pia.2": 0}
    # What was lent and is not owed is free again; of another 40 that are withdrawn everybody may know.
    world.do(c.UnbondStake("pia.2", 40))

    assert world.refusal(world.offer("task", "pia.2", 50)).available == 60
