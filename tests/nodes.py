"""Engines in virtual time, over journals in memory."""

import asyncio
from collections.abc import Callable

from econonexus.domain.commands import Command, Mint, OpenAccount, Transfer
from econonexus.domain.ids import AccountId, CallerId, CommandId
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.node.engine import Engine, Limits
from econonexus.node.records import check_chain, unseal
from econonexus.node.recovery import recover
from econonexus.node.remembered import Remembered
from econonexus.node.replies import Accepted, Refused, Reply
from econonexus.ports import GENESIS_HASH, Head, Journal
from tests import invariants
from tests.virtual_time import VirtualClock

OPERATOR = CallerId("operator")
ANN = CallerId("ann")


async def started(
    journal: Journal,
    clock: VirtualClock | None = None,
    limits: Limits | None = None,
    remembered: Remembered | None = None,
) -> Engine:
    """An engine over a journal; the first one mints 1,000,000 to ann and opens a wallet for bob."""
    engine = await Engine.start(journal, clock or VirtualClock(), limits=limits, remembered=remembered)
    if not await engine.read(lambda state: "ann" in state.ledger.accounts):
        for name in ("ann", "bob"):
            await engine.submit(OpenAccount(AccountId(name), AccountId(name)), OPERATOR)
        await engine.submit(Mint(AccountId("ann"), Amount(1_000_000)), OPERATOR)
    return engine


def pay(amount: int = 1, note: str = "") -> Transfer:
    """ann pays bob."""
    return Transfer(AccountId("ann"), AccountId("bob"), Amount(amount), note=note)


def submitted(engine: Engine, command: Command, id: str | None = None) -> "asyncio.Task[Reply]":  # noqa: A002
    """A command of ann's on its way."""
    return asyncio.create_task(engine.submit(command, ANN, None if id is None else CommandId(id)))


async def turns(number: int = 20) -> None:
    """Let whatever is ready run, for a while in which no time passes."""
    for _ in range(number):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what needs no time to come about."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come about")


def code(reply: Reply) -> RefusalCode:
    """Why a command was refused."""
    assert isinstance(reply, Refused), reply
    return reply.refusal.code


def accepted(reply: Reply) -> Accepted:
    assert isinstance(reply, Accepted), reply
    return reply


async def balance(engine: Engine, name: str) -> int:
    return await engine.read(lambda state: state.ledger.accounts[AccountId(name)].balance)


async def digest(engine: Engine) -> str:
    return await engine.read(State.digest)


async def check(journal: Journal) -> State:
    """Invariants 1 to 4, 6, 7 and 10 of what a journal holds; the state that follows from it."""
    stored = await journal.read(0, 10**6)
    assert check_chain(stored, Head(0, GENESIS_HASH)) == await journal.head()
    records = [unseal(each) for each in stored]
    log = [(record.sequence, record.time, record.event) for record in records]
    assert [time for _, time, _ in log] == sorted(time for _, time, _ in log)
    keys = [each.key for each in stored if each.key is not None]
    assert len(keys) == len(set(keys)), "a command changed the state twice"
    state = (await recover(journal)).economy.state
    invariants.check(state)
    invariants.check_history(state, log)
    return state
