"""Other solvers beside our own search: each that is installed, none, one that fails, one that lies."""

import importlib.machinery
import importlib.util
import sys
import threading
import time
import types
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from econonexus.solver import packing
from econonexus.solver.packing import pack
from econonexus.solver.program import Program, program_of
from econonexus.solver.winner_determination import component, cp_sat, highs_mip, scip
from econonexus.solver.winner_determination.companion import Companion, Search, company
from econonexus.solver.winner_determination.incumbent import Incumbent
from tests.solver.auctions import best_packing, small
from tests.solver.test_larger_auctions import auction


def nobody(program: Program) -> np.ndarray:
    return np.zeros(len(program.prices), dtype=np.bool_)


def search(kind: type, program: Program, until: float) -> Search:
    return kind(program, nobody(program), nobody(program), until, [], None)


def installed(library: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(library) is None, reason=f"{library} is not installed")


SEARCHES = [
    pytest.param(cp_sat.CpSat, cp_sat.can_solve, marks=installed("ortools"), id="CP-SAT"),
    pytest.param(scip.Scip, scip.can_help, marks=installed("pyscipopt"), id="SCIP"),
    pytest.param(highs_mip.HighsMip, highs_mip.can_help, id="HiGHS"),
]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The companion is called in for every auction, and before any branching."""
    monkeypatch.setattr(component, "ALONE_S", 0.0)
    monkeypatch.setattr(packing, "FEW", 0)


@pytest.mark.parametrize(("kind", "can_solve"), SEARCHES)
def test_what_it_finds_is_the_best_and_what_it_says_holds(
    kind: type, can_solve: Callable[[Program], bool]
) -> None:
    tried = 0
    for problem in map(small, range(180)):
        program = program_of(problem)
        # Doubles tell prices of a few digits apart; what they cannot is tried through `pack`.
        if not can_solve(program) or max(program.prices, default=0) > 1_000:
            continue
        one = search(kind, program, time.monotonic() + 60)
        one._thread.join()  # type: ignore[attr-defined]
        worth = [sum(program.prices[column] for column in found) for found in one.found()]
        _, best = best_packing(problem)
        assert max(worth, default=0) == best <= one.bound
        tried += 1
    assert tried > 20


@pytest.mark.parametrize(("kind", "can_solve"), SEARCHES)
def test_it_is_stopped_at_once(kind: type, can_solve: object) -> None:
    one = search(kind, program_of(auction(1, 200, 30, 30, True)), time.monotonic() + 600)
    one.stop()
    one._thread.join(60)  # type: ignore[attr-defined]
    assert not one._thread.is_alive()  # type: ignore[attr-defined]


def bar(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    """Let these not be installed."""
    for library in libraries:
        monkeypatch.setitem(sys.modules, library, None)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("others", [("ortools",), ("pyscipopt",), ("ortools", "pyscipopt")])
@pytest.mark.usefixtures("at_once")
def test_beside_one_alone_the_packing_is_the_same(
    seed: int, others: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = auction(seed, 45, 8, 30, False)
    bar(monkeypatch, *others)
    beside = pack(problem, time.monotonic() + 600)
    monkeypatch.setattr(component, "company", lambda *_: None)
    assert beside == pack(problem, time.monotonic() + 600)


@pytest.mark.usefixtures("at_once")
def test_with_none_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    bar(monkeypatch, "ortools", "pyscipopt")
    for problem in map(small, range(20)):
        found = pack(problem, time.monotonic() + 60)
        assert (found.winners, found.welfare) == best_packing(problem)


def companion_of(program: Program) -> Search | None:
    incumbent = Incumbent(program, lambda: None)
    beside = company(program, nobody(program), nobody(program), incumbent, time.monotonic() + 60)
    if beside is None:
        return None
    beside.stop()
    return beside._search


def test_with_none_installed_highs_joins_in_where_units_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    bar(monkeypatch, "ortools", "pyscipopt")
    assert companion_of(Program((10, 30), (((0, 1),), ((0, 1),)), (1,))) is None
    assert isinstance(
        companion_of(Program((10, 30, 20), (((0, 1),), ((0, 2),), ((0, 1),)), (3,))), highs_mip.HighsMip
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("at_once")
def test_one_that_fails_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = types.ModuleType("pyscipopt")
    broken.__spec__ = importlib.machinery.ModuleSpec("pyscipopt", None)
    monkeypatch.setitem(sys.modules, "pyscipopt", broken)
    monkeypatch.setitem(sys.modules, "ortools", None)
    called: list[Program] = []
    monkeypatch.setattr(scip, "can_help", lambda program: called.append(program) or True)
    problem = auction(0, 45, 8, 30, False)
    beside = pack(problem, time.monotonic() + 600)
    assert called
    monkeypatch.setattr(scip, "can_help", lambda program: False)
    assert beside == pack(problem, time.monotonic() + 600)


class Refusing:
    """A model that is between two stages whenever it is told to stop; the search ends at the second time."""

    def __init__(self) -> None:
        self.told, self.ends = 0, threading.Event()

    def interruptSolve(self) -> None:  # noqa: N802  # SCIP's name.
        self.told += 1
        if self.told == 2:
            self.ends.set()
        raise Exception("SCIP: method cannot be called at this time in solution process!")


def test_scip_is_told_to_stop_until_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    model, program = Refusing(), program_of(small(1))
    monkeypatch.setattr(scip.Scip, "_model", model)
    monkeypatch.setattr(scip.Scip, "_run", lambda self: model.ends.wait(60))
    one = search(scip.Scip, program, time.monotonic() + 60)
    one.stop()
    one._thread.join(60)  # type: ignore[attr-defined]
    assert model.told >= 2


class Liar:
    """Says that it has found everything to win together, and one bid alone."""

    bound, done = 100, False

    def __init__(self, hint: Sequence[int], optimum: int | None) -> None:
        self.hint = hint

    def found(self) -> list[list[int]]:
        return [[0, 1, 2], [1]]

    def stop(self) -> None:
        """There is nothing to stop."""


def test_what_does_not_fit_is_not_believed() -> None:
    program = Program((10, 30, 20), (((0, 2),), ((0, 2),), ((0, 1),)), (3,))
    incumbent = Incumbent(program, lambda: None)
    beside = Companion(program, incumbent, Liar)
    beside.hear()
    assert (incumbent.winners, incumbent.welfare, beside.bound) == ([1], 30, 100)
