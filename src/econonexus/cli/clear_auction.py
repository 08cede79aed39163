"""Solving one auction file: the answer, the certificate, the probe, and their tables."""

from collections.abc import Iterator

from rich.console import RenderableType

from econonexus.cli.auction_file import Problem, problem_of
from econonexus.cli.clear_tables import findings_table, losers_table, probe_text, summary, winners_table
from econonexus.cli.fields import Fields
from econonexus.cli.solved import Solved
from econonexus.domain.mechanisms.answers import answer_of
from econonexus.domain.mechanisms.bids import Auction
from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.probe import TRIES, Lie, Verdict, probe
from econonexus.domain.mechanisms.rules import Rule

PROBED_BIDS = 4_000_000
"""How many bids the probe may clear in all, so that it ends in about a minute at any size."""


def solve(fields: Fields, rule: Rule, check: bool, probing: bool) -> Solved:
    """Solve what the fields say. Raises: CommandFailed naming a field that is wrong."""
    problem = problem_of(fields, rule)
    outcome = _clear(problem, problem.auction)
    answer = answer_of(outcome, two_sided=rule.family == "two_sided")
    properties: dict[str, object] = {}
    certificate = rule.certify(problem.auction, outcome, problem.parameters) if check else None
    verdict = _probe(problem) if probing else None
    if certificate is not None:
        properties |= {finding.property: finding.holds for finding in certificate.findings}
    if verdict is not None:
        properties |= {"lies_tried": verdict.tried, "profitable_lie": _lie(verdict.lie)}
    answer["properties"] = properties
    return Solved(
        answer,
        tables=lambda: _tables(problem, outcome, certificate, verdict),
        sound=certificate is None or certificate.sound,
    )


def _clear(problem: Problem, auction: Auction) -> Outcome:
    return problem.rule.clear(auction, problem.parameters)


def _probe(problem: Problem) -> Verdict:
    tries = max(10, min(TRIES, PROBED_BIDS // (1 + len(problem.auction.bids))))
    return probe(problem.auction, lambda auction: _clear(problem, auction), tries=tries)


def _lie(lie: Lie | None) -> object:
    if lie is None:
        return None
    bids = [{"bid": bid.id, "units": bid.units, "unit_price": bid.unit_price} for bid in lie.bids]
    return {"owner": lie.owner, "gain": lie.gain, "bids": bids}


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
