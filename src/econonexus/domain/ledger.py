"""Accounts, transfers and holds: double entry in whole numbers.

Every movement debits one account and credits another of the same asset, so all balances of an asset
add up to zero at every instant. A hold reserves part of a balance for one destination until it is
posted, voided or expires.
"""

import itertools
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.charges import Charge, added
from econonexus.domain.ids import CREDIT, AccountId, AgentId, AssetId, BudgetId, HoldId, Instant, Sequence
from econonexus.domain.kinds import AccountKind, Unreported
from econonexus.domain.money import MAX_AMOUNT, Amount, Ppm

SETTLED_REMEMBERED = 100_000
"""So many settled holds at least are remembered, and at most twice as many, so that settling one again is
told apart from a wrong id."""

SYSTEM_KINDS = (AccountKind.MINT, AccountKind.BURN, AccountKind.TREASURY, AccountKind.ESCROW)
CREDIT_KINDS = (*SYSTEM_KINDS, AccountKind.REWARDS, AccountKind.INSURANCE)


def system_account(kind: AccountKind, asset: AssetId) -> AccountId:
    """The id of an asset's own account of a kind: `mint` for credit, `mint:usd` for usd."""
    return AccountId(kind.value if asset == CREDIT else f"{kind.value}:{asset}")


def system_kinds(asset: AssetId) -> tuple[AccountKind, ...]:
    """The kinds of account that an asset has of its own."""
    return CREDIT_KINDS if asset == CREDIT else SYSTEM_KINDS


def exchange_account(exchange: str, asset: AssetId) -> AccountId:
    """The id of the account an exchange keeps in one of its two assets."""
    return AccountId(f"exchange:{exchange}:{asset}")


def debt_account(wallet: AccountId) -> AccountId:
    """The id of the account that keeps what a wallet owes."""
    return AccountId(f"debt:{wallet}")


def line_account(wallet: AccountId) -> AccountId:
    """The id of the account that keeps what a wallet was lent for bids and orders, and owes."""
    return AccountId(f"line:{wallet}")


def stake_behind(wallet: AccountId) -> AccountId:
    """The id of the account in which an agent's stake lies, which bears the name of its wallet."""
    return AccountId(f"stake:{wallet}")


def lender() -> AccountId:
    """The account of which part is the pool that secures lines."""
    return system_account(AccountKind.TREASURY, CREDIT)


class Account(msgspec.Struct, gc=False, omit_defaults=True):
    """One owner's holding of one asset."""

    id: AccountId
    owner: AccountId
    kind: AccountKind
    asset: AssetId
    balance: int = 0
    held: int = 0
    """The part of the balance that open holds reserve."""
    floor: int = 0
    """The balance never goes below this: 0, minus the credit line for a debt, unbounded for a mint."""
    frozen: bool = False
    budget: BudgetId | None = None
    debt: AccountId | None = None
    line: AccountId | None = None
    """Where it owes what it was lent for bids and orders."""

    @property
    def owes(self) -> bool:
        """Whether it may have debts, which income repays."""
        return self.debt is not None or self.line is not None

    @property
    def available(self) -> int:
        """What may leave now."""
        return self.balance - self.floor - self.held


class Hold(msgspec.Struct, gc=False, omit_defaults=True):
    """A reserved movement that still may be posted."""

    id: HoldId
    source: AccountId
    destination: AccountId
    amount: int
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    code: str = ""
    reference: str = ""
    agent: AgentId | None = None
    """Who reserved it, where it pays from its team's wallet."""
    also: tuple[Charge, ...] = ()
    """What it holds of further limits."""
    unreported: Unreported = Unreported.RELEASE


class Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is lent, by what secures it: stake, the pool, and the record alone."""

    stake: int = 0
    pool: int = 0
    record: int = 0

    @property
    def amount(self) -> int:
        """All of it."""
        return self.stake + self.pool + self.record

    def of(self, amount: int) -> "Line":
        """So much of it, the best secured first."""
        stake = min(self.stake, amount)
        pool = min(self.pool, amount - stake)
        return Line(stake, pool, min(self.record, amount - stake - pool))

    def plus(self, other: "Line", sign: int = 1) -> "Line":
        """Both together, or without the other where `sign` is -1."""
        return Line(
            self.stake + sign * other.stake, self.pool + sign * other.pool, self.record + sign * other.record
        )


NO_LINE = Line()


class Coming(msgspec.Struct, frozen=True, gc=False):
    """What is lent for a bid, and how many times its own funds its agent may bid."""

    line: Line
    power: Ppm


class Pledge(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A reserved movement that belongs to something: a bid, an order. It ends as that ends, and only so."""

    source: AccountId
    destination: AccountId
    amount: int
    budgets: tuple[BudgetId, ...] = ()
    line: Line | None = None
    """What of the amount is lent; None where nothing ever is."""

    @property
    def own(self) -> int:
        """What of it the source has itself."""
        return self.amount if self.line is None else self.amount - self.line.amount

    def of(self, amount: int) -> "Pledge":
        """The same for another amount; where part is lent, for no more, and of the source's own first."""
        line = self.line and self.line.of(max(0, amount - self.own))
        return Pledge(self.source, self.destination, amount, self.budgets, line)

    def drawn(self, line: Line) -> "Pledge":
        """The same where so much of what was lent has become the source's own."""
        assert self.line is not None, "something was lent"
        return Pledge(self.source, self.destination, self.amount, self.budgets, self.line.plus(line, -1))

    def parts(self) -> Iterator[tuple[AccountId, int]]:
        """Of which accounts it reserves how much."""
        yield self.source, self.own
        if self.line is not None and self.line.amount:
            yield line_account(self.source), self.line.amount
            if self.line.stake:
                yield stake_behind(self.source), self.line.stake
            if self.line.pool:
                yield lender(), self.line.pool


