"""Worked cases of monetary policy; `test_policy` has what it comes to."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.ids import SECOND
from econonexus.domain.policy import DAY, Policy
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import Accepted, Case
from tests.world import START

BIGGEST = 2**63 - 1
BY_DEADLINE: set[type[Command]] = {c.ApplyPolicy}
RECYCLING = Policy(recycle=1_000_000)
EVERY_SECOND = Policy(SECOND, 500_000, 40, 50, 7)

ACCEPTED = [
    Accepted(c.SetPolicy(Policy(daily_rewards=7)), (e.PolicySet(Policy(daily_rewards=7), None, 25),), ()),
    Accepted(c.SetPolicy(RECYCLING), (e.PolicySet(RECYCLING, START + DAY, 25),), ()),
    Accepted(c.SetPolicy(EVERY_SECOND), (e.PolicySet(EVERY_SECOND, START + SECOND, 25),), ()),
    # What was burned since the first one counts for the second, too.
    Accepted(
        c.SetPolicy(EVERY_SECOND),
        (e.PolicySet(EVERY_SECOND, START + SECOND, 25),),
        (c.SetPolicy(RECYCLING), c.Burn("bob", 9)),
    ),
]
# 20 that nobody reported lie in the burn account of that town already.
ACCEPTED = [each._replace(first=(c.Burn("bob", 5), *each.first)) for each in ACCEPTED]

ODD = (
    Policy(period=SECOND - 1),
    Policy(period=BIGGEST + 1),
    Policy(period=2.5 * SECOND),
    Policy(recycle=-1),
    Policy(recycle=1_000_001),
    Policy(target=-1),
    Policy(target=BIGGEST + 1),
    Policy(carry_over=-1),
    Policy(daily_rewards=None),
    Policy(daily_rewards=-1),
)
REFUSED = {
    c.SetPolicy: [Case(No.INVALID_POLICY, c.SetPolicy(policy)) for policy in ODD],
    c.ApplyPolicy: [
        Case(No.POLICY_NOT_DUE, c.ApplyPolicy()),
        Case(No.POLICY_NOT_DUE, c.ApplyPolicy(), (c.SetPolicy(RECYCLING),)),
    ],
}
FORMS: list[Case] = []
PRECEDENCE: list[Case] = []
