"""One call of a model: estimate, reserve, make it, settle what it used, release the rest.

Whatever happens in between, the caller gone, an error, the server told to stop, the reservation ends with
what was used. What a crash leaves open is settled in full when the node
comes up again, as nobody can know any more how much of it was used.
"""

import asyncio
import logging
import secrets

from econonexus.domain.commands import PlaceHold, PostHold
from econonexus.domain.ids import AccountId, BudgetId, CallerId, HoldId
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.interfaces.gateway.models import Tariff
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


class Call:
    """A reserved call. It ends by `settle`, once, whoever comes first."""

    def __init__(self, node: Node, hold: HoldId, tariff: Tariff, prompt_tokens: int, bound: Amount) -> None:
        self._node = node
        self._hold = hold
        self._tariff = tariff
        self._ended = False
        self.prompt_tokens = prompt_tokens
        self.output_tokens = 0
        """How much the model has written so far."""
        self.bound_ucr = bound
        """What the call can cost at most."""

    @property
    def cost_ucr(self) -> Amount:
        """What the call has cost so far; a call that was made costs its prompt at least."""
        return self._tariff.cost(self.prompt_tokens, self.output_tokens)

    async def settle(self) -> None:
        """Pay what was used and release the rest."""
        if self._ended:
            return
        self._ended = True
        reply = await self._node.submit(PostHold(self._hold, self.cost_ucr), GATEWAY)
        if isinstance(reply, Refused):
            log.error("call %s was not settled: %s", self._hold, reply.refusal.sentence())


class Calls:
    """The calls of one server."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._ending: set[asyncio.Future[None]] = set()

    async def reserve(
        self, caller: Caller, model: str, tariff: Tariff, prompt_tokens: int, max_tokens: int, run: str
    ) -> Call:
        """Reserve what a call can cost at most, in the wallet and every budget above it. Raises: Declined.

        The command has no id of the caller's: a call that is sent again is another call.
        """
        bound = tariff.cost(prompt_tokens, max_tokens)
        hold = HoldId(f"{CALLS}{secrets.token_hex(8)}")
        known = run and self._node.engine.peek(lambda state: BudgetId(run) in state.budgets.by_id)
        command = PlaceHold(
            hold,
            AccountId(caller.holder),
            bound,
            in_ms(EXPIRES_IN_MS),
            budget=BudgetId(run) if known else None,
            code=model[:64],
            reference=f"run {run}" if run else "",
        )
        reply = await self._node.submit(command, caller.id)
        if isinstance(reply, Refused):
            raise refused(reply.refusal)
        return Call(self._node, hold, tariff, prompt_tokens, bound)

    def end(self, call: Call) -> "asyncio.Future[None]":
        """Settle a call, whether or not somebody stays to wait for it."""
        task = asyncio.ensure_future(call.settle())
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
