"""The money of one call: reserved before it is made, settled by what it used, the rest released.

Whatever happens in between, the caller gone, an error, the server told to stop, a call ends once, and how it
ends follows from how far it had come: nothing was used, so much was used, or nobody knows. What nobody knows
is paid in full and stays on the list of the unreported until an operator says what it was.
"""

import abc
import asyncio
import contextlib
import enum
import logging
import time
from collections.abc import Awaitable
from typing import NamedTuple

import msgspec

from econonexus.dialect.counting import Usage
from econonexus.domain.commands import (
    Command,
    PlaceHold,
    PostHold,
    RecordUsage,
    SettleUnreported,
    TopUpHold,
    VoidHold,
)
from econonexus.domain.flows.charging import FIELD
from econonexus.domain.ids import AgentId, BudgetId, CallerId, HoldId
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.gateway.limits import GATEWAY, ends_in_s
from econonexus.interfaces.gateway.prices import Bound, Cost, Prices
from econonexus.interfaces.gateway.standing import left
from econonexus.interfaces.gateway.uses import Use
from econonexus.interfaces.gateway.waiting_room import Turn
from econonexus.interfaces.http.problems import Declined, declined, refused
from econonexus.node.node import Node
from econonexus.node.replies import Refused, Reply
from econonexus.telemetry.tallies import GatewayTally

log = logging.getLogger(__name__)

PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""How long an overloaded node is left alone, one time after the other. What is still open after the last is
settled by the next start, or by its deadline."""


class Fate(enum.Enum):
    """What is known of a call's use, if it ended now."""

    NOTHING_USED = "nothing used"
    COUNTED = "counted"
    UNKNOWN = "unknown"


class Order(NamedTuple):
    """Who calls which model, for what run, and at which prices."""

    caller: CallerId
    agent: AgentId
    model: str
    run: str
    budget: BudgetId | None
    """The run's, where it has one."""
    prices: Prices

    @property
    def code(self) -> str:
        """What the ledger calls it."""
        return self.model[:64]

    @property
    def reference(self) -> str:
        """What it is about."""
        return f"run {self.run}" if self.run else ""


class Call(abc.ABC):
    """A call and its money: say how far it came by `fate` and `used`. It ends once, whoever comes first."""

    charged = True
    """Whether its cost is paid by anybody."""

    def __init__(self, node: Node, order: Order, reserved: Cost, tally: GatewayTally) -> None:
        self._node = node
        self._order = order
        self._tally = tally
        self._ended = False
        self._sent_s: float | None = None
        self._turn: Turn | None = None
        self._leave = contextlib.AsyncExitStack()
        self._use: Use | None = None
        self.reserved = reserved
        """What is reserved for it now, or would be."""
        self.fate = Fate.NOTHING_USED
        self.used = Usage(0, 0)
        self.outcome = "aborted"
        """What the metrics say became of it; so, if nothing else does."""
        self.available_ucr: int | None = None
        """What its agent may still spend, as it was seen with the call's last step."""
        self.cost_ucr = Amount(0)
        """What it cost, once it has ended."""

    @property
    def prices(self) -> Prices:
        """What its tokens cost."""
        return self._order.prices

    def sent(self) -> None:
        """It goes to its model now."""
        self._sent_s = time.monotonic()
        self._tally.sent(self._order.model)

    def takes(self, turn: Turn, leave: contextlib.AsyncExitStack) -> None:
        """It has a turn at its model, and gives that up when it ends."""
        self._turn, self._leave = turn, leave

    def spends(self, use: Use) -> None:
        """It is served from grants, and what it used of them is metered when it ends."""
        self._use = use

    async def cover(self, bound: Bound) -> Declined | None:
        """See to it that so many tokens are reserved for; why not, where there is no money for them."""
        return await self._reach(self.prices.bound(bound))

    async def end(self) -> None:
        """Pay what was used and release the rest."""
        if self._ended:
            return
        self._ended = True
        if self._sent_s is not None:
            self._tally.was_answered(self._order.model, time.monotonic() - self._sent_s)
        cost = self._cost()
        self.cost_ucr = cost.amount
        if self._turn is not None:
            self._turn.charge(cost.amount)
        await self._leave.aclose()  # The model is free again; what follows concerns the ledger alone.
        if self._use is not None:
            await self._use.end(self._tokens())
        await self._pay(cost)
        self._count()

    def _count(self) -> None:
        """Tell the metrics."""
        model, tally = self._order.model, self._tally
        tally.ended(model, self.outcome)
        if self.fate is not Fate.NOTHING_USED:
            tally.paid(model, self.prices.asset, self.cost_ucr if self.charged else 0, *self.used)

    def _tokens(self) -> int | None:
        """How many tokens it used; None where nobody knows."""
        match self.fate:
            case Fate.NOTHING_USED:
                return 0
            case Fate.COUNTED:
                return self.used.read + self.used.written
            case Fate.UNKNOWN:
                return None

    def _cost(self) -> Cost:
        match self.fate:
            case Fate.NOTHING_USED:
                return self.prices.cost(Usage(0, 0))
            case Fate.COUNTED:
                return self.prices.cost(self.used)
            case Fate.UNKNOWN:
                return self.reserved

    @abc.abstractmethod
    async def _reach(self, cost: Cost) -> Declined | None:
        """Have so much reserved at least, or say why not."""

    @abc.abstractmethod
    async def _pay(self, cost: Cost) -> None:
        """Pay what the call came to."""

    async def _record(self, amount: Amount, why: str) -> None:
        """Write down a use that nothing pays for."""
        order = self._order
        if not amount:
            return
        command = RecordUsage(order.agent, amount, order.code, order.reference, why, order.budget)
        reply = await self._insisted(command)
        if isinstance(reply, Refused):  # A run's budget that is not beneath the agent's counts for nothing.
            await self._insisted(msgspec.structs.replace(command, budget=None))

    async def _insisted(self, command: Command) -> Reply:
        """What comes of a command, which is given again while the node only has too much in hand."""
        for wait_s in PAUSES_S:
            reply = await self._node.submit(command, GATEWAY)
            if not isinstance(reply, Refused) or not reply.refusal.code.transient:
                return reply
            await asyncio.sleep(wait_s)
        return reply

    async def _seen_with(self, submitting: Awaitable[Reply]) -> Reply:
        """What comes of a command, and what the agent has left then; the journal is waited for once."""
        begun = asyncio.Event()

        async def submitted() -> Reply:
            begun.set()
            return await submitting  # It is decided before whoever waits for the event has a turn.

        async def seen() -> int:
            await begun.wait()
            order = self._order
            return await self._node.read(lambda state: left(state, order.agent, order.run, state.time))

        reply, self.available_ucr = await asyncio.gather(submitted(), seen())
        return reply


