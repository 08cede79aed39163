"""Which solvers the conformance suite runs on. A new adapter adds its factory to `FACTORIES`, no more."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from econonexus.adapters.process_solver import ProcessSolver
from econonexus.domain.mechanisms.packages import Package, PackageAuction
from econonexus.ports import Solver


class Factory(NamedTuple):
    """How to come by solvers of one kind."""

    name: str
    open: Callable[[], AbstractAsyncContextManager[Solver]]


@asynccontextmanager
async def _in_a_process() -> AsyncIterator[Solver]:
    solver = ProcessSolver()
    try:
        yield solver
    finally:
        await solver.close()


FACTORIES = [Factory("process", _in_a_process)]


def bundles(*rows: tuple[str, dict[str, int], int], **terms: object) -> PackageAuction:
    """Bids b1, b2 ... as (agent, items, price); one unit of each item, unless the terms say otherwise."""
    bids = [
        Package(f"b{place}", agent, agent, items, price)
        for place, (agent, items, price) in enumerate(rows, 1)
    ]
    supply = {item: 1 for bid in bids for item in bid.items}
    return PackageAuction(bids, **{"supply": supply, **terms})  # type: ignore[arg-type]


def crowded(bids: int, seed: int = 1) -> PackageAuction:
    """So many bids for four of forty items: no relaxation of it is whole."""
    dice = random.Random(seed)
    return bundles(
        *(
            (
                f"a{place}",
                {f"i{item}": 1 for item in dice.sample(range(40), 4)},
                dice.randint(10**6, 2 * 10**6),
            )
            for place in range(bids)
        )
    )
