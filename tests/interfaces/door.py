"""A market at the gateway's door in virtual time, and calls that want to be admitted by it."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.config import GatewaySettings, Settings
from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND, AgentId, CallerId, Duration, Instant
from econonexus.domain.kinds import Mechanism
from econonexus.domain.state import State
from econonexus.domain.terms import Terms
from econonexus.interfaces.gateway.bids import Wanted
from econonexus.interfaces.gateway.market import Markets
from econonexus.interfaces.gateway.uses import Use
from econonexus.interfaces.http.problems import Declined
from econonexus.node.engine import Engine
from econonexus.node.node import Node
from econonexus.node.replies import Reply
from tests.nodes import OPERATOR, accepted, check
from tests.virtual_time import VirtualClock

T = TypeVar("T")

PERIOD = Duration(10 * SECOND)
ROUND_MS = 250


class Bare(NamedTuple):
    """As much of a node as the gateway's markets ask for."""

    engine: Engine

    async def submit(self, command: Command, caller: CallerId) -> Reply:
        return await self.engine.submit(command, caller)

    async def read(self, look: Callable[[State], T]) -> T:
        return await self.engine.read(look)


class Door:
    """A market `m` of some tokens every ten seconds, and calls that want to be admitted by it."""

    def __init__(self, engine: Engine, journal: MemoryJournal, clock: VirtualClock, unit_tokens: int) -> None:
        own = GatewaySettings(market="m", market_round_ms=ROUND_MS, market_unit_tokens=unit_tokens)
        self.engine, self.journal = engine, journal
        self.markets = Markets(cast(Node, Bare(engine)), Settings(gateway=own), clock.wall_ns)
        self._calls = 0

    @classmethod
    async def open(
        cls, mechanism: Mechanism, capacity: int, terms: Terms | None = None, unit_tokens: int = 1
    ) -> "Door":
        journal, clock = MemoryJournal(), VirtualClock()
        engine = await Engine.start(journal, clock)
        door = cls(engine, journal, clock, unit_tokens)
        for name in ("ann", "bob", "cat"):
            await door.does(c.CreateAgent(name, credits=10_000))
        await door.does(c.DeclareResource("tokens", "token", capacity, PERIOD))
        await door.does(c.CreateMarket("m", ("tokens",), mechanism, terms or Terms()))
        return door

    async def does(self, command: Command) -> tuple[Event, ...]:
        return accepted(await self.engine.submit(command, OPERATOR)).events

    async def admit(self, agent: str, tokens: int, bid: int | None = None, longest_s: float = 30.0) -> Use:
        self._calls += 1
        who = self.engine.peek(lambda state: state.agents.by_id[AgentId(agent)])
        caller = CallerId(f"agent:{agent}")
        return await self.markets.admit(
            Wanted(f"{self._calls:016}", who, caller, "mock", tokens, bid, longest_s)
        )

    async def no(self, agent: str, tokens: int, bid: int | None = None, longest_s: float = 30.0) -> Declined:
        """Why a call is not admitted."""
        try:
            await self.admit(agent, tokens, bid, longest_s)
        except Declined as no:
            return no
        raise AssertionError("it was admitted")

    async def happened(self, kind: type[Event]) -> list[Event]:
        records = await self.engine.relay.after(0, 10_000)
        return [record.event for record in records if isinstance(record.event, kind)]

    async def close(self) -> None:
        await self.markets.close()
        await self.engine.stop()
        await check(self.journal)

    def now(self) -> Instant:
        return self.engine.peek(lambda state: state.time)

    def balance(self, agent: str) -> tuple[int, int]:
        account = self.engine.peek(lambda state: state.ledger.accounts[agent])  # type: ignore[index]
        return account.balance, account.held


def code(outcome: object) -> tuple[int, str]:
    assert isinstance(outcome, Declined), outcome
    return outcome.problem.status, outcome.problem.code
