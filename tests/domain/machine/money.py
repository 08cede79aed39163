"""Money, holds and budgets: rules that keep further limits and unreported holds busy."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from econonexus.domain import events
from econonexus.domain.charges import Charge
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import BudgetMode, Unreported
from tests.domain.machine.walk import Walk
from tests.oracle import PROPERTIES

PAYERS = st.sampled_from(["ann", "bob", "pat", "sam", "crew"])
FEW = st.integers(1, 25)
FURTHER = st.lists(
    st.builds(Charge, st.sampled_from(["far-1", "far-1", "far", "usd-b", "run"]), FEW),
    max_size=2,
    unique_by=lambda charge: charge.budget,
)
UNREPORTED = st.sampled_from(Unreported)
Charges = list[Charge]


class MoneyWalk(Walk):
    """Accounts, holds, budgets, agents."""

    def __init__(self) -> None:
        self.relaxed: set[str] = set()
        """Budgets whose rule was changed: the operator may have set them below what is spent."""
        super().__init__()

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

    def happened(self, decision: tuple[events.Event, ...]) -> None:
        super().happened(decision)
        self.relaxed |= {e.budget for e in decision if isinstance(e, events.BudgetChanged)}
        self.relaxed -= {e.budget for e in decision if isinstance(e, events.BudgetClosed)}

    def agree(self) -> None:
        super().agree()
        self.hard_budgets_are_never_exceeded()
        self.the_ledger_agrees_with_the_plain_books()
        self.the_budgets_agree_with_the_plain_books()
        self.the_agents_and_modes_agree_with_the_plain_books()

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

    def the_agents_and_modes_agree_with_the_plain_books(self) -> None:
        state = self.world.economy.state
        assert {
            name: {field: getattr(agent, field) for field in PROPERTIES}
            for name, agent in state.agents.by_id.items()
        } == {name: {field: row[field] for field in PROPERTIES} for name, row in self.oracle.agents.items()}
        modes = state.modes.by_feature.items()
        assert {feature: setting.mode for feature, setting in modes} == self.oracle.modes
