"""The waiting room: turns worked by hand in each rule, who gives way, deadlines, nobody held up in vain."""

import asyncio
import random
from fractions import Fraction
from typing import Any

import pytest

from econonexus.domain.mechanisms.fair_share.weighted_fair import PER_UNIT
from econonexus.interfaces.gateway.waiting_room import Admission, NoCapacity, Ticket, WaitingRoom
from tests.virtual_time import Deadlock, in_virtual_time, run

FOR_EVER_S = 1e6


class Scene:
    """Callers who come at set times; what is kept is who had a turn when, and who was told what when."""

    def __init__(self, room: WaitingRoom) -> None:
        self.room = room
        self.turns: list[str] = []
        self.waited_ms: dict[str, int] = {}
        self.refused: dict[str, tuple[str, float]] = {}
        self.retry_after_s: dict[str, int] = {}
        self._callers: list[asyncio.Task[None]] = []

    def comes(
        self, name: str, at_s: float, lasts_s: float = 1.0, actual: int | None = None, **of: Any
    ) -> None:
        """A caller named by its agent and a number, such as `a1`."""
        ticket = Ticket(**{"agent": name[0], "model": "m"} | of)
        self._callers.append(asyncio.create_task(self._call(name, at_s, lasts_s, actual, ticket)))

    async def plays(self) -> "Scene":
        await asyncio.gather(*self._callers)
        return self

    async def _call(self, name: str, at_s: float, lasts_s: float, actual: int | None, ticket: Ticket) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(at_s - loop.time())
        try:
            async with self.room.turn(ticket) as turn:
                self.turns.append(name)
                self.waited_ms[name] = turn.waited_ms
                await asyncio.sleep(lasts_s)
                if actual is not None:
                    turn.charge(actual)
        except NoCapacity as no:
            self.refused[name] = (no.code, loop.time())
            self.retry_after_s[name] = no.retry_after_s


def room_of(
    mode: Admission, node_limit: int | None = None, max_waiting: int = 1_000, max_wait_s: float = FOR_EVER_S,
    **models: int | None,
) -> WaitingRoom:  # fmt: skip
    room = WaitingRoom(node_limit, mode, max_waiting, max_wait_s)
    for name, limit in (models or {"m": None}).items():
        room.add_model(name, limit)
    return room


LIMITED = [{"node_limit": 1}, {"m": 1}]
"""A rule decides alone where only the node is scarce, and where only the model is."""


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_first_come_first_served(limits: dict[str, int]) -> None:
    @in_virtual_time
    async def play() -> None:
        scene = Scene(room_of("first_come", **limits))
        scene.comes("z1", 0, 10)
        for i, name in enumerate(["a1", "b1", "a2", "c1"]):
            scene.comes(name, 1 + i, priority=i, weight=1 + i)
        assert (await scene.plays()).turns == ["z1", "a1", "b1", "a2", "c1"]
        # z ends at 10 and everybody takes a second: a1 came at 1, c1 at 4.
        assert scene.waited_ms == {"z1": 0, "a1": 9_000, "b1": 9_000, "a2": 9_000, "c1": 9_000}

    play()


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_the_higher_priority_goes_first(limits: dict[str, int]) -> None:
    @in_virtual_time
    async def play() -> None:
        scene = Scene(room_of("priority", **limits))
        scene.comes("z1", 0, 10)
        for i, priority in enumerate([0, 5, 5, 9, -1]):
            scene.comes("abcde"[i], 1 + i, priority=priority)
        assert (await scene.plays()).turns == ["z1", "d", "b", "c", "a", "e"]

    play()


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_twice_the_weight_goes_twice_as_often(limits: dict[str, int]) -> None:
    @in_virtual_time
    async def play() -> None:
        scene = Scene(room_of("weighted_fair", **limits))
        scene.comes("z1", 0, 10, cost_ucr=1)
        for i in range(3):
            scene.comes(f"a{i}", 1 + i, cost_ucr=10)
            scene.comes(f"b{i}", 1.5 + i, cost_ucr=10, weight=2)
        # Both begin at 1, where z left. a 11; b 6, b 11; a, who waits longer, 21; b 16, who has no more.
        assert (await scene.plays()).turns == ["z1", "a0", "b0", "b1", "a1", "b2", "a2"]

    play()


