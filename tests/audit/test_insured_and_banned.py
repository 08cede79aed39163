"""A ban ends other contracts before the one that led to it; what was insured earlier is not due again."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Verdict
from econonexus.domain.promises import Judging, PromiseRules
from tests.audit.test_agreement import assert_agreement
from tests.world import World

RULES = PromiseRules(identity_stake=50, judging=15, challenge_window=6, plain_value=9, insurable=1_000_000)


def test_a_ban_right_after_a_claim() -> None:
    """pia fails in two tasks, one of them insured; zoe has both then, and acts in bad faith in one."""
    world = World()
    world.do(
        c.SetPromiseRules(RULES),
        c.CreateAgent("rex", credits=1_500),
        c.CreateAgent("vic"),
        *(c.CreateAgent(name, capabilities=("work",), credits=500) for name in ("pia", "zoe", "sam")),
        *(c.PostStake(name, 450) for name in ("pia", "zoe", "sam")),
        c.Mint("insurance", 100),
    )
    until = world.now + 1
    for task in ("f1", "f2"):
        world.do(c.PostTask(task, "rex", "work", 60, until, until + 50, Judging(("vic",))))
        world.do(*(c.OfferWork(task, name, price) for name, price in (("pia", 10), ("zoe", 20), ("sam", 40))))
    world.wait(1)
    world.do(c.InsureContract("f2:1", "rex", 8))
    for contract in ("f1:1", "f2:1"):
        world.do(c.ReportDelivery(contract, "pia"), c.JudgeContract(contract, "vic", Verdict.POOR))
    paid = [each for each in world.wait(6) if isinstance(each, e.ClaimPaid)]
    assert [each.contract for each in paid] == ["f2:1"]
    world.do(c.ReportDelivery("f1:2", "zoe"), c.JudgeContract("f1:2", "vic", Verdict.BYZANTINE))
    happened = [type(each).__name__ for each in world.wait(6)]
    assert happened[:3] == ["ContractSettled", "TaskReopened", "ContractSettled"]
    assert "ClaimPaid" not in happened
    assert_agreement(world)
