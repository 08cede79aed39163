"""Any commands, duplicates, deadlines, snapshots and restarts: the node as its callers see it."""

import asyncio
import contextlib

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain.commands import Command
from econonexus.domain.events import RequestDeclined
from econonexus.domain.ids import SECOND, CallerId, CommandId
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.node.engine import SHORTEST_SLEEP_S, Engine, Limits
from econonexus.node.intake import InvalidCommand, checked
from econonexus.node.recovery import take_snapshot
from econonexus.node.remembered import Remembered
from econonexus.node.replies import Accepted, Reply
from tests.nodes import OPERATOR, check, code
from tests.strategies import COMMANDS, USUAL, at, opening
from tests.virtual_time import VirtualClock, VirtualTimeLoop

callers = st.sampled_from(["ann", "bob"]).map(CallerId)
wishes = st.lists(st.tuples(callers, st.one_of(USUAL, USUAL, COMMANDS)), min_size=1, max_size=12)


def typed(command: Command) -> bool:
    """Whether a command is of its declared types."""
    try:
        checked(command, OPERATOR)
    except InvalidCommand:
        return False
    return True


def declined(reply: Reply) -> bool:
    """Whether a market had nothing at this moment: that is journaled, and never the answer to a retry."""
    return isinstance(reply, Accepted) and isinstance(reply.events[0], RequestDeclined)


class EngineMachine(RuleBasedStateMachine):
    """An engine that is often restarted, remembers little, and takes small bites."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.journal = MemoryJournal()
        self.answered: dict[tuple[CallerId, CommandId], tuple[Command, Reply]] = {}
        self.clock: VirtualClock
        self.engine: Engine
        self.run(self._begin())

    def run(self, coroutine) -> None:
        self.loop.run_until_complete(coroutine)

    async def _begin(self) -> None:
        self.clock = VirtualClock()
        await self._start()
        for command in opening(SECOND):
            await self.engine.submit(command, OPERATOR)

    async def _start(self) -> None:
        limits = Limits(max_batch=4, max_due=2)
        remembered = Remembered(max_commands=5)
        self.engine = await Engine.start(self.journal, self.clock, limits=limits, remembered=remembered)

    @rule(wishes=wishes)
    def many_at_once(self, wishes: list[tuple[CallerId, Command]]) -> None:
        async def ask_all() -> None:
            await asyncio.gather(*(self._ask(caller, command) for caller, command in wishes))

        self.run(ask_all())

    @rule(wishes=wishes)
    def the_same_twice_at_once(self, wishes: list[tuple[CallerId, Command]]) -> None:
        async def ask_all() -> None:
            named = [
                (caller, self._name(), self._due(command)) for caller, command in wishes if typed(command)
            ]
            first = [self._submit(*each) for each in named]
            second = [self._submit(*each) for each in named]
            replies = await asyncio.gather(*first, *second)
            pairs = zip(replies[: len(named)], replies[len(named) :], strict=True)
            assert all(once == again or declined(once) for once, again in pairs)

        self.run(ask_all())

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def the_same_again(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.answered)))
        command, reply = self.answered[key]

        async def ask_again() -> None:
            assert await self.engine.submit(command, *key) == reply

        self.run(ask_again())

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), other=USUAL)
    def another_under_the_same_id(self, data: st.DataObject, other: Command) -> None:
        key = data.draw(st.sampled_from(list(self.answered)))
        if msgspec.json.encode(other) == msgspec.json.encode(self.answered[key][0]):
            return

        async def ask_otherwise() -> None:
            assert code(await self.engine.submit(other, *key)) is RefusalCode.ID_REUSED

        self.run(ask_otherwise())

    @rule(seconds=st.floats(2 * SHORTEST_SLEEP_S, 500))  # Sooner than that no timer need have fired.
    def time_passes(self, seconds: float) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            due = await self.engine.read(_deadlines)
            assert all(at > self.clock.wall_ns() - SECOND // 10 for at in due)

        self.run(wait())

    @rule(seconds=st.floats(-500, 500))
    def the_clock_is_set_and_accepted(self, seconds: float) -> None:
        self.clock.jump(seconds)
        self.engine.accept_clock()

    @rule(snapshot=st.booleans(), pause=st.integers(0, 300))
    def restart(self, snapshot: bool, pause: int) -> None:
        async def stop_and_start() -> None:
            before = await self.engine.read(State.digest)
            await self.engine.stop()
            self.journal = self.journal.reopen()
            if snapshot:
                await take_snapshot(self.journal)
            await self._start()
            assert await self.engine.read(State.digest) == before
            await asyncio.sleep(pause)

        self.run(stop_and_start())

    def _due(self, command: Command) -> Command:
        """Times are drawn in seconds here."""
        return at(self.clock.wall_ns(), command, SECOND)

    def _name(self) -> CommandId:
        self.named = getattr(self, "named", 0) + 1
        return CommandId(f"n{self.named}")

    async def _ask(self, caller: CallerId, command: Command) -> None:
        with contextlib.suppress(InvalidCommand):  # What is not of its types leaves no trace.
            await self._submit(caller, self._name(), self._due(command))

    async def _submit(self, caller: CallerId, name: CommandId, command: Command) -> Reply:
        reply = await self.engine.submit(command, caller, name)
        if not declined(reply):
            self.answered[caller, name] = (command, reply)
        return reply

    def teardown(self) -> None:
        async def settle() -> None:
            await self.engine.stop()
            await check(self.journal)
            found = await self.journal.find(list(self.answered))
            for key, (_, reply) in self.answered.items():
                assert found[key] == reply.sequence
                if isinstance(reply, Accepted):
                    assert reply.events

        self.run(settle())
        self.loop.close()


def _deadlines(state: State) -> list[int]:
    holds = [hold.expires_at for hold in state.ledger.holds.values()]
    auctions = [auction.due for auction in state.auctions.by_id.values() if auction.due is not None]
    return [*holds, *auctions, *(grant.ends_at for grant in state.grants.by_id.values())]


TestEngine = EngineMachine.TestCase
TestEngine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.mark.soak
def test_the_engine_at_length() -> None:
    run_state_machine_as_test(
        EngineMachine, settings=settings(max_examples=1_000, stateful_step_count=50, deadline=None)
    )
