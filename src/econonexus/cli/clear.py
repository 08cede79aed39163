"""`econonexus clear`: solve auctions from files, without a server."""

import json
import sys
from typing import Annotated

from cyclopts import Parameter

from econonexus.cli.auction_file import Problem, parse
from econonexus.cli.exits import CommandFailed, bad_input
from econonexus.domain.mechanisms.answers import answer_of
from econonexus.domain.mechanisms.outcome import Outcome

MAX_FILE_BYTES = 256 * 2**20


def clear(
    *files: str,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Clear the auction in each file: who wins, what they pay, why the others lost.

    Parameters
    ----------
    files
        JSON files of one auction each; `-` is standard input.
    as_json
        One line of JSON for each file instead of tables.
    """
    if not files:
        raise bad_input("name a file, or - for standard input")
    problems = [_problem(file) for file in files]
    outcomes = [problem.rule.clear(problem.auction, problem.parameters) for problem in problems]
    for problem, outcome in zip(problems, outcomes, strict=True):
        _show(problem, outcome, as_json)


def _problem(file: str) -> Problem:
    try:
        return parse(_read(file))
    except CommandFailed as failure:
        name = "standard input" if file == "-" else file
        raise CommandFailed(f"{name}: {failure}", failure.exit_code) from None


def _read(file: str) -> bytes:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with open(file, "rb") as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise bad_input(f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_FILE_BYTES:
        raise bad_input(f"is larger than {MAX_FILE_BYTES} bytes")
    return raw


def _show(problem: Problem, outcome: Outcome, as_json: bool) -> None:
    print(json.dumps(answer_of(outcome, two_sided=problem.rule.family == "two_sided"), ensure_ascii=False))
