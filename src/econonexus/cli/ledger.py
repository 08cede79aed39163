"""`econonexus ledger …`: looking at the books, read-only, also beside a running node."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from cyclopts import App, Parameter

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import Findings, journal_records
from econonexus.bootstrap import open_reader
from econonexus.cli.exits import ANSWER_IS_NO, DONE, CommandFailed, bad_input, fault
from econonexus.cli.exporting import cleared, csv_rows, json_lines
from econonexus.cli.new_files import output
from econonexus.cli.output import progress, write_json
from econonexus.cli.statements import read_statement, show_statement, statement_json
from econonexus.cli.texts import visible
from econonexus.cli.verifying import show_findings, verify_export, verify_journal
from econonexus.ports import JournalFault

T = TypeVar("T")

Data = Annotated[Path, Parameter(env_var="ECONONEXUS_DATA", help="The node's data directory.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for programs.")]
DEFAULT_DATA = Path("econonexus-data")
MOST_LINES = 1_000_000_000

app = App(name="ledger", help="Look at the books: read-only, also beside a running node.")


@app.command(name="verify")
def verify_ledger(
    *,
    data: Data = DEFAULT_DATA,
    export: Path | None = None,
    signed_by: str | None = None,
    as_json: Json = False,
) -> int:
    """Recompute balances, holds, budgets, supply and the hash chain from the journal alone.

    A second, independent and simple implementation goes through every record, and what it finds is held
    against what the economy itself makes of the journal. Exit code 1 with the first discrepancy.

    Parameters
    ----------
    export
        Verify a file that `ledger export` wrote, instead of a data directory.
    signed_by
        Insist on checkpoints, and on this public key for all of them (hexadecimal).
    """
    if export is not None and signed_by is not None:
        raise bad_input("--signed-by goes with --data; an export has no signatures")
    try:
        findings = _run(verify_export(export) if export is not None else _verify_directory(data, signed_by))
    except Discrepancy as discrepancy:
        if as_json:
            problem = {"sequence": discrepancy.sequence, "problem": discrepancy.problem}
            write_json({"verified": False, "discrepancy": problem})
        raise CommandFailed(f"not verified: {visible(str(discrepancy))}", ANSWER_IS_NO) from None
    if as_json:
        write_json({"verified": True, **msgspec.to_builtins(findings)})
    else:
        show_findings(findings)
    return DONE


@app.command
def statement(
    account: str,
    /,
    *,
    at: str | None = None,
    limit: int = 50,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> int:
    """Show what came to an account and what left it, and what was on hold.

    Parameters
    ----------
    account
        The account's id.
    at
        As of this record's sequence number, or this time (ISO 8601, UTC unless it says otherwise).
    limit
        So many of the last lines at most; 0 for all.
    """
    if not 0 <= limit <= MOST_LINES:
        raise bad_input(f"--limit must be 0 or more, and at most {MOST_LINES:,}")
    found = _run(read_statement(data, account, at, limit or None))
    if as_json:
        write_json(statement_json(found))
    else:
        show_statement(found)
    return DONE


@app.command
def export(
    *,
    format: Literal["jsonl", "csv"] = "jsonl",  # noqa: A002  # The option's name.
    out: Path | None = None,
    private: Annotated[bool, Parameter(negative="")] = False,
    data: Data = DEFAULT_DATA,
) -> int:
    """Write the whole journal out: every record as a line of JSON, or every posting as a row of CSV.

    The JSON lines keep the hash chain, so that anyone can check them: `hash` is SHA-256 of the previous
    record's hash (32 zero bytes before the first) and of `record`, written without spaces.

    Parameters
    ----------
    format
        `jsonl` or `csv`.
    out
        The file to write, which must not exist yet; standard output by default.
    private
        Put private texts in, with the salt of their digests (JSON lines only); withheld by default. What
        sealed bids offer is in every export, but only of auctions that are cleared.
    """
    if private and format == "csv":
        raise bad_input("--private goes with --format jsonl; postings have no private texts")
    try:
        _run(_export(data, out, format, private))
    except Discrepancy as discrepancy:
        raise fault(f"the journal is damaged: {discrepancy}") from None
    return DONE


def _run(work: Coroutine[object, object, T]) -> T:
    try:
        return asyncio.run(work)
    except JournalFault as error:
        raise fault(str(error)) from None


async def _verify_directory(data: Path, signed_by: str | None) -> Findings:
    async with open_reader(data) as reader:
        return await verify_journal(reader.journal, signed_by)


async def _export(data: Path, out: Path | None, kind: str, private: bool) -> None:
    async with open_reader(data) as reader:
        with output(out) as file, progress("exporting", "records") as bar:
            write = (
                csv_rows(file) if kind == "csv" else json_lines(file, private, await cleared(reader.journal))
            )
            async for stored in journal_records(reader.journal, bar):
                write(stored)
