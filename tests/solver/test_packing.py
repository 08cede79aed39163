"""Winner determination against trying everything."""

import time

import pytest

from econonexus.solver import packing
from econonexus.solver.packing import pack
from econonexus.solver.problem import Packing
from econonexus.solver.winner_determination import branching, component
from tests.solver.auctions import best_packing, small

BATCHES, BATCH = 20, 100


def _check(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        problem = small(seed)
        winners, welfare = best_packing(problem)
        assert pack(problem, time.monotonic() + 60) == Packing(winners, welfare, welfare), seed


@pytest.mark.parametrize("batch", range(BATCHES))
def test_agrees_with_trying_everything(batch: int) -> None:
    _check(batch)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_steps_for_large_components_agree_too(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FEW", 0)
    monkeypatch.setattr(component, "FIRST_LOOK_S_PER_BID", 0.0)
    # Branching as far as it goes, or a look at all the rest.
    monkeypatch.setattr(branching, "FEW", batch % 3)
    _check(batch)
