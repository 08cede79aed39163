"""How markets admit calls, in virtual time: who is served, at what price, what becomes of who gives up."""

import asyncio
from typing import NamedTuple, cast

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.config import GatewaySettings, ModelSettings, Settings
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND, AgentId, CallerId, Duration
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms
from econonexus.interfaces.gateway.market import Markets, Wanted
from econonexus.interfaces.gateway.uses import Use
from econonexus.interfaces.http.problems import Declined
from econonexus.node.engine import Engine
from econonexus.node.node import Node
from econonexus.node.replies import Reply
from tests.nodes import OPERATOR, accepted, check
from tests.virtual_time import VirtualClock, in_virtual_time

PERIOD = Duration(10 * SECOND)
ROUND_MS = 250


class Bare(NamedTuple):
    """As much of a node as the gateway's markets ask for."""

    engine: Engine

    async def submit(self, command: Command, caller: CallerId) -> Reply:
        return await self.engine.submit(command, caller)


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
            Wanted(f"{self._calls:04}", who, caller, "mock", tokens, bid, longest_s)
        )

    async def happened(self, kind: type[Event]) -> list[Event]:
        records = await self.engine.relay.after(0, 10_000)
        return [record.event for record in records if isinstance(record.event, kind)]

    async def close(self) -> None:
        await self.markets.close()
        await self.engine.stop()
        await check(self.journal)

    def balance(self, agent: str) -> tuple[int, int]:
        account = self.engine.peek(lambda state: state.ledger.accounts[agent])  # type: ignore[index]
        return account.balance, account.held


def code(outcome: object) -> tuple[int, str]:
    assert isinstance(outcome, Declined), outcome
    return outcome.problem.status, outcome.problem.code


@in_virtual_time
async def test_in_a_round_the_dearest_calls_win_and_pay_what_the_first_loser_bid() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 200)
    outcomes = await asyncio.gather(
        door.admit("ann", 100, bid=900, longest_s=1),
        door.admit("bob", 100, bid=600, longest_s=1),
        door.admit("cat", 100, bid=300, longest_s=1),
        return_exceptions=True,
    )
    assert [use.units for use in outcomes[:2] if isinstance(use, Use)] == [100, 100]
    assert code(outcomes[2]) == (429, "no_capacity")
    (cleared,) = await door.happened(e.AuctionCleared)
    assert isinstance(cleared, e.AuctionCleared)
    assert cleared.prices == {"tokens": 3}  # cat's 300 µcr for 100 tokens.
    assert [door.balance(name) for name in ("ann", "bob", "cat")] == [(9_700, 0), (9_700, 0), (10_000, 0)]
    await door.close()


@in_virtual_time
async def test_where_a_call_is_a_unit_the_second_price_is_paid() -> None:
    door = await Door.open(Mechanism.SECOND_PRICE, 1, unit_tokens=0)
    outcomes = await asyncio.gather(
        door.admit("ann", 5_000, bid=900, longest_s=1),
        door.admit("bob", 7_000, bid=600, longest_s=1),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], Use)
    assert code(outcomes[1]) == (429, "no_capacity")
    assert door.balance("ann") == (9_400, 0)
    await door.close()


@in_virtual_time
async def test_who_loses_a_round_bids_in_the_next() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    winner, patient = asyncio.create_task(door.admit("ann", 100, bid=900)), door.admit("bob", 100, bid=600)
    waiting = asyncio.create_task(patient)
    use = await winner
    await use.end(0)  # The call came to nothing, and its tokens go back.
    assert (await waiting).units == 100
    assert len(await door.happened(e.AuctionCleared)) == 2
    await door.close()


@in_virtual_time
async def test_a_part_that_was_won_is_filled_up_in_the_next_round() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 150)
    first = asyncio.create_task(door.admit("ann", 100, bid=900))
    second = asyncio.create_task(door.admit("bob", 100, bid=600))
    use = await first
    await use.end(40)
    filled = await second
    assert [part.units for part in filled.parts] == [50, 50]
    await filled.end(70)
    used = [(each.agent, each.units) for each in await door.happened(e.GrantUsed)]  # type: ignore[union-attr]
    assert used == [("ann", 40), ("bob", 50), ("bob", 20)]
    await door.close()


@in_virtual_time
async def test_no_bid_is_outstanding_when_a_call_gives_up() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    no = await asyncio.gather(door.admit("ann", 100, bid=900, longest_s=0.1), return_exceptions=True)
    assert code(no[0]) == (429, "no_capacity")
    assert not await door.happened(e.BidPlaced)  # The round would close after its deadline.
    await door.close()


