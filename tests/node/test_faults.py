"""A machine that dies round any append: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import random

import pytest

from econonexus.domain.commands import Command, PlaceHold, PostHold
from econonexus.domain.ids import AccountId, HoldId, Instant
from econonexus.domain.money import Amount
from econonexus.node.engine import Limits
from econonexus.node.replies import Reply
from econonexus.node.writer import NodeStopped
from econonexus.ports import JournalFault
from tests.faulty_journal import FaultyJournal, Moment
from tests.nodes import accepted, check, pay, started, submitted
from tests.virtual_time import VirtualClock, run

SETTING_UP = 4
"""Appends before the work begins."""


def work(rng: random.Random, clock: VirtualClock) -> dict[str, Command]:
    """Payments, and holds that are posted, under ids of their own."""
    commands: dict[str, Command] = {f"p{i}": pay(rng.randrange(1, 100)) for i in range(20)}
    for i in range(10):
        deadline = Instant(clock.wall_ns() + 10**12)
        commands[f"h{i}"] = PlaceHold(
            HoldId(f"h{i}"), AccountId("ann"), Amount(9), deadline, AccountId("bob")
        )
        commands[f"s{i}"] = PostHold(HoldId(f"h{i}"), Amount(rng.randrange(1, 10)))
    return commands


async def _die_and_come_back(seed: int, crash_at: int, moment: Moment) -> bool:
    """Whether the machine died at all; it does not where there are fewer appends."""
    rng, clock = random.Random(seed), VirtualClock()
    journal = FaultyJournal(SETTING_UP + crash_at, moment)
    engine = await started(journal, clock, Limits(max_batch=5))
    commands = work(rng, clock)
    acknowledged: dict[str, Reply] = {}

    async def ask(name: str) -> None:
        acknowledged[name] = await submitted(engine, commands[name], name)

    async def in_turn(names: list[str]) -> None:
        for name in names:
            await ask(name)

    payments = [ask(name) for name in commands if name.startswith("p")]
    holds = [in_turn([f"h{i}", f"s{i}"]) for i in range(10)]
    outcomes = await asyncio.gather(*payments, *holds, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {type(None), NodeStopped}
    await engine.stop()

    survivor = journal.reopen()
    kept = await survivor.find([("ann", name) for name in commands])
    assert {("ann", name) for name in acknowledged} <= kept.keys(), "an acknowledged command is lost"
    before = await check(survivor)
    engine = await started(survivor, clock)
    for name, reply in acknowledged.items():
        assert await submitted(engine, commands[name], name) == reply
    for name in commands:  # What was not answered is resolved by asking again.
        accepted(await submitted(engine, commands[name], name))
    await engine.stop()
    after = await check(survivor)
    paid = sum(command.amount for command in commands.values() if not isinstance(command, PlaceHold))
    assert after.ledger.accounts[AccountId("bob")].balance == paid
    assert before.sequence <= after.sequence
    return journal.crashed


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())
def test_no_death_loses_or_doubles_a_command(moment: Moment) -> None:
    deaths = [run(_die_and_come_back(k, k, moment), seed=k) for k in range(1, 16)]
    assert deaths.count(True) >= 5
    assert not deaths[-1], "every append there is was the last one once"


@pytest.mark.soak
@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())
def test_no_death_loses_or_doubles_a_command_at_length(moment: Moment) -> None:
    for seed in range(300):
        for k in range(1, 16):
            run(_die_and_come_back(seed, k, moment), seed)


def test_a_machine_that_dies_while_it_is_set_up_can_be_set_up_again() -> None:
    async def die_early(crash_at: int, moment: Moment) -> None:
        journal = FaultyJournal(crash_at, moment)
        with pytest.raises(JournalFault):
            await started(journal)
        await started(survivor := journal.reopen())
        await check(survivor)

    for moment in Moment:
        run(die_early(1, moment))
