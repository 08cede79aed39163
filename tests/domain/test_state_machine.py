"""Any commands in any order: the economy keeps its invariants and agrees with the plain books."""

from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from econonexus.domain import commands as c
from econonexus.domain import events
from econonexus.domain.charges import Charge
from econonexus.domain.commands import Command, DeclareAsset
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import BudgetMode, Unreported
from econonexus.domain.refusals import Refusal, RefusalCode
from tests.audit.test_agreement import assert_agreement
from tests.oracle import PROPERTIES, Oracle, commands_known
from tests.strategies import COMMANDS, USUAL, at, opening
from tests.world import World

PRECEDENCE = list(RefusalCode)
PAYERS = st.sampled_from(["ann", "bob", "pat", "sam", "crew"])
FEW = st.integers(1, 25)
FURTHER = st.lists(
    st.builds(Charge, st.sampled_from(["far-1", "far-1", "far", "usd-b", "run"]), FEW),
    max_size=2,
    unique_by=lambda charge: charge.budget,
)
UNREPORTED = st.sampled_from(Unreported)
Charges = list[Charge]


class EconomyMachine(RuleBasedStateMachine):
    """The economy and the oracle side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.oracle = Oracle()
        self.oracle.submit(DeclareAsset("credit"), self.world.now)
        self.answered: list[Command] = []
        self.relaxed: set[str] = set()
        """Budgets whose rule was changed: the operator may have set them below what is spent."""
        for command in opening():
            self.submit(command)

    @rule(commands=st.lists(COMMANDS, min_size=1, max_size=4))
    def any_commands(self, commands: list[Command]) -> None:
        for command in commands:
            self.submit(at(self.world.now, command))

    @rule(commands=st.lists(USUAL, min_size=4, max_size=12))
    def usual_commands(self, commands: list[Command]) -> None:
        for command in commands:
            self.submit(at(self.world.now, command))

    @rule(commands=st.lists(USUAL, min_size=4, max_size=12), pause=st.integers(1, 25))
    def usual_commands_in_their_time(self, commands: list[Command], pause: int) -> None:
        for command in commands:
            self.world.now += pause
            self.submit(at(self.world.now, command))

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def once_more(self, data: st.DataObject) -> None:
        self.submit(data.draw(st.sampled_from(self.answered)))

    @rule(duration=st.one_of(st.integers(1, 15), st.integers(1, 400)))
    def time_passes(self, duration: int) -> None:
        self.world.now += duration

    @precondition(lambda self: self.world.economy.state.ledger.holds)
    @rule(late_by=st.integers(-1, 3))
    def a_deadline_is_near(self, late_by: int) -> None:
        soonest = self.world.economy.next_deadline()
        assert soonest is not None
        if soonest < self.world.now + 1_000:
            self.world.now = max(self.world.now, soonest + late_by)

    @rule(source=PAYERS, amount=FEW, lasts=st.integers(1, 60), further=FURTHER, unreported=UNREPORTED)
    def a_hold_in_further_limits(
        self, source: str, amount: int, lasts: int, further: Charges, unreported: Unreported
    ) -> None:
        """Under a name of its own, so that there are always some."""
        deadline, name = self.world.now + lasts, f"further-{len(self.answered)}"
        also = tuple(further)
        self.submit(c.PlaceHold(name, source, amount, deadline, also=also, unreported=unreported))

    @precondition(lambda self: self.world.economy.state.ledger.holds)
    @rule(data=st.data(), amount=FEW, further=FURTHER, pause=st.integers(0, 12))
    def an_open_hold_goes_on_or_ends(
        self, data: st.DataObject, amount: int, further: Charges, pause: int
    ) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.economy.state.ledger.holds)))
        self.world.now += pause
        also = tuple(further)
        ways = [
            c.SettleUnreported(name),
            c.SettleUnreported(name),
            c.PostHold(name, amount, also=also),
            c.TopUpHold(name, amount - 1, also=also),
            c.VoidHold(name),
        ]
        self.submit(data.draw(st.sampled_from(ways)))

    @precondition(lambda self: self.world.economy.state.ledger.unreported)
    @rule(data=st.data(), amount=FEW, pause=st.integers(0, 20))
    def an_unreported_hold_is_reconciled(self, data: st.DataObject, amount: int, pause: int) -> None:
        unreported = self.world.economy.state.ledger.unreported
        paid = unreported[data.draw(st.sampled_from(sorted(unreported)))]
        really = [Charge(limit.budget, min(amount - 1, limit.amount)) for limit in paid.hold.also]
        self.world.now += pause
        self.submit(c.ReconcileHold(paid.hold.id, min(amount - 1, paid.amount), tuple(really)))

    @rule(window=st.sampled_from([0, 15]))
    def a_limit_is_closed_and_made_again(self, window: int) -> None:
        self.submit(c.CloseBudget("far-1"))
        self.submit(c.CreateBudget("far-1", 70, "far", "usd", window))

    def teardown(self) -> None:
        assert_agreement(self.world)

    def submit(self, command: Command) -> None:
        self.let_deadlines_pass()
        decision = self.world.submit(command)
        expected = self.oracle.submit(command, self.world.now)
        self.answered.append(command)
        if isinstance(decision, Refusal):
            assert isinstance(expected, set), f"{command}: {decision.sentence()}, but the oracle lets it pass"
            assert decision.code is min(expected, key=PRECEDENCE.index), (command, expected)
        else:
            assert not isinstance(expected, set), f"{command} was accepted, but the oracle finds {expected}"
            assert _notices(decision) == expected
            self.relaxed |= {e.budget for e in decision if isinstance(e, events.BudgetChanged)}
            self.relaxed -= {e.budget for e in decision if isinstance(e, events.BudgetClosed)}
        self.hard_budgets_are_never_exceeded()
        self.the_ledger_agrees_with_the_plain_books()
        self.the_budgets_agree_with_the_plain_books()
        self.the_agents_and_modes_agree_with_the_plain_books()

    def let_deadlines_pass(self) -> None:
        while (due := self.world.economy.due(Instant(self.world.now))) is not None:
            hold = self.world.economy.state.ledger.holds[due.hold]
            assert hold.expires_at <= self.world.now
            assert not isinstance(self.world.economy.decide(due, Instant(self.world.now)), Refusal)
            self.world._decide(due)
            self.oracle.submit(due, self.world.now)

    def the_agents_and_modes_agree_with_the_plain_books(self) -> None:
        state = self.world.economy.state
        assert {
            name: {field: getattr(agent, field) for field in PROPERTIES}
            for name, agent in state.agents.by_id.items()
        } == {name: {field: row[field] for field in PROPERTIES} for name, row in self.oracle.agents.items()}
        modes = state.modes.by_feature.items()
        assert {feature: setting.mode for feature, setting in modes} == self.oracle.modes

    @invariant()
    def the_books_are_in_order(self) -> None:
        self.world.check_history()

    def hard_budgets_are_never_exceeded(self) -> None:
        for budget in self.world.economy.state.budgets.by_id.values():
            if budget.mode is BudgetMode.HARD and budget.id not in self.relaxed:
                spent, carried, _ = budget.figures_at(Instant(self.world.now))
                assert spent + budget.held <= budget.limit + carried

    def the_ledger_agrees_with_the_plain_books(self) -> None:
        ledger = self.world.economy.state.ledger
        plain = {
            name: (row["balance"], self.oracle.held_of(name), row["frozen"], row["budget"])
            for name, row in self.oracle.accounts.items()
        }
        assert {
            name: (account.balance, account.held, account.frozen, account.budget)
            for name, account in ledger.accounts.items()
        } == plain
        assert {
            name: (
                hold.amount,
                hold.expires_at,
                list(hold.budgets),
                {charge.budget: charge.amount for charge in hold.also},
            )
            for name, hold in ledger.holds.items()
        } == {
            name: (row["amount"], row["expires"], row["budgets"], row["also"])
            for name, row in self.oracle.holds.items()
        }
        assert {name: paid.amount for name, paid in ledger.unreported.items()} == {
            name: row["paid"] for name, row in self.oracle.unreported.items()
        }
        assert {asset: ledger.supply(asset) for asset in ledger.assets} == {
            asset: self.oracle.supply(asset) for asset in self.oracle.assets
        }

    def the_budgets_agree_with_the_plain_books(self) -> None:
        now = self.world.now
        self.oracle.now = now
        for row in self.oracle.budgets.values():
            self.oracle._walk_windows(row)
        budgets = self.world.economy.state.budgets.by_id
        assert {
            name: (*budget.figures_at(Instant(now)), budget.held, budget.left(Instant(now)))
            for name, budget in budgets.items()
        } == {
            name: (
                row["spent"],
                row["carried"],
                len(row["alerted"]),
                self.oracle.held_in(name),
                self.oracle.left(name),
            )
            for name, row in self.oracle.budgets.items()
        }


def _notices(decision: tuple[events.Event, ...]) -> list[tuple[object, ...]]:
    notices: list[tuple[object, ...]] = []
    for event in decision:
        if isinstance(event, events.BudgetOverrun):
            notices.append(("overrun", event.budget, event.requested, event.available))
        elif isinstance(event, events.BudgetAlertRaised):
            notices.append(("alert", event.budget, event.threshold))
    return notices


TestEconomy = EconomyMachine.TestCase
TestEconomy.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


@pytest.mark.soak
def test_the_economy_at_length() -> None:
    run_state_machine_as_test(
        EconomyMachine, settings=settings(max_examples=2_000, stateful_step_count=80, deadline=None)
    )


def test_the_oracle_knows_every_command() -> None:
    assert {command.__name__ for command in get_args(Command)} <= commands_known()
