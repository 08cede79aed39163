"""Virtual time for asyncio: no test ever sleeps, and the same seed gives the same run.

What is ready runs in an order that the seed permutes, so that nothing can rely on a lucky one; when
nothing is ready, time advances at once to the next timer. There are no threads and no sockets here.
"""

import asyncio
import functools
import math
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

START_NS = 1_800_000_000_000_000_000
"""What a virtual wall clock shows when its loop begins: 2027-01-15T08:00:00 UTC."""
SEEDS = 3


class Deadlock(RuntimeError):
    """Nothing is ready and no timer is set: what is awaited can never come."""


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """An event loop whose time is a number."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.now_ns = 0
        self._random = random.Random(seed)
        self._clock_resolution = 1e-9
        self._selector = self  # Where the base class waits for the world.

    def time(self) -> float:
        return self.now_ns / 1e9

    def select(self, timeout: float | None) -> list[object]:
        """Instead of waiting, let the time pass."""
        if timeout is None:
            waiting = ", ".join(sorted(task.get_name() for task in asyncio.all_tasks(self)))
            raise Deadlock(f"nothing is ready and no timer is set at {self.time()} s; waiting: {waiting}")
        self.now_ns += math.ceil(timeout * 1e9)
        return []

    def _process_events(self, event_list: list[object]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        raise RuntimeError("there are no threads in virtual time")

    def _run_once(self) -> None:
        ready = list(self._ready)
        self._random.shuffle(ready)
        self._ready.clear()
        self._ready.extend(ready)
        super()._run_once()


def run(main: Coroutine[Any, Any, T], seed: int = 0) -> T:
    """What a coroutine returns, in a virtual time of its own."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(seed)) as runner:
        return runner.run(main)


def in_virtual_time(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """A test that runs in virtual time, once for each of a few seeds."""

    @functools.wraps(test)
    def with_every_seed(*args: P.args, **kwargs: P.kwargs) -> None:
        for seed in range(SEEDS):
            run(test(*args, **kwargs), seed)

    return with_every_seed


class VirtualClock:
    """The `Clock` port, by the running loop's time. The wall clock can be set; the other one cannot."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        self._loop = loop
        self._set_by_ns = 0

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward, or back."""
        self._set_by_ns += round(seconds * 1e9)

    def wall_ns(self) -> int:
        return START_NS + self._set_by_ns + self._loop.now_ns

    def monotonic_ns(self) -> int:
        return self._loop.now_ns
