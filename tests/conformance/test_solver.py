"""What every solver does, whatever it is made of."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from econonexus.domain.mechanisms.package_outcome import Proposal, flaws
from econonexus.domain.mechanisms.packages import Payment
from econonexus.ports import Solver, Task
from tests.conformance.solver import FACTORIES, Factory, bundles, crowded

LONG_S = 600.0
AT_ONCE_S = 1e-9

LOCALS = bundles(("ann", {"a": 1}, 5), ("bob", {"b": 1}, 6), ("gil", {"a": 1, "b": 1}, 8))
"""Two who want one item each and one who wants both; Vickrey payments are 2 and 3, and gil could block."""


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.name)
async def solver(request: pytest.FixtureRequest) -> AsyncIterator[Solver]:
    factory: Factory = request.param
    async with factory.open() as opened:
        yield opened


@pytest.mark.parametrize(("payment", "paid"), [("pay_as_bid", [5, 6]), ("vcg", [2, 3])])
async def test_winners_and_payments(solver: Solver, payment: Payment, paid: list[int]) -> None:
    found = await solver.solve(Task(LOCALS, payment, LONG_S))
    assert found == Proposal((0, 1), 11, 11, tuple(paid), tuple(paid))


async def test_core_payments_leave_nobody_to_block(solver: Solver) -> None:
    found = await solver.solve(Task(LOCALS, "core", LONG_S, check=True))
    # The least total that gil cannot outbid is 8; half the missing 3 on each: 3.5 and 4.5.
    assert sum(found.low) == 8
    assert set(found.low) <= {3, 4, 5}
    assert found.blocking is not None
    assert (found.blocking.gain, found.blocking.most) == (0, 0)


async def test_the_worst_coalition_is_found(solver: Solver) -> None:
    found = await solver.solve(Task(LOCALS, "vcg", LONG_S, check=True))
    assert found.blocking is not None
    assert (found.blocking.bids, found.blocking.gain, found.blocking.most) == ((2,), 3, 3)


async def test_bids_that_cannot_win_are_left_out(solver: Solver) -> None:
    auction = bundles(
        ("ann", {"a": 3}, 99),
        ("bob", {"a": 0}, 99),
        ("cat", {"a": 1}, 9),
        ("dan", {"a": 1}, 50),
        ("eve", {"a": 2}, 20),
        supply={"a": 2},
        reserve={"a": 10},
        budgets={"dan": 49},
    )
    # More than there is, nothing, below the reserve, above the budget; only eve is left, and pays the
    # reserves.
    assert await solver.solve(Task(auction, "vcg", LONG_S)) == Proposal((4,), 20, 20, (20,), (20,))


async def test_nobody_bids(solver: Solver) -> None:
    assert await solver.solve(Task(bundles(), "vcg", LONG_S)) == Proposal((), 0, 0)


async def test_sums_beyond_what_a_machine_word_holds(solver: Solver) -> None:
    most = 2**63 - 1
    auction = bundles(*((f"a{item}", {f"i{item}": 1}, most) for item in range(20)))
    found = await solver.solve(Task(auction, "pay_as_bid", LONG_S))
    assert (found.welfare, found.bound) == (20 * most, 20 * most)


async def test_without_time_there_is_a_packing_and_a_bound_and_no_vcg_payment(solver: Solver) -> None:
    auction = crowded(300)
    found = await solver.solve(Task(auction, "vcg", AT_ONCE_S))
    assert found.winners
    assert found.welfare < found.bound
    assert (found.low, found.high) == ((), ())
    assert not list(flaws(auction, "vcg", found))


async def test_progress_only_gets_better(solver: Solver) -> None:
    told: list[tuple[int, int]] = []
    found = await solver.solve(
        Task(crowded(60), "pay_as_bid", LONG_S), lambda welfare, bound: told.append((welfare, bound))
    )
    assert [welfare for welfare, _ in told] == sorted(welfare for welfare, _ in told)
    assert [bound for _, bound in told] == sorted((bound for _, bound in told), reverse=True)
    assert told[-1] == (found.welfare, found.bound)
    assert found.welfare == found.bound


async def test_several_at_once_and_one_after_another(solver: Solver) -> None:
    task = Task(LOCALS, "vcg", LONG_S)
    first = await asyncio.gather(*(solver.solve(task) for _ in range(3)))
    assert await solver.solve(task) == first[0] == first[1] == first[2]


async def test_cancelling_leaves_the_solver_usable(solver: Solver) -> None:
    begun = asyncio.Event()
    hard = asyncio.create_task(
        solver.solve(Task(crowded(2_000), "pay_as_bid", LONG_S), lambda *_: begun.set())
    )
    await begun.wait()
    hard.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hard
    assert (await solver.solve(Task(LOCALS, "vcg", LONG_S))).welfare == 11


async def test_closing_twice(solver: Solver) -> None:
    await solver.solve(Task(LOCALS, "vcg", LONG_S))
    await solver.close()
    await solver.close()
