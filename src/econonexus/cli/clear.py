"""`econonexus clear`: solve auctions from files, without a server."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from econonexus.cli import clear_auction
from econonexus.cli.exits import ANSWER_IS_NO, DONE, CommandFailed, bad_input
from econonexus.cli.fields import Fields, fields_of
from econonexus.cli.output import warn
from econonexus.cli.solved import Solved
from econonexus.domain.mechanisms.rules import RULES

MAX_FILE_BYTES = 256 * 2**20
MOST_NAMES = 100

FISHER = "fisher"
PACKAGES = "combinatorial"


def clear(
    *files: Annotated[str, Parameter(allow_leading_hyphen=True)],
    as_json: Annotated[bool, Parameter(name="--json", negative="", show_default=False)] = False,
    check: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    probe: Annotated[bool, Parameter(negative="", show_default=False)] = False,
) -> int:
    """Solve the auction in each file: who wins, what they pay, why the others lost.

    Exit code 1 if a check fails; else 0, also where nothing is sold.

    Parameters
    ----------
    files
        JSON files of one auction each; - is standard input.
    as_json
        Print one line of JSON for each file instead of tables.
    check
        Check the outcome with independent code and print the certificate.
    probe
        Search for lies that pay: clear again with bids misreported, and print the best lie found.
    """
    if not files:
        raise bad_input("name a file, or - for standard input")
    # Solve all before printing any: after bad input there is nothing on standard output.
    results = [_solve_file(file, check, probe) for file in files]
    for file, solved in zip(files, results, strict=True):
        if solved.ignored:
            warn(f"{_name(file)}: ignored: {_listed(solved.ignored)}")
    for file, solved in zip(files, results, strict=True):
        if as_json:
            print(json.dumps(solved.answer, allow_nan=False))
        else:
            solved.show(_name(file))
    return DONE if all(solved.sound for solved in results) else ANSWER_IS_NO


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


def _solve_file(file: str, check: bool, probe: bool) -> Solved:
    if file.startswith("-") and file != "-":
        raise bad_input(f"there is no option {file}")
    try:
        return solve(fields_of(_read(file)), check, probe)
    except CommandFailed as failure:
        raise CommandFailed(f"{_name(file)}: {failure}", failure.exit_code) from None


def solve(fields: Fields, check: bool, probe: bool) -> Solved:
    """Solve what a file says. Raises: CommandFailed naming the field that is wrong."""
    name = fields.choice("mechanism", (*RULES, FISHER, PACKAGES))
    if name == PACKAGES:
        if probe:
            raise bad_input(f"--probe: there is no probe for {name}, where each lie is a search of its own")
        # Only here is a solver process started.
        from econonexus.cli import clear_packages

        return clear_packages.solve(fields, check)
    if name == FISHER:
        if probe:
            raise bad_input(f"--probe: there is no probe for {name}, where nobody bids")
        # Only here is numpy needed, which takes longer to load than most files to solve.
        from econonexus.cli import clear_fisher

        return clear_fisher.solve(fields, check)
    return clear_auction.solve(fields, RULES[name], check, probe)


def _read(file: str) -> bytes:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with open(file, "rb") as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise bad_input(f"cannot be read: {error}") from None
    if len(raw) > MAX_FILE_BYTES:
        raise bad_input(f"is larger than {MAX_FILE_BYTES} bytes")
    return raw
