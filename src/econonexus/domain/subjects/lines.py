"""Credit lines: what is lent for bids, by wallet; what is owed, and by when.

A line is never kept as a number of its own: it is worked out anew for every bid, from the record, the stake
and the pool. What is kept is what of it is in use.
"""

from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, Instant
from econonexus.domain.ledger import NO_LINE, Coming, Line, Pledge, lender, line_account, stake_behind
from econonexus.domain.mechanisms.promises.decay import faded


class Use(msgspec.Struct, gc=False, omit_defaults=True):
    """What one wallet has out in the markets that lend."""

    owner: AccountId
    own: int = 0
    """Of its own funds, pledged for bids there."""
    lent: Line = NO_LINE
    """Pledged beside them,"""
    owed: Line = NO_LINE
    """and what was drawn and is not repaid."""
    due_at: Instant | None = None
    """When what is owed is called."""
    overdue: bool = False
    """Whether what was called did not suffice; then nothing is lent."""


class Surplus(msgspec.Struct, frozen=True, gc=False):
    """What an owner was paid for contracts that somebody independent judged kept, faded as of a day."""

    amount: int
    day: int


class Lines(msgspec.Struct):
    """All lines in use. Only events change them."""

    by_wallet: dict[AccountId, Use] = {}
    surplus: dict[AccountId, Surplus] = {}
    pooled: int = 0
    """What of the treasury secures lines."""
    on_record: dict[AccountId, int] = {}
    """What is lent to each owner, and owed by it, on its record alone."""
    coming: Coming | None = None
    """What is lent for the bid that comes next."""

    def of(self, wallet: AccountId, owner: AccountId) -> Use:
        """What a wallet has out."""
        return self.by_wallet.get(wallet) or Use(owner)

    def surplus_of(self, owner: AccountId, day: int, half_life_days: int) -> int:
        """What is left of an owner's verified surplus on a day."""
        known = self.surplus.get(owner)
        return 0 if known is None else faded(known.amount, day - known.day, half_life_days)

    def secured(self, wallet: AccountId) -> int:
        """What of an agent's stake stands for what its wallet was lent."""
        use = self.by_wallet.get(wallet)
        return 0 if use is None else use.lent.stake + use.owed.stake

    def due_of(self, wallet: AccountId) -> Instant | None:
        """When a wallet's debt is called."""
        use = self.by_wallet.get(wallet)
        return None if use is None else use.due_at

    def pledges(self) -> Iterator[Pledge]:
        """What is reserved of stakes and the pool for what is owed."""
        for wallet, use in self.by_wallet.items():
            if use.owed.stake:
                yield Pledge(stake_behind(wallet), line_account(wallet), use.owed.stake)
            if use.owed.pool:
                yield Pledge(lender(), line_account(wallet), use.owed.pool)

    def pledge(self, event: events.LinePledged, owner: AccountId) -> None:
        """Note what is lent for what comes next."""
        numbers = (event.by_stake, event.by_pool, event.by_record)
        stake, pool, record = (each for each in numbers if isinstance(each, int))
        self.by_wallet.setdefault(event.wallet, Use(owner))
        self.coming = Coming(Line(stake, pool, record), event.power)

    def come(self) -> Coming | None:
        """What is lent for the bid that has come now; None where nothing ever is."""
        coming, self.coming = self.coming, None
        return coming

    def reserve(self, pledge: Pledge, sign: int) -> None:
        """Count a pledge of a market that lends, or take it back where `sign` is -1."""
        if pledge.line is None:
            return
        use = self.by_wallet[pledge.source]
        use.own += sign * pledge.own
        use.lent = use.lent.plus(pledge.line, sign)
        self._count(use.owner, pledge.line, sign)

    def draw(self, wallet: AccountId, line: Line, due_at: Instant) -> None:
        """Let what was lent be owed; what is owed already sets the date."""
        use = self.by_wallet[wallet]
        use.owed = use.owed.plus(line)
        use.due_at = due_at if use.due_at is None else use.due_at
        self._count(use.owner, line, 1)

    def repay(self, wallet: AccountId, amount: int) -> Line:
        """Let so much be owed no more; what it frees of what secured it.

        What only the record stands for is repaid first, then what the pool does.
        """
        use = self.by_wallet[wallet]
        left = use.owed.of(use.owed.amount - amount)
        freed = use.owed.plus(left, -1)
        use.owed = left
        self._count(use.owner, freed, -1)
        if not left.amount:
            use.due_at, use.overdue = None, False
        return freed

    def call(self, event: events.DebtCalled) -> Line:
        """Let what was called be owed no more; all that secured it is free again."""
        use = self.by_wallet[event.wallet]
        freed, left = use.owed, Line(record=event.left)
        self._count(use.owner, freed, -1)
        self._count(use.owner, left, 1)
        use.owed, use.due_at, use.overdue = left, None, event.left > 0
        if event.left:
            self.surplus.pop(event.owner, None)
        return freed

    def verify(self, event: events.SurplusVerified) -> None:
        """Keep an owner's new surplus."""
        self.surplus[event.owner] = Surplus(event.total, event.day)

    def _count(self, owner: AccountId, line: Line, sign: int) -> None:
        self.pooled += sign * line.pool
        total = self.on_record.get(owner, 0) + sign * line.record
        if total:
            self.on_record[owner] = total
        else:
            self.on_record.pop(owner, None)
