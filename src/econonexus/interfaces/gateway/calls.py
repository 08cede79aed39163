"""The money of one call: reserved before it is made, settled by what it used, the rest released.

Whatever happens in between, the caller gone, an error, the server told to stop, a reservation ends, and how
it ends follows from how far the call had come: nothing was used, so much was used, or nobody knows. What
nobody knows is settled in full, and so is what a crash leaves open when the node comes up again.
"""

import asyncio
import enum
import logging
import secrets
from typing import NamedTuple

from econonexus.dialect.counting import Usage
from econonexus.domain.commands import PlaceHold, PostHold, TopUpHold, VoidHold
from econonexus.domain.ids import AccountId, BudgetId, CallerId, HoldId
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.interfaces.gateway.offers import Tariff
from econonexus.interfaces.http.callers import Caller
from econonexus.interfaces.http.desk import in_ms
from econonexus.interfaces.http.problems import refused
from econonexus.interfaces.http.reservations import CALLS
from econonexus.node.node import Node
from econonexus.node.replies import Refused

log = logging.getLogger(__name__)

GATEWAY = CallerId("gateway")
EXPIRES_IN_MS = 24 * 3_600_000
"""Long beyond any call: a hold that expired would give back what was used."""


class Fate(enum.Enum):
    """What is known of a call's use, if it ended now."""

    NOTHING_USED = "nothing used"
    COUNTED = "counted"
    UNKNOWN = "unknown"


class Bound(NamedTuple):
    """How many tokens a call may come to at most, read and written."""

    read: int
    written: int


class Call:
    """A reserved call. Say how far it has come by `fate` and `used`; it ends once, whoever comes first."""

    def __init__(self, node: Node, hold: HoldId, tariff: Tariff, held: Amount) -> None:
        self._node = node
        self._hold = hold
        self.tariff = tariff
        self._ended = False
        self.fate = Fate.NOTHING_USED
        self.used = Usage(0, 0)
        self.held_ucr = held
        """What is reserved for it now."""
        self.paid_ucr = Amount(0)
        """What was paid for it, once it has ended."""

    async def cover(self, bound: Bound) -> Refusal | None:
        """See to it that so many tokens are reserved for; the refusal where there is no money for them."""
        return await self._reach(self.tariff.bound(*bound))

    async def end(self) -> None:
        """Pay what was used and release the rest."""
        if self._ended:
            return
        self._ended = True
        match self.fate:
            case Fate.NOTHING_USED:
                await self._pay(Amount(0))
            case Fate.COUNTED:
                await self._pay(self.tariff.cost(self.used))
            case Fate.UNKNOWN:
                log.warning("call %s: what it used is not known; it is settled in full", self._hold)
                await self._pay(self.held_ucr)

    async def _reach(self, amount: Amount) -> Refusal | None:
        more = amount - self.held_ucr
        if more <= 0:
            return None
        reply = await self._node.submit(TopUpHold(self._hold, Amount(more)), GATEWAY)
        if isinstance(reply, Refused):
            return reply.refusal
        self.held_ucr = amount
        return None

    async def _pay(self, cost: Amount) -> None:
        refusal = await self._reach(cost)
        if refusal is not None:
            log.error("call %s used %d µcr more than it could reserve", self._hold, cost - self.held_ucr)
        self.paid_ucr = min(cost, self.held_ucr)
        command = PostHold(self._hold, self.paid_ucr) if self.paid_ucr else VoidHold(self._hold)
        reply = await self._node.submit(command, GATEWAY)
        if isinstance(reply, Refused):
            log.error("call %s was not settled: %s", self._hold, reply.refusal.sentence())


class Calls:
    """The calls of one server."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._ending: set[asyncio.Future[None]] = set()

    async def reserve(self, caller: Caller, model: str, tariff: Tariff, bound: Bound, run: str) -> Call:
        """Reserve what a call can cost at most, in the wallet and every budget above it. Raises: Declined.

        The command has no id of the caller's: a call that is sent again is another call.
        """
        amount = Amount(max(1, tariff.bound(*bound)))
        hold = HoldId(f"{CALLS}{secrets.token_hex(8)}")
        known = run and self._node.engine.peek(lambda state: BudgetId(run) in state.budgets.by_id)
        command = PlaceHold(
            hold,
            AccountId(caller.holder),
            amount,
            in_ms(EXPIRES_IN_MS),
            budget=BudgetId(run) if known else None,
            code=model[:64],
            reference=f"run {run}" if run else "",
        )
        call = Call(self._node, hold, tariff, amount)
        try:
            reply = await self._node.submit(command, caller.id)
        except asyncio.CancelledError:
            self.end(call)  # The hold is placed, though nobody waits for it any more.
            raise
        if isinstance(reply, Refused):
            raise refused(reply.refusal)
        return call

    def end(self, call: Call) -> "asyncio.Future[None]":
        """End a call, whether or not somebody stays to wait for it."""
        task = asyncio.ensure_future(call.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return asyncio.shield(task)

    async def drain(self) -> None:
        """Wait until every call that ends by itself has ended."""
        while self._ending:
            await asyncio.gather(*self._ending, return_exceptions=True)


async def settle_what_a_crash_left(node: Node) -> int:
    """Settle in full the calls that no server is making any more; how many there were."""

    def left(state: State) -> list[tuple[HoldId, Amount]]:
        holds = state.ledger.holds.values()
        return [(hold.id, Amount(hold.amount)) for hold in holds if hold.id.startswith(CALLS)]

    orphans = await node.read(left)
    for hold, amount in orphans:
        reply = await node.submit(PostHold(hold, amount), GATEWAY)
        if isinstance(reply, Refused) and reply.refusal.code is not RefusalCode.HOLD_EXPIRED:
            log.error("call %s was not settled: %s", hold, reply.refusal.sentence())
    return len(orphans)
