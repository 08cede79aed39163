"""One story: a small economy, the time, and the text of all that happens in it."""

import textwrap

from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND
from econonexus.domain.refusals import Refusal
from tests.audit.test_agreement import assert_agreement
from tests.playthroughs.words import happened, in_credits, line, moment, refused, said
from tests.world import START, World

WIDTH = 110
TIME, WHO = 9, 10
"""The width of the columns that say when, and who."""


class Story:
    """What everybody does, told as it goes. Times are seconds since the story began."""

    def __init__(self, title: str) -> None:
        self.world = World()
        self.lines = [title, "=" * len(title)]

    def note(self, text: str) -> None:
        """Say something to the reader: what is about to happen, and how its numbers come about."""
        self.lines += ["", *textwrap.wrap(" ".join(text.split()), WIDTH - 10), ""]

    def do(self, who: str, *commands: Command) -> None:
        """Somebody asks for something; the answer, and what follows from it."""
        for command in commands:
            self._by_itself(self.world.wait(0))
            decision = self.world.submit(command)
            asked = said(command, who, START)
            self._line(f"{who:<{WHO}}{line(asked)}")
            self._answer(decision, frozenset({*asked[1:], f"agent {who}"}))

    def wait(self, seconds: float) -> None:
        """Let time pass; what happens by itself in it happens at its own time."""
        until = self.world.now + round(seconds * SECOND)
        while (soonest := self.world.economy.next_deadline()) is not None and soonest <= until:
            self._by_itself(self.world.wait(max(0, soonest - self.world.now)))
        self.world.now = until

    def accounts(self, *names: str) -> None:
        """Show what accounts have, and what of it is on hold."""
        for name in names:
            account = self.world.account(name)
            held = f", {in_credits(account.held)} of it on hold" if account.held else ""
            self.lines.append(f"{'':<{TIME + WHO}}= {name}: {in_credits(account.balance)}{held}")

    def budgets(self, *names: str) -> None:
        """Show what is spent, held and left of budgets."""
        for name in names:
            budget = self.world.budget(name)
            spent, carried, _ = budget.figures_at(self.world.now)
            parts = [f"{in_credits(spent)} spent", f"{in_credits(budget.held)} held"]
            left = f"{in_credits(self.world.left(name))} left of {in_credits(budget.limit + carried)}"
            self.lines.append(f"{'':<{TIME + WHO}}= {name}: {', '.join(parts)}, {left}")

    def text(self) -> str:
        """The transcript, once both bookkeepers agree on what happened."""
        self.world.check_history()
        assert_agreement(self.world)
        return "\n".join(self.lines) + "\n"

    def _answer(self, decision: tuple[Event, ...] | Refusal, asked: frozenset[str]) -> None:
        if isinstance(decision, Refusal):
            self._line(f"{'':<{WHO}}✗ {refused(decision)}", untimed=True)
        else:
            for event in decision:
                self._line(f"{'':<{WHO}}→ {line(happened(event, START, asked))}", untimed=True)

    def _by_itself(self, events: list[Event]) -> None:
        for number, event in enumerate(events):
            who = "" if number else "(time)"
            self._line(f"{who:<{WHO}}→ {line(happened(event, START))}", untimed=number > 0)

    def _line(self, text: str, untimed: bool = False) -> None:
        time = "" if untimed else moment(self.world.now - START)
        first = f"{time:>{TIME - 2}}  {text}"
        self.lines += textwrap.wrap(first, WIDTH, subsequent_indent=" " * (TIME + WHO + 2))
