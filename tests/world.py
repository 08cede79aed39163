"""A small economy to try things on, with the invariants checked after every step."""

from collections.abc import Sequence as Many

from econonexus.domain.commands import Command, CreateBudget, DeclareAsset, Mint, OpenAccount
from econonexus.domain.economy import Economy
from econonexus.domain.events import Event
from econonexus.domain.ids import CREDIT, AccountId, BudgetId, Instant, Sequence
from econonexus.domain.ledger import Account
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.subjects.budgets import Budget
from tests import invariants

START = 1_000
"""The time at which a world begins, in ns: small, so that deadlines and windows can be worked by hand."""


class World:
    """An economy with `credit`, the time, and all that happened."""

    def __init__(self) -> None:
        self.economy = Economy()
        self.now = START
        self.log: list[invariants.Logged] = []
        self.do(DeclareAsset(CREDIT))

    def do(self, *commands: Command | int) -> tuple[Event, ...]:
        """Carry commands out, none of which may be refused; the events of the last.

        A number among them lets so much time pass.
        """
        happened: tuple[Event, ...] = ()
        for command in commands:
            if isinstance(command, int):
                self.wait(command)
                continue
            decision = self.submit(command)
            assert not isinstance(decision, Refusal), f"{command}: {decision.sentence()}"
            happened = decision
        return happened

    def refusal(self, command: Command) -> Refusal:
        """Why a command is refused; nothing but the journal's length may change by it."""
        before = self.economy.state.digest()
        decision = self.economy.decide(command, Instant(self.now))
        assert isinstance(decision, Refusal), f"{command} was accepted: {decision}"
        assert self.economy.state.digest() == before
        return decision

    def code(self, command: Command) -> RefusalCode:
        """The code with which a command is refused."""
        return self.refusal(command).code

    def submit(self, command: Command) -> tuple[Event, ...] | Refusal:
        """Decide a command now, after all that is due, and let its events happen."""
        self.wait(0)
        return self._decide(command)

    def wait(self, duration: int) -> list[Event]:
        """Let time pass, and what falls due happen; what did."""
        self.now += duration
        happened: list[Event] = []
        while (due := self.economy.due(Instant(self.now))) is not None:
            decision = self._decide(due)
            assert not isinstance(decision, Refusal)
            happened += decision
        return happened

    def account(self, name: str) -> Account:
        return self.economy.state.ledger.accounts[AccountId(name)]

    def balance(self, name: str) -> int:
        return self.account(name).balance

    def available(self, name: str) -> int:
        return self.account(name).available

    def budget(self, name: str) -> Budget:
        return self.economy.state.budgets.by_id[BudgetId(name)]

    def left(self, name: str) -> int:
        return self.budget(name).left(Instant(self.now))

    def check_history(self) -> None:
        """Invariants 4 and 7, which look at everything since the beginning."""
        invariants.check_history(self.economy.state, self.log)

    def _decide(self, command: Command) -> tuple[Event, ...] | Refusal:
        decision = self.economy.decide(command, Instant(self.now))
        for happened in (decision,) if isinstance(decision, Refusal) else decision:
            sequence = len(self.log) + 1
            self.log.append((sequence, self.now, happened))
            self.economy.apply(happened, Sequence(sequence), Instant(self.now))
        invariants.check(self.economy.state)
        return decision


def wallet(name: str, credits_ucr: int = 0, budget: str | None = None) -> list[Command]:
    """What opens a wallet and fills it."""
    account = AccountId(name)
    opened = OpenAccount(account, account, budget=None if budget is None else BudgetId(budget))
    return [opened, Mint(account, Amount(credits_ucr))] if credits_ucr else [opened]


def nested(*levels: tuple[str, int]) -> list[Command]:
    """What makes budgets, each beneath the one before: (name, limit)."""
    parents: Many[BudgetId | None] = [None, *(BudgetId(name) for name, _ in levels)]
    return [
        CreateBudget(BudgetId(name), Amount(limit), parent, alerts=())
        for (name, limit), parent in zip(levels, parents, strict=False)
    ]
