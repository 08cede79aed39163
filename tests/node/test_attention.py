"""Questions and allowances through the engine: pools under concurrency, deadlines, erasure, statements."""

import asyncio

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.attention import ATTENTION, HOUR
from econonexus.domain.events import Withheld
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import QuestionStatus
from econonexus.domain.policy import Policy
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.node.engine import Engine
from econonexus.node.projection import Projection, spend
from econonexus.node.records import Record, unseal
from econonexus.node.recovery import recover
from econonexus.node.replies import Accepted
from tests.nodes import OPERATOR, accepted, check, code
from tests.virtual_time import VirtualClock, in_virtual_time


async def office() -> tuple[Engine, MemoryJournal]:
    """ann and bob have 1,000 each; humans give 60 minutes an hour and may reward 100 a day."""
    journal = MemoryJournal()
    engine = await Engine.start(journal, VirtualClock())
    for command in (
        c.DeclareResource(ATTENTION, "minute", 60, HOUR),
        c.CreateAgent("ann", credits=1_000),
        c.CreateAgent("bob", credits=1_000),
        c.SetPolicy(Policy(daily_rewards=100)),
    ):
        accepted(await engine.submit(command, OPERATOR))
    return engine, journal


@in_virtual_time
async def test_rewards_given_at_the_same_moment_never_exceed_the_pool() -> None:
    """Of twenty that give 9 each, eleven fit into a pool of 100."""
    engine, journal = await office()
    for number in range(20):
        name = f"q{number}"
        accepted(await engine.submit(c.AskHuman(name, "ann", 1, 1, "Why?"), OPERATOR))
        accepted(await engine.submit(c.TakeQuestion(name, f"human-{number}"), OPERATOR))
    replies = await asyncio.gather(
        *(
            engine.submit(c.AnswerQuestion(f"q{n}", f"human-{n}", 0, "So.", None, 9), OPERATOR)
            for n in range(20)
        )
    )
    assert sum(isinstance(reply, Accepted) for reply in replies) == 11
    refused = [reply for reply in replies if not isinstance(reply, Accepted)]
    assert {code(reply) for reply in refused} == {RefusalCode.REWARDS_EXHAUSTED}
    assert await engine.read(lambda state: state.monetary.rewarded) == 99
    await engine.stop()
    await check(journal)


@in_virtual_time
async def test_two_humans_at_the_same_moment_do_not_take_the_same_question() -> None:
    engine, journal = await office()
    accepted(await engine.submit(c.AskHuman("q", "ann", 5, 1, "Why?"), OPERATOR))
    replies = await asyncio.gather(
        *(engine.submit(c.TakeQuestion("q", f"human-{number}"), OPERATOR) for number in range(10))
    )
    assert sum(isinstance(reply, Accepted) for reply in replies) == 1
    await engine.stop()
    await check(journal)


@in_virtual_time
async def test_the_node_puts_a_question_back_and_lets_it_expire_by_itself() -> None:
    engine, journal = await office()
    accepted(await engine.submit(c.AskHuman("q", "ann", 5, 2, "Why?"), OPERATOR))
    accepted(await engine.submit(c.TakeQuestion("q", "olga"), OPERATOR))
    await asyncio.sleep(20 * 60 + 1)
    waits = await engine.read(lambda state: state.inbox.by_id["q"].status is QuestionStatus.WAITING)
    assert waits
    await asyncio.sleep(7 * 24 * 3_600)
    assert await engine.read(lambda state: state.ledger.accounts["ann"].available) == 1_000
    await engine.stop()
    await check(journal)


@in_virtual_time
async def test_texts_can_be_erased_and_nothing_else_changes() -> None:
    engine, journal = await office()
    asked = accepted(await engine.submit(c.AskHuman("q", "ann", 5, 2, "Why?", "For whom?"), OPERATOR))
    before = await engine.read(State.digest)
    await engine.stop()
    assert await engine.erase(asked.sequence)
    recovered = await recover(journal)
    assert recovered.economy.state.digest() == before
    (record,) = [r for r in await _records(journal) if isinstance(r.event, e.HumanAsked)]
    assert isinstance(record.event.subject, Withheld)
    assert isinstance(record.event.text, Withheld)


@in_virtual_time
async def test_statements_and_spend_tell_what_was_paid_and_given() -> None:
    engine, journal = await office()
    policy = Policy(recycle=1_000_000, period=10 * SECOND)
    for command in (
        c.AskHuman("q", "ann", 5, 20, "Why?"),
        c.AskHuman("r", "bob", 5, 20, "Why?"),
        c.SetPolicy(policy),
        c.TakeQuestion("q", "olga"),
        c.AnswerQuestion("q", "olga", 3, "So.", None, 7),
        c.DeclineQuestion("r", "olga"),
    ):
        accepted(await engine.submit(command, OPERATOR))
    await asyncio.sleep(11)
    await engine.stop()
    records, projection = await _records(journal), Projection()
    entries = [entry for record in records for entry in projection.entries(record)]
    state = (await recover(journal)).economy.state
    stands = {entry.account: (entry.balance_after, entry.held_after) for entry in entries}
    assert stands == {
        name: (account.balance, account.held)
        for name, account in state.ledger.accounts.items()
        if name in stands
    }
    anns = [(entry.kind, entry.amount, entry.held) for entry in entries if entry.account == "ann"]
    assert anns == [
        ("minted", 1_000, 0),
        ("human_asked", 0, 100),
        ("question_answered", -60, -100),
        ("human_reward_issued", 7, 0),
        ("allowances_issued", 30, 0),
    ]
    used = [(each.account, each.code, each.amount) for each in spend(records) if each.code == ATTENTION]
    assert used == [("ann", ATTENTION, 60)]
    await check(journal)


async def _records(journal: MemoryJournal) -> list[Record]:
    return [unseal(stored) for stored in await journal.read(0, 1_000)]