class UnreportedHold(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A hold that was paid in full because nobody said what was used, until somebody does."""

    hold: Hold
    amount: int
    """What was paid."""
    chains: tuple[tuple[BudgetId, ...], ...]
    """For each of the hold's further limits, where it counted: the budget named and all above it then."""
    at: Instant
    """When it was paid, and by which record."""
    sequence: Sequence


class Ledger(msgspec.Struct, omit_defaults=True):
    """All accounts and holds. Only events change it."""

    assets: dict[AssetId, int] = {}
    """Asset to decimals."""
    accounts: dict[AccountId, Account] = {}
    holds: dict[HoldId, Hold] = {}
    settled: dict[HoldId, bool] = {}
    """The holds settled last, oldest first: True where the hold expired."""
    unreported: dict[HoldId, UnreportedHold] = {}
    """The holds paid in full that nobody has reconciled yet."""

    def supply(self, asset: AssetId) -> int:
        """What circulates: minted less burned, in the asset's smallest unit."""
        minted = -self.accounts[system_account(AccountKind.MINT, asset)].balance
        return minted - self.accounts[system_account(AccountKind.BURN, asset)].balance

    def placed_by(self, hold: Hold) -> str:
        """Whose hold it is: the agent's that drew on its team's wallet, or the owner's of its source."""
        return hold.agent or self.accounts[hold.source].owner

    # How events change it. Nothing is checked again here: what decided the event has.

    def declare_asset(self, event: events.AssetDeclared) -> None:
        """Open the asset's system accounts."""
        self.assets[event.asset] = event.decimals
        for kind in system_kinds(event.asset):
            name = system_account(kind, event.asset)
            floor = -MAX_AMOUNT if kind is AccountKind.MINT else 0
            self.accounts[name] = Account(name, name, kind, event.asset, floor=floor)

    def declare_exchange(self, event: events.ExchangeDeclared) -> None:
        """Open the exchange's two accounts."""
        for asset in (event.sell, event.buy):
            name = exchange_account(event.exchange, asset)
            self.accounts[name] = Account(name, name, AccountKind.EXCHANGE, asset)

    def open_account(self, event: events.AccountOpened) -> None:
        """Add an empty account. The label is personal and stays out of the state."""
        self.accounts[event.account] = Account(
            event.account, event.owner, event.kind, event.asset, budget=event.budget
        )

    def freeze(self, event: events.AccountFrozen) -> None:
        """Mark the account frozen."""
        self.accounts[event.account].frozen = True

    def unfreeze(self, event: events.AccountUnfrozen) -> None:
        """Mark the account free."""
        self.accounts[event.account].frozen = False

    def set_credit_line(self, event: events.CreditLineSet) -> None:
        """Open the debt account if need be, and set how far it may fall."""
        if event.debt not in self.accounts:
            self.accounts[event.debt] = Account(event.debt, event.owner, AccountKind.DEBT, CREDIT)
            self.accounts[event.account].debt = event.debt
        self.accounts[event.debt].floor = -event.limit

    def assign_budget(self, event: events.BudgetAssigned) -> None:
        """Count what leaves the account against another budget."""
        self.accounts[event.account].budget = event.budget

    def move(self, source: AccountId, destination: AccountId, amount: Amount) -> None:
        """Debit one account and credit the other."""
        accounts = self.accounts
        accounts[source].balance -= amount
        accounts[destination].balance += amount

    def reserve(self, pledge: Pledge, sign: int = 1) -> None:
        """Reserve what a pledge promises, or free it again where `sign` is -1."""
        if pledge.line is None:
            self.accounts[pledge.source].held += sign * pledge.amount
            return
        for name, amount in pledge.parts():
            self.accounts[name].held += sign * amount
        if pledge.line.amount:
            self.accounts[line_account(pledge.source)].floor -= sign * pledge.line.amount

    def open_line(self, event: events.LinePledged) -> None:
        """Open the account that keeps what a wallet comes to owe, if need be."""
        if event.account not in self.accounts:
            wallet = self.accounts[event.wallet]
            self.accounts[event.account] = Account(event.account, wallet.owner, AccountKind.DEBT, CREDIT)
            wallet.line = event.account

    def owe(self, wallet: AccountId, by: int) -> None:
        """Let so much more be owed, or less: the account may fall so far, and no further."""
        self.accounts[line_account(wallet)].floor -= by

    def secure(self, wallet: AccountId, line: Line, sign: int) -> None:
        """Reserve what secures what is owed, or free it again where `sign` is -1."""
        for name, amount in ((stake_behind(wallet), line.stake), (lender(), line.pool)):
            if amount:
                self.accounts[name].held += sign * amount

    def place_hold(self, event: events.HoldPlaced) -> None:
        """Reserve part of a balance."""
        self.accounts[event.source].held += event.amount
        self.holds[event.hold] = Hold(
            event.hold,
            event.source,
            event.destination,
            event.amount,
            event.expires_at,
            event.budgets,
            event.code,
            event.reference,
            event.agent,
            event.also,
            event.unreported,
        )

    def top_up_hold(self, event: events.HoldToppedUp) -> None:
        """Reserve more, for longer."""
        hold = self.holds[event.hold]
        self.accounts[hold.source].held += event.amount
        hold.amount += event.amount
        hold.expires_at = event.expires_at
        hold.also = added(hold.also, event.also)

    def settle_hold(self, hold_id: HoldId, expired: bool = False) -> Hold:
        """End a hold and free what it reserved; what is posted is moved by the caller."""
        hold = self.holds.pop(hold_id)
        self.accounts[hold.source].held -= hold.amount
        settled = self.settled
        settled[hold_id] = expired
        if len(settled) > 2 * SETTLED_REMEMBERED:
            # In bulk: a dictionary walks over its dead entries whenever its first one is asked for.
            self.settled = dict(itertools.islice(settled.items(), SETTLED_REMEMBERED, None))
        return hold

    def settle_unreported(
        self,
        event: events.HoldSettledUnreported,
        chains: tuple[tuple[BudgetId, ...], ...],
        at: Instant,
        sequence: Sequence,
    ) -> Hold:
        """End a hold by paying it, and keep it until somebody knows what it really was."""
        hold = self.settle_hold(event.hold)
        del self.settled[hold.id]  # It is remembered for longer than those.
        self.move(event.source, event.destination, event.amount)
        self.unreported[hold.id] = UnreportedHold(hold, event.amount, chains, at, sequence)
        return hold

    def reconcile_hold(self, event: events.HoldReconciled) -> None:
        """Give back what was not used; from now on the hold is a settled one."""
        del self.unreported[event.hold]
        self.move(event.destination, event.source, event.returned)
        self.settled[event.hold] = False