@in_virtual_time
async def test_what_a_call_really_cost_is_what_counts() -> None:
    scene = Scene(room_of("weighted_fair", 1))
    scene.comes("z1", 0, 10, cost_ucr=1)
    for i in range(2):
        scene.comes(f"a{i}", 1 + i, cost_ucr=100, actual=10)
    for i in range(3):
        scene.comes(f"b{i}", 3 + i, cost_ucr=10)
    # a is back from 101 to 11 when b's first turn brings b to 11, too, and a waits longer.
    assert (await scene.plays()).turns == ["z1", "a0", "b0", "a1", "b1", "b2"]


@in_virtual_time
async def test_a_model_that_costs_nothing_is_shared_too() -> None:
    scene = Scene(room_of("weighted_fair", 1))
    scene.comes("z1", 0, 10)
    for i in range(3):
        scene.comes(f"a{i}", 1 + i / 10)
        scene.comes(f"b{i}", 2 + i / 10, actual=0)
    assert (await scene.plays()).turns == ["z1", "a0", "b0", "a1", "b1", "a2", "b2"]


def test_shares_keep_to_the_weights_within_goyals_bound() -> None:
    """Goyal, Vin and Cheng (1996), theorem 1: in any interval in which both wait all the time,
    |W_f ÷ w_f - W_m ÷ w_m| <= l_f ÷ w_f + l_m ÷ w_m."""
    weights, longest = {"a": 1, "b": 2, "c": 5}, {"a": 90, "b": 400, "c": 30}
    rng = random.Random("goyal")

    async def contend() -> list[tuple[str, int]]:
        room, served = room_of("weighted_fair", 3, max_waiting=1_200), list[tuple[str, int]]()

        async def call(agent: str, cost: int) -> None:
            async with room.turn(Ticket(agent, "m", cost, weights[agent])):
                served.append((agent, cost))
                await asyncio.sleep(rng.random())

        costs = [(agent, rng.randint(1, longest[agent])) for agent in weights for _ in range(400)]
        await asyncio.gather(*(call(*each) for each in costs))
        return served

    served = run(contend())
    left, until = dict.fromkeys(weights, 400), 0
    while min(left.values()) > 1:  # Beyond, not everybody waits any more.
        left[served[until][0]] -= 1
        until += 1
    assert until > 400
    for _ in range(2_000):
        # The first three went without waiting, while nobody contended.
        start, end = sorted((rng.randint(3, until), rng.randint(3, until)))
        got = {
            agent: Fraction(sum(cost for name, cost in served[start:end] if name == agent), weight)
            for agent, weight in weights.items()
        }
        for f, m in (("a", "b"), ("a", "c"), ("b", "c")):
            bound = Fraction(longest[f], weights[f]) + Fraction(longest[m], weights[m])
            # Each charge is rounded up by less than a step of the counter.
            assert abs(got[f] - got[m]) <= bound + Fraction(800, PER_UNIT)


@pytest.mark.parametrize(("mode", "waited_ms"), [("weighted_fair", 500), ("first_come", 444_500)])
def test_a_runaway_holds_nobody_up_where_shares_are_fair(mode: Admission, waited_ms: int) -> None:
    @in_virtual_time
    async def play() -> None:
        scene = Scene(room_of(mode, 2))
        for i in range(900):
            scene.comes(f"r{i}", 0, cost_ucr=10)
        scene.comes("n", 5.5, cost_ucr=10)
        await scene.plays()
        # Two turns a second: of 900, 12 have begun by 5.5 and the last 888 take 444 s more.
        assert scene.waited_ms["n"] == waited_ms

    play()


@in_virtual_time
async def test_a_full_model_holds_up_no_other_models_callers() -> None:
    scene = Scene(room_of("first_come", 3, m=1, n=None))
    scene.comes("a0", 0, 100)
    for i in range(1, 6):
        scene.comes(f"a{i}", i)
    for i in range(6):
        scene.comes(f"b{i}", 6 + i, model="n")
    await scene.plays()
    assert [scene.waited_ms[f"b{i}"] for i in range(6)] == [0] * 6
    assert scene.waited_ms["a1"] == 99_000