@in_virtual_time
async def test_who_hangs_up_while_its_bid_stands_gives_back_what_it_wins() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    call = asyncio.create_task(door.admit("ann", 100, bid=900))
    await asyncio.sleep(0.1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await asyncio.sleep(1)
    (released,) = await door.happened(e.GrantReleased)
    assert isinstance(released, e.GrantReleased)
    assert released.returned == 100
    await door.close()


@in_virtual_time
async def test_an_agents_declared_valuation_is_its_bid() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    await door.does(c.CreateAgent("dan", credits=10_000, metadata={"valuation_ucr": "70"}))
    await door.admit("dan", 10)
    assert door.balance("dan") == (9_930, 0)
    await door.close()


@in_virtual_time
async def test_an_agents_style_says_how_to_bid_for_it() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    careful = {"valuation_ucr": "70", "bid_style": "conservative"}
    await door.does(c.CreateAgent("dan", credits=10_000, metadata=careful))
    await door.admit("dan", 10)
    assert door.balance("dan") == (9_965, 0)  # Reckoning with one rival it bids half.
    await door.close()


@in_virtual_time
async def test_a_bid_nobody_can_pay_is_refused_at_once() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    no = await asyncio.gather(door.admit("ann", 10, bid=10_001), return_exceptions=True)
    assert code(no[0]) == (402, "insufficient_funds")
    await door.close()


@in_virtual_time
async def test_in_a_queue_the_higher_priority_is_served_in_the_first_period() -> None:
    door = await Door.open(Mechanism.PRIORITY, 100)
    await door.does(c.CreateAgent("vip", priority=9))
    first, urgent = await asyncio.gather(door.admit("ann", 100), door.admit("vip", 100))
    assert (urgent.waited_ms, first.waited_ms) == (10_000, 20_000)
    await door.close()


@in_virtual_time
async def test_who_hangs_up_in_a_queue_leaves_it() -> None:
    door = await Door.open(Mechanism.WEIGHTED_FAIR, 100)
    call = asyncio.create_task(door.admit("ann", 100))
    await asyncio.sleep(1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    (ended,) = await door.happened(e.RequestEnded)
    assert isinstance(ended, e.RequestEnded)
    assert ended.reason == "withdrawn"
    await door.close()


@in_virtual_time
async def test_a_call_larger_than_a_period_is_never_admitted() -> None:
    door = await Door.open(Mechanism.PRIORITY, 100)
    no = await asyncio.gather(door.admit("ann", 101), return_exceptions=True)
    assert code(no[0]) == (409, "over_capacity")
    await door.close()


@in_virtual_time
async def test_two_calls_do_not_use_the_same_units_of_a_grant() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    await door.does(c.RequestUnits("mine", "m", "ann", 60))
    first = await door.admit("ann", 50)
    second = await door.admit("ann", 50)
    assert [(part.units, part.ours) for part in first.parts] == [(50, False)]
    assert [(part.units, part.ours) for part in second.parts] == [(10, False), (40, True)]
    await first.end(50)
    await second.end(45)
    used = [(each.grant, each.units) for each in await door.happened(e.GrantUsed)]  # type: ignore[union-attr]
    assert used == [("mine:1", 50), ("mine:1", 10), ("call-0002:1", 35)]
    await door.close()


@in_virtual_time
async def test_what_a_call_used_beyond_its_grant_is_metered_as_far_as_there_is_any() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    use = await door.admit("ann", 50)
    await use.end(70)
    (used,) = await door.happened(e.GrantUsed)
    assert isinstance(used, e.GrantUsed)
    assert (used.units, used.left) == (50, 0)
    await door.close()


@in_virtual_time
async def test_what_nobody_knows_is_metered_in_full() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    use = await door.admit("ann", 50)
    await use.end(None)
    (used,) = await door.happened(e.GrantUsed)
    assert isinstance(used, e.GrantUsed)
    assert used.units == 50
    await door.close()


@in_virtual_time
async def test_a_market_by_which_nothing_can_be_admitted_says_so() -> None:
    door = await Door.open(Mechanism.ORDER_BOOK, 100)
    with pytest.raises(Declined) as caught:
        await door.admit("ann", 50)
    assert code(caught.value) == (503, "unfit_market")
    await door.close()


def test_a_model_may_have_its_own_market_or_none() -> None:
    priced = ModelSettings("mock", market="dear")
    settings = Settings(
        gateway=GatewaySettings(market="m"),
        models={"dear": priced, "free": ModelSettings("mock", market=""), "as-usual": ModelSettings("mock")},
    )

    async def admits() -> list[bool]:
        markets = Markets(cast(Node, None), settings)
        return [markets.admits(name) for name in ("dear", "free", "as-usual", "mock")]

    assert asyncio.run(admits()) == [True, False, True, True]
