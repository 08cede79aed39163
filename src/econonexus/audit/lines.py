"""What records lend for bids, kept a second time: who may be lent how much, what is owed and called.

Where numbers are sealed and withheld, what is drawn in the end is checked all the same.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from econonexus.audit.accounts import Accounts
from econonexus.audit.asides import sealed
from econonexus.audit.fields import MAX, Fields, positive, whole
from econonexus.audit.pledges import NOTHING, Lent, Pledges, cut, less
from econonexus.audit.records import Records
from econonexus.audit.spenders import Spenders
from econonexus.audit.stakes import Stakes, stake_of
from econonexus.audit.wrong import Wrong

ONE = 1_000_000
POWERS = ((950_000, 3 * ONE), (900_000, 2 * ONE), (800_000, 1_500_000), (600_000, ONE))
"""A record above the first number lets an agent bid so many millionths of its own funds."""
LEAST_POWER = 800_000
THIRTY_DAYS = 30 * 86_400_000_000_000
DAY = 86_400_000_000_000
POOL = "treasury"


class Debt(NamedTuple):
    """What a wallet owes for bids, by what secures it, and when it is called."""

    owed: Lent = NOTHING
    due: int | None = None
    overdue: bool = False


class Lines:
    """All that is lent and owed."""

    def __init__(
        self, accounts: Accounts, pledges: Pledges, stakes: Stakes, spenders: Spenders, records: Records
    ) -> None:
        self._accounts, self._pledges = accounts, pledges
        self._stakes, self._spenders, self._records = stakes, spenders, records
        self.debts: dict[str, Debt] = {}
        self.surplus: dict[str, tuple[int, int]] = {}
        """Owner to what was verified of its earnings, as of a day."""
        self._settled: dict[str, int] = {}
        """Contract to what its provider was paid."""

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what is lent or owed; False where it is none of that."""
        match kind:
            case "line_pledged":
                self._lend(e, now)
            case "line_drawn":
                self._draw(e, now)
            case "debt_called":
                self._call(e, now)
            case "surplus_verified":
                self._verify(e, now)
            case _:
                return False
        return True

    def note(self, kind: str, e: Fields) -> None:
        """Hear of a record, of what a contract paid, of what was repaid: others enter these themselves."""
        match kind:
            case "contract_settled":
                self._settled = {str(e["contract"]): whole(e["payment"]) + whole(e["bonus"])}
            case "debt_repaid" if str(e["destination"]) == line_of(str(e["source"])):
                self._repay(str(e["source"]), whole(e["amount"]))

    def power_of(self, agent: str, wallet: str) -> int:
        """How many millionths of its own funds an agent may bid where records lend."""
        owner = self._spenders.behind[agent]
        bound = self._records.known(owner)
        power = next((power for above, power in POWERS if bound > above), LEAST_POWER)
        trusted = self._spenders.owners.get(owner, "active") == "active"
        lends = wallet == agent and trusted and not self._debt(wallet).overdue
        return power if lends else min(power, ONE)

    def check_bid(self, terms: Fields, agent: str, wallet: str, pays: int = 0) -> None:
        """With what it has bid, and pays at once, an agent is within its power, and with what it is lent."""
        if terms.get("credit") != "reputation" or self._pledges.withheld:
            return
        own, lent = self._pledges.bid[wallet], self._pledges.lent[wallet] + sum(self._debt(wallet).owed)
        funds = self._accounts.balance[wallet] - self._accounts.held[wallet] + own
        power = self.power_of(agent, wallet)
        lacks = max(0, pays - (funds - own))
        if own + lent + pays > funds * power // ONE or lent + lacks > funds * max(0, power - ONE) // ONE:
            raise Wrong(
                f"lets {agent} bid and owe {own + lent + pays}, "
                f"with {funds} of its own and a power of {power}"
            )

    def weights(self, terms: Fields, agents: Mapping[str, str]) -> dict[str, int]:
        """What the bids of these agents are multiplied by for their scores, by owner; nothing by default."""
        counts = whole(terms.get("reputation_weight", 0))
        owners = {self._spenders.behind[agent] for agent in agents.values()} if counts else set()
        return {owner: max(1, ONE - counts + counts * self._records.known(owner) // ONE) for owner in owners}

    def reserved(self) -> Iterator[tuple[str, int, list[str]]]:
        """Of which account how much secures what is owed."""
        for wallet, debt in self.debts.items():
            yield stake_of(wallet), debt.owed[0], []
            yield POOL, debt.owed[1], []

    def _lend(self, e: Fields, now: int) -> None:
        agent, wallet, name = str(e["agent"]), str(e["wallet"]), _pledge(e)
        if e["account"] != line_of(wallet):
            raise Wrong(f"keeps what {wallet} owes in {e['account']}")
        if line_of(wallet) not in self._accounts.balance:
            self._accounts.open_line(wallet, line_of(wallet))
        power = self.power_of(agent, wallet)
        if whole(e["power"]) != power:
            raise Wrong(f"lets {agent} bid {e['power']} millionths of what it has, and it may bid {power}")
        said = [sealed(e[field]) for field in ("by_stake", "by_pool", "by_record")]
        parts = (said[0] or 0, said[1] or 0, said[2] or 0)
        before = self._pledges.open[name].lent if name in self._pledges.open else NOTHING
        more = less(parts, before)
        if min(more) < 0 and e.get("order") is None:
            raise Wrong(f"lends {agent} less for a bid than before")
        self._check_secured(agent, more, now)
        self._pledges.coming[name] = None if None in said and e.get("order") else parts

    def _check_secured(self, agent: str, more: Lent, now: int) -> None:
        """What secures a line is there: stake and treasury have so much free, the surplus is so much."""
        free = (
            self._stakes.free(agent) if more[0] > 0 else 0,
            self._pool_left(),
            self._surplus_left(agent, now),
        )
        for what, lent, most in zip(("stake", "pool", "record"), more, free, strict=True):
            if lent > max(0, most):
                raise Wrong(f"lends {agent} {lent} on its {what}, which secures {most}")

    def _draw(self, e: Fields, now: int) -> None:
        wallet, name, amount = str(e["wallet"]), _pledge(e), positive(e["amount"])
        parts = (whole(e["by_stake"]), whole(e["by_pool"]), whole(e["by_record"]))
        pledge = self._pledges.open.get(name)
        if sum(parts) != amount or (e.get("was_held", True) and (pledge is None or pledge.source != wallet)):
            raise Wrong(f"draws {amount} for {name}, for which {wallet} is lent nothing")
        if not e.get("was_held", True):
            self._check_at_once(e, wallet, name, parts, now)
        elif pledge is not None and pledge.amount is not None and parts != cut(pledge.lent, amount):
            raise Wrong(f"draws {parts} for {name}, for which {pledge.lent} is lent")
        due = min(now + whole(self._stakes.rules.get("repaying", THIRTY_DAYS)), MAX)
        if whole(e["due_at"]) != due:
            raise Wrong(f"calls what {wallet} owes at {e['due_at']}, and the rules say {due}")
        if e.get("was_held", True):
            self._pledges.draw(name, parts)
        self._secure(wallet, parts, 1)
        self._accounts.floor[line_of(wallet)] -= amount
        self._accounts.move("line_drawn", line_of(wallet), wallet, amount)
        debt = self._debt(wallet)
        owed = less(debt.owed, less(NOTHING, parts))
        self.debts[wallet] = Debt(owed, due if debt.due is None else debt.due, debt.overdue)

    def _check_at_once(self, e: Fields, wallet: str, name: str, parts: Lent, now: int) -> None:
        """An order that trades as it comes is lent what its wallet lacks for that, and no more."""
        free = self._accounts.balance[wallet] - self._accounts.held[wallet]
        if e.get("order") is None or sum(parts) != self._pledges.trading - free:
            raise Wrong(f"draws {sum(parts)} for {name}, which pays {self._pledges.trading} and has {free}")
        self._check_secured(str(e["agent"]), parts, now)

    def _repay(self, wallet: str, amount: int) -> None:
        """What only the record stands for is repaid first, what the stake does last."""
        debt = self.debts[wallet]
        left = cut(debt.owed, sum(debt.owed) - amount)
        self._secure(wallet, less(debt.owed, left), -1)
        self._accounts.floor[line_of(wallet)] += amount
        self.debts[wallet] = debt._replace(owed=left) if sum(left) else Debt()

    def _call(self, e: Fields, now: int) -> None:
        wallet = str(e["wallet"])
        debt, owner = self._debt(wallet), self._spenders.behind.get(wallet)
        if debt.due is None or debt.due > now:
            raise Wrong(f"calls what {wallet} owes before it is due")
        owed = sum(debt.owed)
        own = min(owed, self._accounts.balance[wallet] - self._accounts.held[wallet])
        stake = min(debt.owed[0], owed - own)
        pool = min(debt.owed[1], owed - own - stake)
        left = owed - own - stake - pool
        fields = ("owed", "from_wallet", "from_stake", "from_pool", "left")
        said = tuple(whole(e[field]) for field in fields)
        names = (e["owner"], e["account"], e["stake"], e["pool"])
        if said != (owed, own, stake, pool, left) or names != (
            owner,
            line_of(wallet),
            stake_of(wallet),
            POOL,
        ):
            raise Wrong(f"calls {said} of what {wallet} owes, where {(owed, own, stake, pool, left)} is due")
        self._secure(wallet, debt.owed, -1)
        for giver, amount in ((wallet, own), (stake_of(wallet), stake), (POOL, pool)):
            if amount:
                self._accounts.move("debt_called", giver, line_of(wallet), amount)
        self._accounts.floor[line_of(wallet)] = -left
        self.debts[wallet] = Debt((0, 0, left), None, left > 0)
        if left:
            self.surplus.pop(str(owner), None)

    def _verify(self, e: Fields, now: int) -> None:
        owner, amount, day = str(e["owner"]), positive(e["amount"]), now // DAY
        if self._settled.pop(str(e["contract"]), None) != amount:
            raise Wrong(f"verifies that contract {e['contract']} paid {amount}, and it did not")
        total = min(MAX, self._left(owner, day) + amount)
        if (whole(e["total"]), whole(e["day"])) != (total, day):
            raise Wrong(f"says that {e['total']} of what {owner} earned is verified, and it is {total}")
        self.surplus[owner] = total, day

    def _surplus_left(self, agent: str, now: int) -> int:
        owner = self._spenders.behind[agent]
        share = whole(self._stakes.rules.get("surplus_share", 0))
        used = self._pledges.on_record(owner, self._spenders.behind)
        used += sum(
            debt.owed[2] for wallet, debt in self.debts.items() if self._spenders.behind.get(wallet) == owner
        )
        return self._left(owner, now // DAY) * share // ONE - used

    def _left(self, owner: str, day: int) -> int:
        """What of an owner's surplus has not faded: half is gone after every half-life."""
        amount, since = self.surplus.get(owner, (0, day))
        half = whole(self._stakes.rules.get("half_life_days", 30))
        halvings, rest = divmod(day - since, half)
        of_a_day = round(10**9 * 2 ** (-1 / half))
        # Rounded down once, in the end.
        return 0 if halvings >= 64 else amount * of_a_day**rest // (10 ** (9 * rest) << halvings)

    def _pool_left(self) -> int:
        used = self._pledges.pooled + sum(debt.owed[1] for debt in self.debts.values())
        free = self._accounts.balance[POOL] - self._accounts.held[POOL]
        return min(whole(self._stakes.rules.get("lending", 0)) - used, free)

    def _debt(self, wallet: str) -> Debt:
        return self.debts.get(wallet, Debt())

    def _secure(self, wallet: str, parts: Lent, sign: int) -> None:
        for account, amount in ((stake_of(wallet), parts[0]), (POOL, parts[1])):
            if amount:
                self._accounts.held[account] += sign * amount
                self._accounts.check(account)


def line_of(wallet: str) -> str:
    """The account that keeps what a wallet owes for bids."""
    return f"line:{wallet}"


def _pledge(e: Fields) -> str:
    """The name under which the money of the bid that is spoken of is reserved."""
    if e.get("order") is not None:
        return f"order {e['order']}"
    return f"bid {e['bid']} in {e['auction']}"