@pytest.mark.parametrize("mode", ["first_come", "priority", "weighted_fair"])
def test_nor_where_the_node_is_full_too(mode: Admission) -> None:
    @in_virtual_time
    async def play() -> None:
        scene = Scene(room_of(mode, 2, m=1, n=None))
        scene.comes("a0", 0, 100)
        scene.comes("c0", 0, 10, model="n")
        scene.comes("a1", 1, priority=9)
        scene.comes("a2", 2, priority=9)
        scene.comes("b1", 3, model="n")
        await scene.plays()
        assert scene.waited_ms["b1"] == 7_000

    play()


@in_virtual_time
async def test_a_blocked_agent_saves_nothing_up_against_others() -> None:
    """While its model is full an agent does not contend for the node, so it has nothing to catch up with."""
    scene = Scene(room_of("weighted_fair", 2, m=1, n=None))
    scene.comes("z0", 0, 50, cost_ucr=10)
    scene.comes("b1", 0.1, cost_ucr=10)  # Waits for m until 50.
    for i in range(60):
        scene.comes(f"a{i}", 0.2 + i / 1_000, cost_ucr=10, model="n")
    for i in range(5):
        scene.comes(f"bn{i}", 40.5 + i / 1_000, cost_ucr=10, model="n")
    await scene.plays()
    # z has one of the node's two slots, so a had 41 turns by 40.2. From 41.2 on they take turns.
    assert scene.turns[42:50] == ["a41", "bn0", "a42", "bn1", "a43", "bn2", "a44", "bn3"]


def test_a_models_rule_decides_on_its_last_slot_and_the_nodes_before() -> None:
    async def turns(limit: int) -> list[str]:
        room = WaitingRoom(1, "priority", 100, FOR_EVER_S)
        room.add_model("m", limit, "first_come")
        scene = Scene(room)
        scene.comes("z", 0, 10)
        for i in range(4):
            scene.comes("abcd"[i], 1 + i, priority=i)
        return (await scene.plays()).turns

    # The node takes one at a time, so of two slots of the model there is always one to spare.
    assert run(turns(2)) == ["z", "d", "c", "b", "a"]
    assert run(turns(1)) == ["z", "a", "b", "c", "d"]


@in_virtual_time
async def test_the_nodes_rule_chooses_among_the_models() -> None:
    room = WaitingRoom(1, "priority", 100, FOR_EVER_S)
    for name in ("m", "n"):
        room.add_model(name, 1, "first_come")
    scene = Scene(room)
    scene.comes("z", 0, 10)
    scene.comes("a", 1, priority=1)
    scene.comes("b", 2, priority=9)  # Behind a, in m's own line.
    scene.comes("c", 3, priority=5, model="n")
    assert (await scene.plays()).turns == ["z", "c", "a", "b"]


@in_virtual_time
async def test_nobody_waits_longer_than_its_deadline_or_the_room_allows() -> None:
    scene = Scene(room_of("first_come", 1, max_wait_s=5))
    scene.comes("z", 0, 100)
    scene.comes("a", 1, deadline_s=2)
    scene.comes("b", 1, deadline_s=60)
    scene.comes("c", 1)
    scene.comes("d", 1, deadline_s=0)
    scene.comes("e", 99, deadline_s=2)
    await scene.plays()
    assert scene.refused == {
        "a": ("deadline_exceeded", 3.0),
        "b": ("no_capacity", 6.0),
        "c": ("no_capacity", 6.0),
        "d": ("deadline_exceeded", 1.0),
    }
    assert scene.turns == ["z", "e"]


@in_virtual_time
async def test_a_deadline_is_no_matter_where_there_is_a_slot() -> None:
    scene = Scene(room_of("first_come", 1, max_waiting=0, max_wait_s=0))
    scene.comes("a", 0, deadline_s=0)
    scene.comes("b", 0.5)
    await scene.plays()
    assert (scene.turns, scene.refused) == (["a"], {"b": ("no_capacity", 0.5)})


