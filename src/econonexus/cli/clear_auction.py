"""Solving one auction file: the answer, the certificate, the probe, and their tables."""

from collections.abc import Iterator

from rich.console import RenderableType

from econonexus.cli.auction_file import Problem, problem_of
from econonexus.cli.clear_tables import findings_table, losers_table, probe_text, summary, winners_table
from econonexus.cli.fields import Fields
from econonexus.cli.output import progress
from econonexus.cli.solved import Solved
from econonexus.domain.mechanisms.answers import answer_of, properties_of
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.probe import TRIES, Verdict, probe
from econonexus.domain.mechanisms.rules import Rule

PROBED_BIDS = 4_000_000
"""How many bids the probe may clear in all, so that it ends in about a minute at any size."""


def solve(fields: Fields, rule: Rule, check: bool, probing: bool) -> Solved:
    """Solve what the fields say. Raises: CommandFailed naming a field that is wrong."""
    problem = problem_of(fields, rule)
    outcome = _clear(problem, problem.auction)
    answer = answer_of(outcome, two_sided=rule.family == "two_sided")
    certificate = rule.certify(problem.auction, outcome, problem.parameters) if check else None
    verdict = _probe(problem) if probing else None
    answer["properties"] = properties_of(certificate, verdict)
    return Solved(
        answer,
        tables=lambda: _tables(problem, outcome, certificate, verdict),
        sound=certificate is None or certificate.sound,
        ignored=problem.ignored,
    )


def _clear(problem: Problem, auction: Auction) -> Outcome:
    return problem.rule.clear(auction, problem.parameters)


def _probe(problem: Problem) -> Verdict:
    tries = max(10, min(TRIES, PROBED_BIDS // (1 + len(problem.auction.bids))))
    cleared = 0
    with progress("Looking for lies that pay", "clearings") as advance:

        def clear(auction: Auction) -> Outcome:
            nonlocal cleared
            advance(cleared, tries + 1)
            cleared += 1
            return _clear(problem, auction)

        return probe(problem.terms, clear, tries=tries)


def _tables(
    problem: Problem, outcome: Outcome, certificate: Certificate | None, verdict: Verdict | None
) -> Iterator[RenderableType]:
    yield summary(outcome)
    yield from winners_table(problem, outcome)
    yield from losers_table(problem, outcome)
    if certificate is not None:
        yield findings_table(certificate)
    if verdict is not None:
        yield probe_text(problem.auction, verdict)
