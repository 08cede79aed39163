"""Any commands in any order: the economy keeps its invariants and agrees with the plain books."""

from typing import get_args

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from econonexus.domain.commands import Command
from tests.domain.machine.attention import AttentionWalk
from tests.domain.machine.markets import MarketsWalk
from tests.domain.machine.money import MoneyWalk
from tests.domain.machine.orders import OrdersWalk
from tests.domain.machine.requests import RequestsWalk
from tests.domain.machine.running import RunningWalk
from tests.domain.machine.stakes import StakesWalk
from tests.oracle import commands_known


class EconomyMachine(
    StakesWalk, RunningWalk, RequestsWalk, OrdersWalk, AttentionWalk, MarketsWalk, MoneyWalk
):
    """All subjects together."""


BUNDLES = {"RunSchedule", "SubmitOutcome"}
"""They have a walk of their own, `test_bundle_machine`, which tries all outcomes and has the second books."""
PROMISES = {
    *("PostTask", "CancelTask", "OfferWork", "WithdrawOffer", "AdvanceTask", "ReportDelivery"),
    *("JudgeContract", "ChallengeVerdict", "DefendVerdict", "DecideDispute", "AdvanceContract"),
    *("InsureContract", "CallDebt", "WeighFeedback"),
}
"""So have these: `test_promise_machine` with the second books, `test_no_bond_escapes` with plain ones."""

TestEconomy = EconomyMachine.TestCase
TestEconomy.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


@pytest.mark.soak
def test_the_economy_at_length() -> None:
    run_state_machine_as_test(
        EconomyMachine, settings=settings(max_examples=2_000, stateful_step_count=80, deadline=None)
    )


def test_the_oracle_knows_every_command() -> None:
    assert {command.__name__ for command in get_args(Command)} <= commands_known() | BUNDLES | PROMISES