class Reserved(Call):
    """A call whose money is on hold."""

    def __init__(self, node: Node, order: Order, reserved: Cost, tally: GatewayTally, hold: HoldId) -> None:
        super().__init__(node, order, reserved, tally)
        self._hold = hold

    async def place(self, command: PlaceHold, look: bool) -> None:
        """Put the money on hold. Raises: Declined."""
        submitting = self._node.submit(command, self._order.caller)
        reply = await (self._seen_with(submitting) if look else submitting)
        if isinstance(reply, Refused):
            raise told(self._node, reply.refusal)

    async def _reach(self, cost: Cost) -> Declined | None:
        more = cost.beyond(self.reserved)
        if not more.amount and not more.also:
            return None
        reply = await self._insisted(TopUpHold(self._hold, more.amount, also=more.also))
        if isinstance(reply, Refused):
            return told(self._node, reply.refusal)
        self.reserved = self.reserved.or_more(cost)
        return None

    async def _pay(self, cost: Cost) -> None:
        if self.fate is Fate.UNKNOWN:
            log.warning("call %s: what it used is not known; it is paid in full", self._hold)
            await self._submit(SettleUnreported(self._hold))
            return
        beyond = await self._reach(cost)
        paid = cost.within(self.reserved)
        if beyond is not None:
            log.error("call %s used more than it could reserve: %s", self._hold, beyond)
            await self._reach(cost._replace(also=self.reserved.also))  # Its own money may be there.
            await self._reach(self.reserved._replace(also=cost.also))  # Or room in what its provider is paid.
            paid = cost.within(self.reserved)
            await self._record(Amount(cost.amount - paid.amount), beyond.problem.code)
        if not paid.amount and not any(charge.amount for charge in paid.also):
            await self._submit(VoidHold(self._hold))
            return
        self.cost_ucr = Amount(max(1, paid.amount))  # A hold pays something, or is void.
        await self._submit(PostHold(self._hold, self.cost_ucr, also=paid.also))

    async def _submit(self, command: SettleUnreported | VoidHold | PostHold) -> None:
        reply = await self._seen_with(self._insisted(command))
        if isinstance(reply, Refused):
            log.error("call %s was not settled: %s", self._hold, reply.refusal.sentence())


class Watched(Call):
    """A call that nothing is reserved for; `refused` is why it would not have been made, if at all."""

    charged = False

    def __init__(
        self, node: Node, order: Order, reserved: Cost, tally: GatewayTally, refused: str, recorded: bool
    ) -> None:
        super().__init__(node, order, reserved, tally)
        self._refused = refused
        self._recorded = recorded

    async def _reach(self, cost: Cost) -> Declined | None:
        self.reserved = cost
        return None

    async def _pay(self, cost: Cost) -> None:
        if self._recorded:
            await self._record(cost.amount, self._refused)


def told(node: Node, refusal: Refusal) -> Declined:
    """What a caller is told of a refusal: that a provider's limit is spent is no lack of its own money."""
    if refusal.code is not RefusalCode.BUDGET_EXHAUSTED or refusal.field != FIELD:
        return refused(refusal)
    limit = BudgetId(refusal.subject)
    wait_s = node.engine.peek(lambda state: ends_in_s(state, limit, state.time))
    said = f"What may be paid to the model's provider is spent until its window ends, in {wait_s} s."
    return declined(429, "provider_limit", said, headers={"Retry-After": str(wait_s)})
