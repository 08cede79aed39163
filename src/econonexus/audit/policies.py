"""Money issued by rule, kept a second time: how much there had to be, and for whom."""

from collections import deque
from typing import NamedTuple

from econonexus.audit.accounts import Accounts
from econonexus.audit.fields import MAX, Fields, whole
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

DAY = 86_400 * 10**9
ALL = 1_000_000


class Wallet(NamedTuple):
    """What draws on a wallet, and how much more it may get."""

    agents: int
    weight: int
    room: int


class Policies:
    """The policy in force, and what humans gave on the last day that they gave anything."""

    def __init__(self, accounts: Accounts, spenders: Spenders) -> None:
        self._accounts = accounts
        self._spenders = spenders
        self.wallets: set[str] = set()
        """The accounts that are wallets."""
        self.weight: dict[str, int] = {}
        """Agent to its weight."""
        self._period, self._recycle = DAY, 0
        self._target: int | None = None
        self._cap: int | None = None
        self._pool = 100_000_000
        self._next: int | None = None
        self._counted = self._waiting = 0
        self._day = self._given = 0
        self.owed: deque[tuple[str, int]] = deque()
        """Accounts and what they must get next, in this order."""

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """One event of the policy."""
        match kind:
            case "policy_set":
                self._set(e, now)
            case "policy_applied":
                self._apply(e, now)
            case "allowances_issued":
                self._issue(e)
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    def check_issued(self, kind: str) -> None:
        """What a period issues is issued before anything else happens."""
        if self.owed and kind != "allowances_issued":
            raise Wrong(f"follows before {self.owed[0][0]} got its allowance")

    def reward(self, e: Fields, now: int) -> None:
        """A human gives new money away, within the pool of the day."""
        day, amount = now // DAY, whole(e["amount"])
        self._given = amount + (self._given if self._day == day else 0)
        self._day = day
        if (e["day"], e["rewarded"], e["pool"]) != (day, self._given, self._pool):
            raise Wrong(
                f"counts {e['rewarded']} of {e['pool']} as given on day {e['day']}, not {self._given}"
            )
        if self._given > self._pool:
            raise Wrong(f"gives {self._given} away on one day, of a pool of {self._pool}")
        self._accounts.move("human_reward_issued", e["source"], e["destination"], amount)

    def _set(self, e: Fields, now: int) -> None:
        policy = e["policy"]
        if not isinstance(policy, dict):
            raise Wrong("has no policy")
        period, recycle = whole(policy.get("period", DAY)), whole(policy.get("recycle", 0))
        target, cap = policy.get("target"), policy.get("carry_over")
        if self._next is None:
            self._counted = self._accounts.balance["burn"]
        if self._next is None or period != self._period:
            self._next = min(now + period, MAX)
        if not recycle:
            self._waiting = 0
            self._next = None if target is None else self._next
        self._period, self._recycle = period, recycle
        self._target = None if target is None else whole(target)
        self._cap = None if cap is None else whole(cap)
        self._pool = whole(policy.get("daily_rewards", 100_000_000))
        self._check(e, {"next_at": self._next, "counted": self._counted})

    def _apply(self, e: Fields, now: int) -> None:
        if self._next is None or self._next > now:
            raise Wrong("issues allowances before the end of the period")
        self._next = min(self._next + ((now - self._next) // self._period + 1) * self._period, MAX)
        minted, burnt = self._accounts.supply()["credit"]
        wallets = self._receivers()
        agents = sum(wallet.agents for wallet in wallets.values())
        again = self._waiting + max(0, burnt - self._counted) * self._recycle // ALL
        total, target = again, None
        if self._target is not None:
            target = self._target * agents
            total = max(0, target - minted + burnt)
            again = min(again, total)
        gets = _shares(min(total, MAX - minted), wallets)
        given = sum(gets.values())
        recycled = min(again, given)
        self.owed.extend((name, amount) for name, amount in gets.items() if amount)
        self._waiting = again - recycled
        found = {
            "supply": minted - burnt,
            "agents": agents,
            "burned": burnt - self._counted,
            "target": target,
            "recycled": recycled,
            "issued": given - recycled,
            "waiting": self._waiting,
            "shares": len(self.owed),
            "next_at": self._next,
            "counted": max(burnt, self._counted),
        }
        self._counted = found["counted"] or 0
        self._check(e, found)

    def _issue(self, e: Fields) -> None:
        shares = e["shares"]
        if not isinstance(shares, list) or not shares:
            raise Wrong("issues nothing to nobody")
        for account, amount in shares:
            if not self.owed or (account, amount) != self.owed.popleft():
                raise Wrong(f"issues {amount} to {account}, which is not what the period came to")
            self._accounts.move("allowances_issued", e["source"], account, amount)

    def _receivers(self) -> dict[str, Wallet]:
        """The wallets in credits, each with those agents that draw on it and are not frozen."""
        found: dict[str, Wallet] = {}
        for agent, team in self._spenders.team.items():
            account = agent if agent in self._accounts.balance else str(team)
            usable = account in self.wallets and self._accounts.asset[account] == "credit"
            if not usable or self._spenders.stopped & {agent, team}:
                continue
            before = found.get(account, Wallet(0, 0, 0))
            agents = before.agents + 1
            most = MAX if self._cap is None else min(MAX, self._cap * agents)
            room = max(0, most - self._accounts.balance[account])
            found[account] = Wallet(agents, before.weight + self.weight[agent], room)
        return found

    def _check(self, e: Fields, found: dict[str, int | None]) -> None:
        for field, value in found.items():
            if e[field] != value:
                raise Wrong(f"says of the policy {field} {e[field]}, and it is {value}")


def _shares(total: int, wallets: dict[str, Wallet]) -> dict[str, int]:
    """Who has no room for its part is filled up, until all that are left have; they share by weight."""
    gets, left = dict.fromkeys(wallets, 0), dict(wallets)
    weight = sum(wallet.weight for wallet in left.values())
    while full := [name for name, each in left.items() if each.room * weight <= total * each.weight]:
        for name in full:
            gets[name] = left[name].room
        total -= sum(gets[name] for name in full)
        weight -= sum(left.pop(name).weight for name in full)
    for name, each in left.items():
        gets[name] = total * each.weight // weight
    # The largest remainders get what is left over, the earlier of equal ones first.
    rest = sorted(left, key=lambda name: -(total * left[name].weight % weight))
    for name in rest[: total - sum(gets[name] for name in left)]:
        gets[name] += 1
    return gets
