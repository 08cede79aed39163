"""Winner determination against trying everything."""

import time

import pytest

from econonexus.solver.packing import pack
from econonexus.solver.problem import Packing
from tests.solver.auctions import best_packing, small

BATCHES, BATCH = 20, 100


@pytest.mark.parametrize("batch", range(BATCHES))
def test_agrees_with_trying_everything(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        problem = small(seed)
        winners, welfare = best_packing(problem)
        assert pack(problem, time.monotonic() + 60) == Packing(winners, welfare, welfare), seed
