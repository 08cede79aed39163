"""Money reserved for a bid, an order, a request, kept a second time. It ends as they do, and only so."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import MAX, Fields, names, whole
from econonexus.audit.standing import Standing
from econonexus.audit.wrong import Wrong

Lent = tuple[int, int, int]
"""What is lent, by what secures it: stake, the pool, and the record alone."""
NOTHING: Lent = (0, 0, 0)


def cut(lent: Lent, amount: int) -> Lent:
    """So much of what is lent, the best secured first."""
    stake = min(lent[0], amount)
    pool = min(lent[1], amount - stake)
    return stake, pool, min(lent[2], amount - stake - pool)


def less(lent: Lent, other: Lent) -> Lent:
    """What is lent beyond something else."""
    return lent[0] - other[0], lent[1] - other[1], lent[2] - other[2]


class Pledge(NamedTuple):
    """A reserved movement; its amount is None where it is sealed and withheld from the auditor."""

    source: str
    destination: str
    amount: int | None
    levels: list[str]
    agent: str | None
    """The agent that draws on its team's wallet, if one does."""
    lends: bool = False
    """Whether it is for a bid where records lend."""
    lent: Lent = NOTHING

    @property
    def own(self) -> int:
        """What of it the source has itself, as far as it is known."""
        return (self.amount or 0) - sum(self.lent)


class Pledges:
    """All that is reserved so, each under the name of what it is for: `bid a b`."""

    def __init__(self, accounts: Accounts, budgets: Budgets, standing: Standing) -> None:
        self._accounts = accounts
        self._budgets = budgets
        self._standing = standing
        self.open: dict[str, Pledge] = {}
        self.coming: dict[str, Lent | None] = {}
        """What is lent for what is reserved next; None where that is withheld."""
        self.trading = 0
        """What the order that came last must pay at once."""
        self.drawn: set[str] = set()
        """For what some of it was drawn."""
        self.bid: Counter[str] = Counter()
        """Account to what of it stands for bids where records lend,"""
        self.lent: Counter[str] = Counter()
        """and to what is lent beside it."""
        self.pooled = 0
        """What of the treasury secures bids."""

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
        lends = name in self.coming
        lent = self.coming.pop(name, NOTHING) or NOTHING
        self.open[name] = Pledge(source, destination, None if amount is None else 0, levels, drawing, lends)
        self._reserve(name, amount, now, lent)

    def check_lends(self, name: str, terms: Fields) -> None:
        """What is lent for a bid is said before it where records lend, and only there."""
        if (name in self.coming) != (terms.get("credit") == "reputation"):
            raise Wrong(f"says what is lent for {name} where nothing is, or does not where something may be")

    def check_paid(self, name: str, pledge: Pledge, payment: int) -> None:
        """What a wallet does not have itself was drawn, and no more than that."""
        if pledge.amount is None or not pledge.lends:
            return
        if payment > pledge.own or (name in self.drawn and payment < pledge.own):
            raise Wrong(f"pays {payment} for {name}, with {pledge.own} of its own and of what was drawn")

    def draw(self, name: str, parts: Lent) -> None:
        """What was lent for something has become its payer's own."""
        before = self.open[name]
        self.drawn.add(name)
        if before.amount is not None:
            self._hold(before, -1)
            self.open[name] = before._replace(lent=less(before.lent, parts))
            self._hold(self.open[name], 1)

    def on_record(self, owner: str, behind: Mapping[str, str]) -> int:
        """What is lent for bids of an owner's agents on its record alone."""
        return sum(
            each.lent[2] for each in self.open.values() if each.lent[2] and behind.get(each.source) == owner
        )

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
        lends = name in self.coming
        lent = self.coming.pop(name, NOTHING)
        self.open[name] = Pledge(account, "", None if lent is None else 0, levels, drawing, lends)
        self._reserve(name, amount, now, lent or NOTHING)

    def change_to(self, name: str, amount: int, now: int) -> None:
        """Reserve so much from now on, be it more or less."""
        pledge = self.free(name)
        lent = self.coming.pop(name, cut(pledge.lent, max(0, amount - pledge.own)))
        self.open[name] = pledge._replace(amount=None if lent is None else 0, lent=NOTHING)
        self._reserve(name, amount, now, lent or NOTHING)

    def spend(self, name: str, amount: int) -> None:
        """So much of what is reserved is about to be paid; what is lent of it must have been drawn."""
        pledge = self.open[name]
        if pledge.amount is None:
            return
        if amount > pledge.own or (name in self.drawn and amount < pledge.own):
            raise Wrong(f"pays {amount} for {name}, with {pledge.own} of its own and of what was drawn")
        self.drawn.discard(name)
        self._hold(pledge, -1)
        self.open[name] = pledge._replace(amount=pledge.amount - amount)
        self._hold(self.open[name], 1)
        for level in pledge.levels:
            self._budgets.by_name[level].held -= amount

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
            self.open[name] = before._replace(amount=None, lent=NOTHING)
            self.coming.pop(name, None)
        elif amount < before.amount:
            raise Wrong(f"reserves less for {name} than before")
        else:
            more = less(self.coming.pop(name, before.lent) or before.lent, before.lent)
            self._reserve(name, amount - before.amount, now, more)

    def free(self, name: str) -> Pledge:
        """Let what was reserved be available again."""
        pledge = self.open.pop(name)
        if pledge.amount is not None:
            self._hold(pledge, -1)
            for level in pledge.levels:
                self._budgets.by_name[level].held -= pledge.amount
        return pledge

    def pay(self, kind: str, pledge: Pledge, amount: int, now: int) -> None:
        """Move part of what had been reserved, and count it as spent.

        What two agents of one team's wallet pay each other stays where it is.
        """
        if not amount:
            return
        if pledge.source != pledge.destination:
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
            yield pledge.source, pledge.own, pledge.levels
            if any(pledge.lent):
                yield f"line:{pledge.source}", sum(pledge.lent), pledge.levels
                yield f"stake:{pledge.source}", pledge.lent[0], []
                yield "treasury", pledge.lent[1], []

    @property
    def withheld(self) -> int:
        """Of how many the amount is not known."""
        return sum(pledge.amount is None for pledge in self.open.values())

    def _reserve(self, name: str, more: int | None, now: int, lent: Lent = NOTHING) -> None:
        pledge = self.open[name]
        if more is None or pledge.amount is None:
            return
        self._hold(pledge, -1)
        in_all = less(pledge.lent, less(NOTHING, lent))
        self.open[name] = pledge._replace(amount=pledge.amount + more, lent=in_all)
        if self.open[name].own < 0:
            raise Wrong(f"lends {sum(in_all)} of the {pledge.amount + more} that it reserves for {name}")
        self._hold(self.open[name], 1)
        self._accounts.check(pledge.source)
        for level in pledge.levels:
            self._budgets.by_name[level].hold(more, now)

    def _hold(self, pledge: Pledge, sign: int) -> None:
        """Reserve what is the source's own, and what is lent of whatever secures it."""
        self._accounts.held[pledge.source] += sign * pledge.own
        if not pledge.lends:
            return
        self.bid[pledge.source] += sign * pledge.own
        lent = sum(pledge.lent)
        if not lent:
            return
        self.lent[pledge.source] += sign * lent
        self.pooled += sign * pledge.lent[1]
        line = f"line:{pledge.source}"
        self._accounts.held[line] += sign * lent
        self._accounts.floor[line] -= sign * lent
        for account, amount in ((f"stake:{pledge.source}", pledge.lent[0]), ("treasury", pledge.lent[1])):
            if amount:
                self._accounts.held[account] += sign * amount
                self._accounts.check(account)
