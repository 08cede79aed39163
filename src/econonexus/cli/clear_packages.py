"""Solving one file of bundles, in a process beside this one: the answer, the certificate, their tables."""

import asyncio
from collections.abc import Iterator

from rich.console import RenderableType

from econonexus.bootstrap import open_solver
from econonexus.cli.clear_tables import findings_table
from econonexus.cli.exits import fault
from econonexus.cli.fields import Fields
from econonexus.cli.output import progress
from econonexus.cli.package_file import Problem, problem_of
from econonexus.cli.package_tables import coalition_text, losers_table, summary, winners_table
from econonexus.cli.solved import Solved
from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.package_answers import answer_of
from econonexus.domain.mechanisms.package_certificate import certify
from econonexus.domain.mechanisms.package_outcome import PackageOutcome, Proposal, outcome_of
from econonexus.ports import SolverFault, Task


def solve(fields: Fields, check: bool) -> Solved:
    """Solve what the fields say. Raises: CommandFailed naming a field that is wrong, or the solver's
    fault."""
    problem = problem_of(fields)
    outcome = outcome_of(problem.auction, problem.payment, _propose(problem, check))
    certificate = certify(problem.auction, outcome) if check else None
    return Solved(
        answer_of(problem.auction, outcome, certificate),
        tables=lambda: _tables(problem, outcome, certificate),
        sound=outcome.status != "refused" and (certificate is None or certificate.sound),
        ignored=problem.ignored,
    )


def _propose(problem: Problem, check: bool) -> Proposal:
    task = Task(problem.auction, problem.payment, problem.time_limit_s, check)

    async def ask() -> Proposal:
        async with open_solver() as solver:
            with progress("Packing bundles", "of the bound") as advance:
                return await solver.solve(task, advance)

    try:
        return asyncio.run(ask())
    except SolverFault as failure:
        raise fault(str(failure)) from None


def _tables(
    problem: Problem, outcome: PackageOutcome, certificate: Certificate | None
) -> Iterator[RenderableType]:
    yield summary(outcome)
    yield from winners_table(outcome)
    yield from losers_table(problem.auction, outcome)
    if certificate is not None:
        yield findings_table(certificate)
    if outcome.blocking is not None:
        yield from coalition_text(problem.auction, outcome.blocking)