@in_virtual_time
async def test_when_to_ask_again_is_when_those_who_wait_have_gone() -> None:
    scene = Scene(room_of("first_come", 2, max_waiting=3))
    for at_s in (0, 5):
        scene.comes(f"z{at_s}", at_s, 4)
        scene.comes(f"y{at_s}", at_s, 4)
    for i in range(3):
        scene.comes(f"a{i}", 6, 4)
    scene.comes("late", 7)
    await scene.plays()
    # Four turns of 4 s on two slots. (In truth the fourth of them would begin at 13.)
    assert scene.refused == {"late": ("no_capacity", 7.0)}
    assert scene.retry_after_s == {"late": 8}


@in_virtual_time
async def test_when_to_ask_again_is_between_a_second_and_a_minute() -> None:
    scene = Scene(room_of("first_come", 1, max_waiting=0))
    scene.comes("a", 0, 1_000)
    scene.comes("b", 1)  # Nobody knows yet how long a turn takes.
    scene.comes("c", 1_001, 10)
    scene.comes("d", 1_002)
    await scene.plays()
    assert scene.retry_after_s == {"b": 1, "d": 60}


@in_virtual_time
async def test_first_come_turns_newcomers_away_when_the_room_is_full() -> None:
    scene = Scene(room_of("first_come", 1, max_waiting=2))
    for i, name in enumerate(["z", "r1", "r2", "n"]):
        scene.comes(name, i, 10, priority=i)
    await scene.plays()
    assert (scene.turns, list(scene.refused)) == (["z", "r1", "r2"], ["n"])


@in_virtual_time
async def test_where_shares_are_fair_a_full_room_turns_away_the_last_of_who_fills_it() -> None:
    scene = Scene(room_of("weighted_fair", 1, max_waiting=4))
    scene.comes("z", 0, 100)
    for i in range(4):
        scene.comes(f"r{i}", 1 + i)
    for i in range(4):
        scene.comes(f"n{i}", 11 + i)
    await scene.plays()
    # r has 4, then 3 against n's 2; at two each neither of them is the heavier, so n2 and n3 are turned away.
    assert scene.refused == {
        "r3": ("no_capacity", 11.0),
        "r2": ("no_capacity", 12.0),
        "n2": ("no_capacity", 13.0),
        "n3": ("no_capacity", 14.0),
    }


@in_virtual_time
async def test_equals_do_not_turn_each_other_away() -> None:
    scene = Scene(room_of("weighted_fair", 1, max_waiting=2))
    for i, name in enumerate(["z", "a", "b", "c"]):
        scene.comes(name, i, 10)
    await scene.plays()
    assert (scene.turns, list(scene.refused)) == (["z", "a", "b"], ["c"])


@in_virtual_time
async def test_a_double_weight_may_fill_twice_as_much_of_the_room() -> None:
    scene = Scene(room_of("weighted_fair", 1, max_waiting=6))
    scene.comes("z", 0, 100)
    for i in range(6):
        scene.comes(f"r{i}", 1 + i)
        scene.comes(f"n{i}", 11 + i, weight=2)
    await scene.plays()
    assert sorted(scene.turns) == ["n0", "n1", "n2", "n3", "r0", "r1", "z"]


@in_virtual_time
async def test_by_priority_a_full_room_turns_away_the_last_of_the_least_urgent() -> None:
    scene = Scene(room_of("priority", 1, max_waiting=3))
    scene.comes("z", 0, 100)
    for i, (name, priority) in enumerate([("a", 5), ("b", 1), ("c", 1), ("d", 1), ("e", 2), ("f", 9)]):
        scene.comes(name, 1 + i, priority=priority)
    await scene.plays()
    assert scene.refused == {
        "d": ("no_capacity", 4.0),
        "c": ("no_capacity", 5.0),
        "b": ("no_capacity", 6.0),
    }
    assert scene.turns == ["z", "f", "a", "e"]


