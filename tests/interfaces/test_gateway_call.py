"""A call's money where the node is too busy to hear of it: it ends all the same, a little later."""

from typing import cast

import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.dialect.counting import Usage
from econonexus.domain.commands import Command, CreateAgent, Mint, PlaceHold
from econonexus.domain.ids import CREDIT, AccountId, AgentId, CallerId, CommandId, HoldId, Instant, Sequence
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.gateway.call import Fate, Order, Reserved
from econonexus.interfaces.gateway.prices import Bound, Cost, Prices, Tariff
from econonexus.node.engine import Engine
from econonexus.node.node import Node
from econonexus.node.replies import Refused, Reply
from econonexus.telemetry.tallies import GatewayTally
from tests.nodes import OPERATOR, started
from tests.virtual_time import START_NS, in_virtual_time

EVE, HOLD = AgentId("eve"), HoldId("call-1")


class Busy:
    """A node that has too much in hand for the next few commands."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.read = engine.read
        self.refusals = 0

    async def submit(self, command: Command, caller: CallerId) -> Reply:
        if self.refusals:
            self.refusals -= 1
            return Refused(CommandId(""), Sequence(0), Refusal(RefusalCode.OVERLOADED))
        return await self.engine.submit(command, caller)


async def _reserved(tokens: int) -> tuple[Busy, Reserved]:
    """A call of eve's, who has 100 µcr and pays one a token."""
    node = Busy(await started(MemoryJournal()))
    for command in (CreateAgent(EVE), Mint(AccountId(EVE), Amount(100))):
        await node.submit(command, OPERATOR)
    prices = Prices(CREDIT, Tariff(1_000_000, 1_000_000, 1_000_000))
    order = Order(CallerId("agent:eve"), EVE, "gpt", "", None, prices)
    call = Reserved(cast(Node, node), order, Cost(Amount(tokens)), GatewayTally(), HOLD)
    ends = Instant(START_NS + 10**15)
    await call.place(PlaceHold(HOLD, AccountId(EVE), Amount(tokens), ends), look=True)
    return node, call


async def _stands(node: Busy) -> tuple[int, int]:
    account = await node.read(lambda state: state.ledger.accounts[AccountId(EVE)])
    return account.balance, account.held


@in_virtual_time
async def test_what_is_left_is_seen_with_each_step() -> None:
    _, call = await _reserved(30)
    assert call.available_ucr == 70
    call.fate, call.used = Fate.COUNTED, Usage(5, 5)
    await call.end()
    assert (call.available_ucr, call.cost_ucr) == (90, 10)


@in_virtual_time
async def test_an_overloaded_node_is_told_again() -> None:
    node, call = await _reserved(30)
    node.refusals = 3
    assert await call.cover(Bound(20, 20)) is None
    node.refusals = 4
    call.fate, call.used = Fate.COUNTED, Usage(20, 15)
    await call.end()
    assert await _stands(node) == (65, 0)


@in_virtual_time
async def test_a_node_that_stays_overloaded_is_left_alone_at_last() -> None:
    node, call = await _reserved(30)
    node.refusals = 1_000
    await call.end()
    assert await _stands(node) == (100, 30)


@pytest.mark.parametrize("fate", list(Fate))
def test_it_ends_once_whoever_comes_first(fate: Fate) -> None:
    left = {Fate.NOTHING_USED: 100, Fate.COUNTED: 92, Fate.UNKNOWN: 70}

    @in_virtual_time
    async def twice() -> None:
        node, call = await _reserved(30)
        call.used, call.fate = Usage(7, 1), fate
        await call.end()
        call.fate, call.used = Fate.UNKNOWN, Usage(30, 0)
        await call.end()
        assert await _stands(node) == (left[fate], 0)

    twice()
