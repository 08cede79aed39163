"""CP-SAT beside our own search: what it proves, and which of equally good packings it ends with."""

import sys
import time
from functools import partial

import numpy as np
import pytest

from econonexus.solver.program import Program, program_of
from econonexus.solver.winner_determination.companion import Companion
from econonexus.solver.winner_determination.cp_sat import CpSat, can_solve
from econonexus.solver.winner_determination.incumbent import Incumbent
from tests.solver.auctions import best_packing, small


def _to_the_end(program: Program) -> tuple[Incumbent, Companion]:
    nobody = np.zeros(len(program.prices), dtype=np.bool_)
    incumbent = Incumbent(program, lambda: None)
    until = time.monotonic() + 60
    companion = Companion(program, incumbent, partial(CpSat, program, nobody, nobody, until))
    while not companion.complete:
        companion._search._thread.join()
        companion.hear()
    return incumbent, companion


@pytest.mark.parametrize("batch", range(4))
def test_it_ends_with_the_first_of_the_best(batch: int) -> None:
    seeds = [seed for seed in range(batch * 60, (batch + 1) * 60) if can_solve(program_of(small(seed)))]
    for seed in seeds:
        incumbent, companion = _to_the_end(program_of(small(seed)))
        winners, welfare = best_packing(small(seed))
        assert (tuple(incumbent.winners), incumbent.welfare) == (winners, welfare), seed
        assert companion.bound == welfare, seed
    assert len(seeds) > 20


def test_sums_that_do_not_fit_into_its_words_are_not_for_it() -> None:
    most = 2**62
    assert not can_solve(Program((1,), (((0, most),),), (most,)))
    assert can_solve(Program((1,), (((0, most - 1),),), (most - 1,)))


def test_welfare_that_a_double_does_not_tell_apart_is_not_for_it() -> None:
    assert not can_solve(Program((2**52 - 1, 1), ((), ()), ()))
    assert can_solve(Program((2**52 - 2, 1), ((), ()), ()))


def test_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert not can_solve(Program((1,), ((),), ()))
