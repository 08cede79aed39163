"""Any callers, endings, cancellations and time: no slot is lost, none is used twice, none lies idle."""

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from econonexus.interfaces.gateway.waiting_room import Admission, NoCapacity, Ticket, WaitingRoom
from tests.virtual_time import VirtualTimeLoop, run

MODES: list[Admission] = ["first_come", "priority", "weighted_fair"]
LIMITS = {"m": 1, "n": 2, "o": 3, "p": None}
MAX_WAITING = 5

tickets = st.builds(
    Ticket,
    agent=st.sampled_from("abc"),
    model=st.sampled_from(sorted(LIMITS)),
    cost_ucr=st.integers(0, 50),
    weight=st.integers(1, 3),
    priority=st.integers(0, 2),
    deadline_s=st.none() | st.integers(0, 6),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), tickets),
        st.tuples(st.just("end"), st.integers(0, 30)),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
    ),
    min_size=1,
    max_size=5,
)


class Caller:
    """One who asks for a turn and keeps it until told to end."""

    def __init__(self, room: WaitingRoom, ticket: Ticket) -> None:
        self.ticket = ticket
        self.in_turn = False
        self._end = asyncio.Event()
        self.task = asyncio.create_task(self._call(room))

    def end(self) -> None:
        self._end.set()

    async def _call(self, room: WaitingRoom) -> None:
        try:
            async with room.turn(self.ticket) as turn:
                self.in_turn = True
                try:
                    await self._end.wait()
                    turn.charge(self.ticket.cost_ucr // 2)
                finally:
                    self.in_turn = False
        except NoCapacity:
            pass


class RoomMachine(RuleBasedStateMachine):
    """A room of few slots and places. What it should hold is told from the callers themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.callers: list[Caller] = []

    @initialize(
        seed=st.integers(0, 9), modes=st.tuples(*[st.sampled_from(MODES)] * 5), node=st.integers(1, 4)
    )
    def open(self, seed: int, modes: tuple[Admission, ...], node: int) -> None:
        self.loop = VirtualTimeLoop(seed)
        self.node = node
        self.room = WaitingRoom(node, modes[0], MAX_WAITING, max_wait_s=10)
        for (model, limit), mode in zip(LIMITS.items(), modes[1:], strict=True):
            self.room.add_model(model, limit, mode)

    @rule(acts=acts)
    def at_once(self, acts: list[tuple[str, object]]) -> None:
        """Several things in one turn of the event loop, so that they race with each other."""

        async def act() -> None:
            for what, about in acts:
                if isinstance(about, Ticket):
                    self.callers.append(Caller(self.room, about))
                elif self.callers:
                    caller = self.callers[int(str(about)) % len(self.callers)]
                    caller.end() if what == "end" else caller.task.cancel()
            await self._calm()

        self.loop.run_until_complete(act())

    @rule(seconds=st.integers(1, 12))
    def time_passes(self, seconds: int) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))
        self.loop.run_until_complete(self._calm())

    async def _calm(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        self.callers = [caller for caller in self.callers if not caller.task.done()]

    @invariant()
    def slots_are_neither_lost_nor_used_twice(self) -> None:
        served = Counter(caller.ticket.model for caller in self.callers if caller.in_turn)
        waiting = Counter(caller.ticket.model for caller in self.callers if not caller.in_turn)
        assert sum(served.values()) <= self.node
        assert sum(waiting.values()) <= MAX_WAITING
        for model, limit in LIMITS.items():
            assert self.room.in_flight(model) == served[model]
            assert self.room.waiting(model) == waiting[model]
            assert limit is None or served[model] <= limit
            # Nobody waits where there is a slot of both.
            has_slots = sum(served.values()) < self.node and (limit is None or served[model] < limit)
            assert not (waiting[model] and has_slots)

    def teardown(self) -> None:
        async def leave() -> None:
            for caller in self.callers:
                caller.task.cancel()
            await asyncio.gather(*(caller.task for caller in self.callers), return_exceptions=True)

        self.loop.run_until_complete(leave())
        assert all(self.room.in_flight(model) == self.room.waiting(model) == 0 for model in LIMITS)
        self.loop.close()


def test_slots_are_neither_lost_nor_used_twice() -> None:
    run_state_machine_as_test(
        RoomMachine, settings=settings(max_examples=150, stateful_step_count=30, deadline=None)
    )


@pytest.mark.parametrize("node_mode", ["first_come", "priority"])
@pytest.mark.parametrize("model_mode", ["first_come", "priority"])
def test_it_agrees_with_a_scan_of_all_who_wait(node_mode: Admission, model_mode: Admission) -> None:
    """The rule in its plainest form: of those a model could take, for its last slot only its own first, the
    node's first goes."""

    def rank(mode: Admission, at: int) -> tuple[int, int]:
        return (-tickets[at].priority if mode == "priority" else 0, at)

    def expected(waiting: set[int], busy: Counter[str], node: int) -> int | None:
        able = set()
        for at in waiting:
            model = tickets[at].model
            limit = LIMITS[model]
            free = 99 if limit is None else limit - busy[model]
            own = min(
                (other for other in waiting if tickets[other].model == model),
                key=lambda o: rank(model_mode, o),
            )
            if free > 1 or (free == 1 and own == at):
                able.add(at)
        if busy.total() >= node or not able:
            return None
        return min(able, key=lambda each: rank(node_mode, each))

    async def play(seed: int) -> None:
        rng = random.Random(f"{seed} scan")
        node = rng.randint(1, 5)
        room = WaitingRoom(node, node_mode, 1_000, 1e6)
        for model, limit in LIMITS.items():
            room.add_model(model, limit, model_mode)
        callers: list[Caller] = []
        waiting: set[int] = set()
        busy: Counter[str] = Counter()
        for _ in range(120):
            in_turn = [at for at, caller in enumerate(callers) if caller.in_turn]
            if in_turn and rng.random() < 0.45:
                ends = rng.choice(in_turn)
                callers[ends].end()
                busy[tickets[ends].model] -= 1
            else:
                tickets.append(Ticket("a", rng.choice(sorted(LIMITS)), priority=rng.randint(0, 3)))
                callers.append(Caller(room, tickets[-1]))
                waiting.add(len(callers) - 1)
            for _ in range(8):
                await asyncio.sleep(0)
            while (goes := expected(waiting, busy, node)) is not None:
                assert callers[goes].in_turn
                waiting.remove(goes)
                busy[tickets[goes].model] += 1
            assert not any(callers[at].in_turn for at in waiting)
        for caller in callers:
            caller.task.cancel()
        await asyncio.gather(*(caller.task for caller in callers), return_exceptions=True)

    for seed in range(20):
        tickets: list[Ticket] = []
        run(play(seed), seed)
