"""The event loop that the other tests stand on."""

import asyncio
import time

import pytest

from tests.virtual_time import START_NS, Deadlock, VirtualClock, in_virtual_time, run


async def _order_of_eight() -> list[int]:
    order: list[int] = []

    async def note(number: int) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(note(number) for number in range(8)))
    return order


def test_the_same_seed_gives_the_same_order() -> None:
    assert [run(_order_of_eight(), seed) for seed in range(20)] == [
        run(_order_of_eight(), seed) for seed in range(20)
    ]


def test_different_seeds_give_different_orders() -> None:
    assert len({tuple(run(_order_of_eight(), seed)) for seed in range(20)}) > 10


def test_an_hour_passes_two_thousand_times_as_fast() -> None:
    async def an_hour_of_ticks() -> None:
        for _ in range(3600):
            await asyncio.sleep(1)

    began = time.perf_counter()
    run(an_hour_of_ticks())
    assert time.perf_counter() - began < 3600 / 2000


@in_virtual_time
async def test_timers_fire_in_order_of_their_time() -> None:
    fired: list[tuple[float, float]] = []
    loop = asyncio.get_running_loop()
    for due in (0.3, 0.1, 1e-9, 0.2, 90_000.0):
        loop.call_at(due, lambda due=due: fired.append((due, loop.time())))
    await asyncio.sleep(100_000)
    assert [due for due, _ in fired] == [1e-9, 0.1, 0.2, 0.3, 90_000.0]
    assert all(at == pytest.approx(due, abs=1e-6) for due, at in fired)


@in_virtual_time
async def test_no_time_passes_while_work_is_ready() -> None:
    loop = asyncio.get_running_loop()
    alarm = loop.call_later(1e-6, lambda: None)
    for _ in range(1000):
        await asyncio.sleep(0)
    assert loop.time() == 0
    alarm.cancel()


def test_waiting_for_what_cannot_come_is_said_to_be_a_deadlock() -> None:
    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match="nothing is ready"):
        run(wait_for_ever())


@in_virtual_time
async def test_threads_have_no_place_in_virtual_time() -> None:
    with pytest.raises(RuntimeError, match="no threads"):
        asyncio.get_running_loop().call_soon_threadsafe(print)


@in_virtual_time
async def test_the_clock_follows_the_loop() -> None:
    clock = VirtualClock()
    await asyncio.sleep(2.5)
    assert clock.wall_ns() == START_NS + 2_500_000_000
    assert clock.monotonic_ns() == 2_500_000_000


@in_virtual_time
async def test_a_jump_moves_the_wall_clock_alone() -> None:
    clock = VirtualClock()
    clock.jump(-3600)
    assert clock.wall_ns() == START_NS - 3_600_000_000_000
    assert clock.monotonic_ns() == 0
