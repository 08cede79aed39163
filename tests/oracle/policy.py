"""Money issued by rule: one unit at a time to whoever has the least for its weight."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator
from fractions import Fraction

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.policy import Policy
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.auctions import Auctions
from tests.oracle.books import Notices, Row
from tests.oracle.forms import BIGGEST

DAY = 24 * 3_600_000_000_000
SECOND = 1_000_000_000


class Policies(Auctions):
    """The policy, and what humans gave away on each day."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = Policy()
        self.next_at: int | None = None
        self.counted = 0
        self.waiting = 0
        self.given: dict[int, int] = {}

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        if self.next_at is not None:
            yield self.next_at, "policy", c.ApplyPolicy()

    def rewards_left(self) -> int:
        return max(0, self.policy.daily_rewards - self.given.get(self.now // DAY, 0))

    def reward(self, account: str, amount: int) -> None:
        self.given[self.now // DAY] = self.given.get(self.now // DAY, 0) + amount
        self._move("mint", account, amount)
        self._repay(account, amount)

    def _form_SetPolicy(self, it: c.SetPolicy) -> set[No]:
        policy = it.policy
        bad = forms.whole(policy.period, SECOND) | forms.whole(policy.recycle, 0, 1_000_000)
        for amount in (policy.target, policy.carry_over):
            bad |= set() if amount is None else forms.whole(amount, 0)
        return {No.INVALID_POLICY} if bad | forms.whole(policy.daily_rewards, 0) else set()

    def _no_SetPolicy(self, it: c.SetPolicy, no: Callable[[No], None]) -> None:
        """Nothing that the books say is against it."""

    def _do_SetPolicy(self, it: c.SetPolicy, notices: Notices) -> None:
        if self.next_at is None:
            self.counted = self.accounts["burn"]["balance"]
        if self.next_at is None or it.policy.period != self.policy.period:
            self.next_at = min(self.now + it.policy.period, BIGGEST)
        if not it.policy.recycle:
            self.waiting = 0
            if it.policy.target is None:
                self.next_at = None
        self.policy = it.policy
        notices.append(("policy", self.next_at))

    def _no_ApplyPolicy(self, it: c.ApplyPolicy, no: Callable[[No], None]) -> None:
        if self.next_at is None or self.next_at > self.now:
            no(No.POLICY_NOT_DUE)

    def _do_ApplyPolicy(self, it: c.ApplyPolicy, notices: Notices) -> None:
        assert self.next_at is not None
        while self.next_at <= self.now:
            self.next_at += self.policy.period
        wallets = self._wallets()
        agents = sum(row["agents"] for row in wallets.values())
        burnt, supply = self.accounts["burn"]["balance"], self._circulating()
        again = self.waiting + max(0, burnt - self.counted) * self.policy.recycle // 1_000_000
        total = again
        if self.policy.target is not None:
            total = max(0, self.policy.target * agents - supply)
            again = min(again, total)
        gets = _dealt(min(total, BIGGEST + self.accounts["mint"]["balance"]), wallets)
        given = sum(gets.values())
        self.waiting = again - min(again, given)
        self.counted = max(self.counted, burnt)
        told = {name: amount for name, amount in gets.items() if amount}
        notices.append(("issued", supply, agents, min(again, given), given, self.waiting, len(told)))
        if told:
            notices.append(("shares", list(told.items())))
        for name, amount in gets.items():
            self._move("mint", name, amount)
            self._repay(name, amount)

    def _circulating(self) -> int:
        return -self.accounts["mint"]["balance"] - self.accounts["burn"]["balance"]

    def _wallets(self) -> dict[str, Row]:
        """The wallets that get something: the weight of who draws on each, and the room it has."""
        wallets: dict[str, Row] = {}
        for name, agent in self.agents.items():
            account, _ = self._payer(name)
            row, team = self.accounts[account], agent["team"]
            stopped = agent["frozen"] or (team is not None and self.teams[team]["frozen"])
            if stopped or row["kind"] is not Kind.WALLET or row["asset"] != "credit":
                continue
            wallet = wallets.setdefault(account, {"agents": 0, "weight": 0})
            wallet["agents"] += 1
            wallet["weight"] += agent["weight"]
        for account, wallet in wallets.items():
            most = BIGGEST
            if self.policy.carry_over is not None:
                most = min(BIGGEST, self.policy.carry_over * wallet["agents"])
            wallet["room"] = max(0, most - self.accounts[account]["balance"])
        return wallets


def _dealt(total: int, wallets: dict[str, Row]) -> dict[str, int]:
    """Whoever wants less than its part gets that and goes home; the rest is split by largest remainders."""
    left, gets = dict(wallets), dict.fromkeys(wallets, 0)
    while left:
        weight = sum(row["weight"] for row in left.values())
        modest = [
            name for name, row in left.items() if row["room"] <= Fraction(total * row["weight"], weight)
        ]
        if not modest:
            break
        for name in modest:
            gets[name] = left.pop(name)["room"]
            total -= gets[name]
    if left:
        parts = {name: Fraction(total * row["weight"], weight) for name, row in left.items()}
        gets |= {name: int(part) for name, part in parts.items()}
        places = list(parts)
        by_rest = sorted(places, key=lambda name: (int(parts[name]) - parts[name], places.index(name)))
        for name in by_rest[: total - sum(gets[name] for name in left)]:
            gets[name] += 1
    return gets
