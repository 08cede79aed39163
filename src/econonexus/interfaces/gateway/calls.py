"""The calls of one server: how they are reserved for, watched and ended, and what a crash leaves of them."""

import asyncio
import logging
import secrets

from econonexus.domain.commands import PlaceHold, SettleUnreported
from econonexus.domain.flows import holds
from econonexus.domain.flows.spending import frozen, payer
from econonexus.domain.ids import AccountId, AgentId, BudgetId, HoldId, Instant
from econonexus.domain.kinds import Unreported
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.interfaces.gateway.call import Call, Order, Reserved, Watched, told
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.interfaces.gateway.prices import Bound, Cost, Prices
from econonexus.interfaces.http.callers import Caller
from econonexus.interfaces.http.desk import in_ms
from econonexus.interfaces.http.problems import refused
from econonexus.interfaces.http.reservations import CALLS
from econonexus.interfaces.http.runs import foreign, may_name
from econonexus.node.node import Node
from econonexus.node.replies import Refused
from econonexus.telemetry.tallies import GatewayTally

log = logging.getLogger(__name__)

RUN = "X-EconoNexus-Run"
EXPIRES_IN_MS = 24 * 3_600_000
"""Long beyond any call."""


class Calls:
    """The calls of one server."""

    def __init__(self, node: Node, tally: GatewayTally) -> None:
        self._node = node
        self._tally = tally
        self._ending: set[asyncio.Future[None]] = set()

    def order(self, caller: Caller, model: str, run: str, prices: Prices) -> Order:
        """A call that is to be made."""
        agent, budget = AgentId(caller.holder), BudgetId(run)
        named = bool(run) and self._node.engine.peek(lambda state: may_name(state, AccountId(agent), budget))
        return Order(caller.id, agent, model, run, budget if named else None, prices)

    async def reserve(
        self, order: Order, bound: Bound, look: bool = False, name: str | None = None
    ) -> Reserved:
        """Reserve what a call can cost at most, in the wallet and every budget above it. Raises: Declined.

        The command has no id of the caller's: a call that is sent again is another call. With `look` the call
        says what is available then; `name` is what it is called already.
        """
        refusal = self._foreign(order)
        if refusal is not None:
            raise refused(refusal)
        cost = order.prices.bound(bound).at_least_one()
        command = _hold_for(order, cost, name or new_name())
        call = Reserved(self._node, order, cost, self._tally, command.hold)
        try:
            await call.place(command, look)
        except asyncio.CancelledError:
            self.end(call)  # The hold is placed, though nobody waits for it any more.
            raise
        return call

    def watch(self, order: Order, bound: Bound, refusal: str, recorded: bool) -> Watched:
        """Let a call be made that nothing is reserved for."""
        return Watched(self._node, order, order.prices.bound(bound), self._tally, refusal, recorded)

    def would_be_refused(self, order: Order, bound: Bound, now: Instant) -> str:
        """Why a call could not be reserved for at this moment; empty if it could."""
        command = _hold_for(order, order.prices.bound(bound).at_least_one(), new_name())
        decision = self._foreign(order) or self._node.engine.peek(
            lambda state: holds.place(state, command, now)
        )
        return told(self._node, decision).problem.code if isinstance(decision, Refusal) else ""

    def free(self, order: Order, bound: Bound) -> Watched:
        """Let a call be made that costs nothing, by who may spend at all. Raises: Declined."""
        refusal = self._node.engine.peek(lambda state: _frozen(state, order.agent))
        if refusal is not None:
            raise refused(refusal)
        return self.watch(order, bound, "", recorded=False)

    def _foreign(self, order: Order) -> Refusal | None:
        """Why it may not go under its run's budget, if that is another's."""
        if not order.run or order.budget is not None:
            return None
        account, named = AccountId(order.agent), BudgetId(order.run)
        return self._node.engine.peek(lambda state: foreign(state, account, named, RUN))

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


def new_name() -> str:
    """A name for a call that no other has."""
    return secrets.token_hex(8)


def _hold_for(order: Order, cost: Cost, name: str) -> PlaceHold:
    return PlaceHold(
        HoldId(f"{CALLS}{name}"),
        AccountId(order.agent),
        cost.amount,
        in_ms(EXPIRES_IN_MS),
        budget=order.budget,
        code=order.code,
        reference=order.reference,
        also=cost.also,
        unreported=Unreported.SETTLE,
    )


def _frozen(state: State, agent: AgentId) -> Refusal | None:
    paying = payer(state, AccountId(agent))
    return None if paying is None else frozen(state, *paying)


async def settle_what_a_crash_left(node: Node) -> int:
    """Pay the calls in full that no server is making any more, until reconciled; how many there were."""

    def left(state: State) -> list[HoldId]:
        return [hold for hold in state.ledger.holds if hold.startswith(CALLS)]

    orphans = await node.read(left)
    for hold in orphans:
        reply = await node.submit(SettleUnreported(hold), GATEWAY)
        if isinstance(reply, Refused) and reply.refusal.code is not RefusalCode.HOLD_ALREADY_SETTLED:
            log.error("call %s was not settled: %s", hold, reply.refusal.sentence())
    return len(orphans)
