"""Holds, kept a second time: what each reserves, where it counts, and what was paid without a report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budget, Budgets
from econonexus.audit.fields import MAX, Fields, charges, name, names, positive, whole
from econonexus.audit.wrong import Wrong

MAX_CHARGES = 8


class Hold(NamedTuple):
    """A reserved movement, and the budgets it counts in."""

    source: str
    destination: str
    amount: int
    deadline: int
    levels: list[str]
    agent: str | None
    """The agent that placed it on its team's wallet, if one did."""
    also: dict[str, int]
    """What it takes of further budgets, and of all above each."""
    paid_unreported: bool
    """Whether its deadline pays it instead of releasing it."""


class Paid(NamedTuple):
    """A hold that was paid though nobody said what was used."""

    hold: Hold
    amount: int
    counted: list[tuple[Budget, int, str | None]]
    """The budgets it counted in, when their window then ended, and the further limit it was for, if any."""


class Holds:
    """All holds that are open, and those that wait to be reconciled."""

    def __init__(self, accounts: Accounts, budgets: Budgets) -> None:
        self._accounts = accounts
        self._budgets = budgets
        self.by_name: dict[str, Hold] = {}
        self.unreported: dict[str, Paid] = {}

    def place(self, e: Fields, above: list[str], kept: list[str], now: int) -> None:
        """Reserve money between two accounts, of which `above` and `kept` are the budgets above each."""
        known = str(e["hold"])
        if known in self.by_name or known in self.unreported:
            raise Wrong(f"places hold {known} a second time")
        source, destination, levels = str(e["source"]), str(e["destination"]), names(e.get("budgets"))
        self._accounts.check_way("hold_placed", source, destination)
        self._budgets.check_hold(levels, above, kept)
        for level in levels:
            if self._budgets.by_name[level].asset != self._accounts.asset[source]:
                asset = self._accounts.asset[source]
                raise Wrong(f"holds {asset} in budget {level}, which is of another asset")
        settles = e.get("unreported", "release")
        if settles not in ("release", "settle"):
            raise Wrong(f"says of hold {known} that its deadline is to {settles} it")
        agent = name(e.get("agent"))
        hold = Hold(source, destination, 0, 0, levels, agent, {}, settles == "settle")
        positive(e["amount"])
        self._reserve(known, hold, e, now)

    def top_up(self, e: Fields, now: int) -> None:
        """Reserve more under a hold that is open."""
        self._reserve(str(e["hold"]), self.open(e), e, now)

    def open(self, e: Fields) -> Hold:
        """The open hold that a record speaks of, in its own words."""
        hold = self.by_name.get(str(e["hold"]))
        if hold is None:
            raise Wrong(f"speaks of hold {e['hold']}, which is not open")
        _check_same(hold, e)
        return hold

    def settle(self, kind: str, e: Fields, now: int) -> None:
        """End a hold: post, void or expire it."""
        hold, known, released = self.open(e), str(e["hold"]), whole(e["released"])
        if kind == "hold_expired":
            if hold.deadline > now:
                raise Wrong(f"expires hold {known} before its deadline")
            if hold.paid_unreported:
                raise Wrong(f"releases hold {known}, which its deadline was to pay")
        if released + whole(e.get("amount", 0)) != hold.amount:
            raise Wrong(f"settles hold {known} for another amount than its {hold.amount}")
        also = charges(e.get("also"))
        self._check_also(known, hold, also, kind != "hold_posted")
        self._free(known, hold)
        if kind == "hold_posted":
            self._accounts.move(kind, hold.source, hold.destination, e["amount"])
            self._spend(hold, whole(e["amount"]), also, now)

    def settle_unreported(self, e: Fields, now: int) -> None:
        """Pay a hold that nobody reported: all of it that its destination has room for."""
        hold, known, amount = self.open(e), str(e["hold"]), whole(e["amount"])
        room = MAX - self._accounts.balance[hold.destination]
        if amount != min(hold.amount, room) or amount + whole(e.get("released", 0)) != hold.amount:
            raise Wrong(f"settles hold {known} for another amount than its {hold.amount}")
        also = charges(e.get("also"))
        self._check_also(known, hold, also, True)
        self._free(known, hold)
        if amount:
            self._accounts.move("hold_settled_unreported", hold.source, hold.destination, amount)
        self._spend(hold, amount, also, now)
        counted = [(budget, budget.ends, limit) for budget, limit in self._counts(hold)]
        self.unreported[known] = Paid(hold, amount, counted)

    def reconcile(self, e: Fields, now: int) -> None:
        """Give back what turned out not to have been used."""
        known = str(e["hold"])
        paid = self.unreported.pop(known, None)
        if paid is None:
            raise Wrong(f"reconciles hold {known}, which does not wait for that")
        hold, returned, also = paid.hold, whole(e["returned"]), charges(e.get("also"))
        _check_same(hold, e)
        if whole(e["amount"]) + returned != paid.amount:
            raise Wrong(f"reconciles hold {known} for another amount than the {paid.amount} that was paid")
        self._check_also(known, hold, also, False)
        if returned:
            self._accounts.move("hold_reconciled", hold.destination, hold.source, returned)
        restored = list(self._less_spent(paid, returned, also, now))
        if charges(e.get("restored")) != {budget.name: amount for budget, amount in restored}:
            raise Wrong(f"takes hold {known} out of the budgets in another way than it counts there")
        for budget, amount in restored:
            budget.unspend(amount)

    def check_sums(self, pledged: Iterable[tuple[str, int, list[str]]]) -> None:
        """What accounts and budgets have on hold is what open holds reserve, and what is pledged beside."""
        reserved, counted = Counter[str](), Counter[str]()
        for account, amount, levels in pledged:
            reserved[account] += amount
            counted.update(dict.fromkeys(levels, amount))
        for hold in self.by_name.values():
            reserved[hold.source] += hold.amount
            for budget, limit in self._counts(hold):
                counted[budget.name] += hold.amount if limit is None else hold.also[limit]
        for account, amount in self._accounts.held.items():
            if amount != reserved[account]:
                raise Wrong(f"{account} has {amount} on hold, its holds add up to {reserved[account]}")
        for level, budget in self._budgets.by_name.items():
            if budget.held != counted[level]:
                raise Wrong(f"budget {level} has {budget.held} held, its holds add up to {counted[level]}")

    def _reserve(self, known: str, hold: Hold, e: Fields, now: int) -> None:
        amount, deadline, more = whole(e["amount"]), whole(e["expires_at"]), charges(e.get("also"))
        if deadline <= now:
            raise Wrong(f"gives hold {known} a deadline that has passed")
        if not more:
            positive(amount)
        also = {limit: hold.also.get(limit, 0) + more.get(limit, 0) for limit in hold.also | more}
        hold = hold._replace(amount=hold.amount + amount, deadline=deadline, also=also)
        self.by_name[known] = hold
        self._check_once(known, hold)
        self._accounts.held[hold.source] += amount
        self._accounts.check(hold.source)
        for level in hold.levels:
            self._budgets.by_name[level].hold(amount, now)
        for limit, charge in more.items():
            for level in self._budgets.chain(limit):
                self._budgets.by_name[level].hold(positive(charge), now)

    def _check_once(self, known: str, hold: Hold) -> None:
        """A hold counts in few further budgets, in none of all those twice, and not beyond all bounds."""
        if len(hold.also) > MAX_CHARGES or any(amount > MAX for amount in hold.also.values()):
            raise Wrong(f"counts hold {known} in more further budgets, or for more, than one may")
        if hold.also and max(Counter(budget.name for budget, _ in self._counts(hold)).values()) > 1:
            raise Wrong(f"counts hold {known} twice in one budget")

    def _check_also(self, known: str, hold: Hold, also: dict[str, int], whole_of_it: bool) -> None:
        """What a record says of the further budgets is said of all of them, and of no more than is held."""
        if list(also) != list(hold.also) or any(also[limit] > hold.also[limit] for limit in also):
            raise Wrong(f"settles hold {known} in other further budgets, or for more, than it held there")
        if whole_of_it and also != hold.also:
            raise Wrong(f"settles hold {known} in part of its further budgets")

    def _free(self, known: str, hold: Hold) -> None:
        del self.by_name[known]
        self._accounts.held[hold.source] -= hold.amount
        for budget, limit in self._counts(hold):
            budget.held -= hold.amount if limit is None else hold.also[limit]

    def _spend(self, hold: Hold, amount: int, also: dict[str, int], now: int) -> None:
        for budget, limit in self._counts(hold):
            budget.spend(amount if limit is None else also[limit], now)

    def _counts(self, hold: Hold) -> Iterator[tuple[Budget, str | None]]:
        """The budgets a hold counts in, and for which of its further limits, if for one."""
        for level in hold.levels:
            yield self._budgets.by_name[level], None
        for limit in hold.also:
            for level in self._budgets.chain(limit):
                yield self._budgets.by_name[level], limit

    def _less_spent(
        self, paid: Paid, returned: int, also: dict[str, int], now: int
    ) -> Iterator[tuple[Budget, int]]:
        """Where less was spent than was thought, of the budgets that are in the same window still."""
        for budget, ends, limit in paid.counted:
            less = returned if limit is None else paid.hold.also[limit] - also[limit]
            if less and self._budgets.by_name.get(budget.name) is budget:
                budget.roll(now)
                if budget.ends == ends:
                    yield budget, less


def _check_same(hold: Hold, e: Fields) -> None:
    if e["source"] != hold.source or e.get("destination", hold.destination) != hold.destination:
        raise Wrong(f"speaks of hold {e['hold']} between other accounts than it was placed for")
    if names(e.get("budgets")) != hold.levels:
        raise Wrong(f"speaks of hold {e['hold']} in other budgets than it was placed in")
