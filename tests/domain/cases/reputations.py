"""Worked cases of what is said of owners; `test_reputations` has what records come to."""

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.promises import PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import Accepted, Case

BY_DEADLINE: set[type[Command]] = {c.WeighFeedback}
ANCHORED = c.SetPromiseRules(PromiseRules(trusted=("crew",)))
ODD = (
    PromiseRules(trusted=("a b",)),
    PromiseRules(trusted=("crew", "crew")),
    PromiseRules(trusted=tuple(f"o{number}" for number in range(1_001))),
    PromiseRules(consistency_bonus=1_000_001),
    PromiseRules(cooperation_bonus=-1),
    PromiseRules(half_life_days=0),
    PromiseRules(half_life_days=3_661),
    PromiseRules(most_weight=1_001),
    PromiseRules(plain_value=0),
)

ACCEPTED: list[Accepted] = []
REFUSED: dict[type[Command], list[Case]] = {
    c.WeighFeedback: [
        Case(No.FEEDBACK_NOT_DUE, c.WeighFeedback()),
        # It was weighed at once when the operator said whom it trusts.
        Case(No.FEEDBACK_NOT_DUE, c.WeighFeedback(), (ANCHORED, 1)),
    ],
    c.SetPromiseRules: [Case(No.INVALID_PROMISE_RULES, c.SetPromiseRules(rules)) for rules in ODD],
}
FORMS: list[Case] = []
PRECEDENCE: list[Case] = []