@in_virtual_time
async def test_what_goes_wrong_in_a_turn_ends_it() -> None:
    room = room_of("first_come", 1)

    async def fail() -> None:
        async with room.turn(Ticket("a", "m")):
            assert room.in_flight("m") == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert room.in_flight("m") == 0
    async with room.turn(Ticket("b", "m")) as turn:
        assert turn.waited_ms == 0


def test_no_timer_outlives_a_wait() -> None:
    async def wait_for_ever() -> None:
        scene = Scene(room_of("first_come", 1, max_wait_s=1_000))
        scene.comes("a", 0)
        scene.comes("b", 0.5)
        await scene.plays()
        await asyncio.Future()

    with pytest.raises(Deadlock, match=r"no timer is set at 2\.0 s"):
        run(wait_for_ever())


STEPS = 8


@pytest.mark.parametrize("mode", ["first_come", "priority", "weighted_fair"])
@pytest.mark.parametrize("steps", range(STEPS))
@pytest.mark.parametrize("cancelled_first", [True, False])
def test_a_cancelled_caller_takes_no_slot_with_it(mode: Admission, steps: int, cancelled_first: bool) -> None:
    """Cancelled before it asks, while it waits, just as it is called, and in its turn."""

    @in_virtual_time
    async def play() -> None:
        room, ended = room_of(mode, 1, m=1), asyncio.Event()

        async def call(agent: str) -> None:
            async with room.turn(Ticket(agent, "m", 10)):
                await ended.wait()

        first = asyncio.create_task(call("z"))
        await asyncio.sleep(1)
        victim = asyncio.create_task(call("a"))
        for _ in range(steps // 2):
            await asyncio.sleep(0)
        if cancelled_first:
            victim.cancel()
        ended.set()
        for _ in range(steps % 2 + steps // 2):
            await asyncio.sleep(0)
        victim.cancel()
        await asyncio.gather(first, victim, return_exceptions=True)
        assert (room.in_flight("m"), room.waiting("m")) == (0, 0)
        async with room.turn(Ticket("b", "m")) as turn:
            assert turn.waited_ms == 0

    play()


@in_virtual_time
async def test_who_is_cancelled_as_it_is_called_is_charged_nothing() -> None:
    scene = Scene(room_of("weighted_fair", 1))

    async def give_the_turn_to_the_victim_and_cancel_it() -> None:
        async with scene.room.turn(Ticket("z", "m", 1)):
            await asyncio.sleep(1)
        victim.cancel()

    async def wait() -> None:
        await asyncio.sleep(0.1)
        async with scene.room.turn(Ticket("a", "m", 1_000)):
            raise AssertionError("it was cancelled before")

    victim = asyncio.create_task(wait())
    scene.comes("b0", 0.2, cost_ucr=10)
    scene.comes("b1", 0.3, cost_ucr=10)
    scene.comes("a1", 0.4, cost_ucr=10)
    await give_the_turn_to_the_victim_and_cancel_it()
    await scene.plays()
    assert victim.cancelled()
    # As if a had only come to wait: it is level with b, and waits longer.
    assert scene.turns == ["a1", "b0", "b1"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"node_limit": 0}, "limit"),
        ({"mode": "lottery"}, "lottery"),
        ({"max_waiting": -1}, "max_waiting"),
        ({"max_wait_s": -1}, "max_wait_s"),
    ],
    ids=str,
)
def test_a_room_that_makes_no_sense_is_not_made(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        WaitingRoom(**{"node_limit": 1, "mode": "first_come", "max_waiting": 1, "max_wait_s": 1} | wrong)


def test_nor_a_model_or_a_ticket() -> None:
    room = room_of("first_come", 1, m=1)
    with pytest.raises(ValueError, match="m already"):
        room.add_model("m")
    with pytest.raises(ValueError, match="at least 1"):
        room.add_model("n", 0)
    with pytest.raises(ValueError, match="weight"):
        Ticket("a", "m", weight=0)
    with pytest.raises(ValueError, match="cost_ucr"):
        Ticket("a", "m", cost_ucr=-1)
    with pytest.raises(KeyError):
        room.turn(Ticket("a", "unknown"))
