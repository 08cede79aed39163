"""Money reserved for a bid, an order, a request, kept a second time. It ends as they do, and only so."""

from collections.abc import Iterator
from typing import NamedTuple

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import MAX, Fields, names, whole
from econonexus.audit.standing import Standing
from econonexus.audit.wrong import Wrong


class Pledge(NamedTuple):
    """A reserved movement; its amount is None where it is sealed and withheld from the auditor."""

    source: str
    destination: str
    amount: int | None
    levels: list[str]
    agent: str | None
    """The agent that draws on its team's wallet, if one does."""


class Pledges:
    """All that is reserved so, each under the name of what it is for: `bid a b`."""

    def __init__(self, accounts: Accounts, budgets: Budgets, standing: Standing) -> None:
        self._accounts = accounts
        self._budgets = budgets
        self._standing = standing
        self.open: dict[str, Pledge] = {}

    def place(self, name: str, agent: str, e: Fields, destination: str, amount: int | None, now: int) -> None:
        """Reserve an amount of the event's source for a destination, in the budgets that it would leave."""
        if name in self.open:
            raise Wrong(f"reserves for {name} a second time")
        source, levels = str(e["source"]), names(e.get("budgets"))
        drawing = self._standing.check_payer(agent, source)
        self._standing.check_free(source, drawing)
        self._accounts.check_way("pledged", source, destination)
        self._budgets.check_payment(
            levels, self._standing.above(source, drawing), self._standing.above(destination)
        )
        self.open[name] = Pledge(source, destination, None if amount is None else 0, levels, drawing)
        self._reserve(name, amount, now)

    def back(self, name: str, account: str, destination: str, amount: int) -> None:
        """Reserve an amount of what is at stake, which no budget counts and no freezing stops."""
        if name in self.open:
            raise Wrong(f"reserves for {name} a second time")
        self.open[name] = Pledge(account, destination, 0, [], None)
        self._reserve(name, amount, 0)

    def follow(self, name: str, before: Pledge, e: Fields, amount: int | None, now: int) -> None:
        """Reserve an amount where another pledge had been: of the same account, in the same budgets."""
        if (e["source"], names(e.get("budgets"))) != (before.source, before.levels):
            raise Wrong(f"reserves for {name} elsewhere than what was reserved before")
        self._standing.check_free(before.source, before.agent)
        self.open[name] = before._replace(amount=None if amount is None else 0)
        self._reserve(name, amount, now)

    def set_aside(
        self, name: str, agent: str, account: str, levels: list[str], amount: int, now: int
    ) -> None:
        """Reserve an amount of what pays for an agent, in all budgets above it: for whom is not known yet."""
        if name in self.open:
            raise Wrong(f"reserves for {name} a second time")
        drawing = self._standing.check_payer(agent, account)
        self._budgets.check_payment(levels, self._standing.above(account, drawing), [])
        self.open[name] = Pledge(account, "", 0, levels, drawing)
        self._reserve(name, amount, now)

    def change_to(self, name: str, amount: int, now: int) -> None:
        """Reserve so much from now on, be it more or less."""
        pledge = self.free(name)
        self.open[name] = pledge._replace(amount=0)
        self._reserve(name, amount, now)

    def pay_to(self, source: str, destination: str, levels: list[str], amount: int, now: int) -> None:
        """Move an amount, and count it in the budgets among `levels` that it leaves."""
        if source != destination:
            self._accounts.move("trade_executed", source, destination, amount)
        for level in levels:
            self._budgets.by_name[level].spend(amount, now)

    def raise_to(self, name: str, amount: int | None, now: int) -> None:
        """Reserve so much in all from now on, and never less than before."""
        before = self.open[name]
        self._standing.check_free(before.source, before.agent)
        if amount is None or before.amount is None:
            self.free(name)
            self.open[name] = before._replace(amount=None)
        elif amount < before.amount:
            raise Wrong(f"reserves less for {name} than before")
        else:
            self._reserve(name, amount - before.amount, now)

    def free(self, name: str) -> Pledge:
        """Let what was reserved be available again."""
        pledge = self.open.pop(name)
        if pledge.amount is not None:
            self._accounts.held[pledge.source] -= pledge.amount
            for level in pledge.levels:
                self._budgets.by_name[level].held -= pledge.amount
        return pledge

    def pay(self, kind: str, pledge: Pledge, amount: int, now: int) -> None:
        """Move part of what had been reserved, and count it as spent."""
        if not amount:
            return
        self._accounts.move(kind, pledge.source, pledge.destination, amount)
        for level in pledge.levels:
            self._budgets.by_name[level].spend(amount, now)

    def pay_out(self, kind: str, pledge: Pledge, e: Fields, now: int) -> None:
        """Move what had been reserved to where the event says, and count it in the budgets that it leaves."""
        destination, levels = str(e["destination"]), names(e.get("budgets"))
        kept = self._standing.above(destination)
        if levels != [level for level in pledge.levels if level not in kept]:
            raise Wrong(f"counts what {pledge.source} pays to {destination} in other budgets than it leaves")
        self.pay(kind, pledge._replace(destination=destination, levels=levels), whole(e["amount"]), now)

    def room(self, account: str) -> int:
        """By how much a balance may rise."""
        return MAX - self._accounts.balance[account]

    def reserved(self) -> Iterator[tuple[str, int, list[str]]]:
        """Of which account how much is reserved, and in which budgets, as far as it is known."""
        for pledge in self.open.values():
            yield pledge.source, pledge.amount or 0, pledge.levels

    @property
    def withheld(self) -> int:
        """Of how many the amount is not known."""
        return sum(pledge.amount is None for pledge in self.open.values())

    def _reserve(self, name: str, more: int | None, now: int) -> None:
        pledge = self.open[name]
        if more is None or pledge.amount is None:
            return
        self.open[name] = pledge._replace(amount=pledge.amount + more)
        self._accounts.held[pledge.source] += more
        self._accounts.check(pledge.source)
        for level in pledge.levels:
            self._budgets.by_name[level].hold(more, now)
