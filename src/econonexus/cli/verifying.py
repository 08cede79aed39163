"""Two bookkeepers over one journal: the independent books and the economy, side by side."""

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import msgspec
from rich.table import Table

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import Findings, compare, journal_records, verify
from econonexus.bootstrap import is_genuine, is_signed
from econonexus.cli.exits import bad_input
from econonexus.cli.output import money, progress, show
from econonexus.cli.texts import cell
from econonexus.domain.economy import Economy
from econonexus.node.records import Record, RecordUnreadable, unseal, unseal_told
from econonexus.ports import Checkpoint, Journal, Snapshot, StoredRecord


async def verify_journal(journal: Journal, signed_by: str | None = None) -> Findings:
    """Verify a journal as it stands now, and that one key signed it, and it alone, if it is given.

    Raises: Discrepancy, JournalFault.
    """
    checkpoints, snapshot = await journal.checkpoints(), await journal.load_snapshot()
    if signed_by is not None:
        _insist(signed_by.lower(), checkpoints, (await journal.head()).sequence)
    with progress("verifying", "records") as bar:
        return await verify_both(journal_records(journal, bar), checkpoints, snapshot)


def _insist(key: str, checkpoints: list[Checkpoint], last: int) -> None:
    if not checkpoints:
        raise Discrepancy(last, "is the last, and neither it nor one before it was signed")
    for checkpoint in checkpoints:
        if checkpoint.public_key != key:
            raise Discrepancy(checkpoint.sequence, f"was signed with the key {checkpoint.public_key}")


async def verify_export(path: Path) -> Findings:
    """Verify a file that `ledger export` wrote. Raises: Discrepancy, CommandFailed."""
    try:
        with open(path, "rb") as file:  # noqa: ASYNC230  # Nothing else runs here.
            return await verify_both(_exported(file), [], None, unseal_told)
    except OSError as error:
        raise bad_input(f"--export: {path}: {error.strerror}") from None


async def verify_both(
    records: AsyncIterator[StoredRecord],
    checkpoints: list[Checkpoint],
    snapshot: Snapshot | None,
    read: Callable[[StoredRecord], Record] = unseal,
) -> Findings:
    """Let the books and the economy go through the records side by side, then compare them."""
    economy = Economy()

    async def replayed() -> AsyncIterator[StoredRecord]:
        async for stored in records:
            yield stored  # The books come first: what they find wrong has the better message.
            _apply(economy, stored, read)

    findings, books = await verify(replayed(), checkpoints, is_genuine, snapshot, is_signed)
    accounts = economy.state.ledger.accounts.values()
    compare({account.id: (account.balance, account.held) for account in accounts}, books)
    return findings


def _apply(economy: Economy, stored: StoredRecord, read: Callable[[StoredRecord], Record]) -> None:
    try:
        record = read(stored)
        economy.apply(record.event, record.sequence, record.time)
    except RecordUnreadable:
        raise
    except Exception as error:  # It may have been crafted to break the economy in any way.
        raise Discrepancy(stored.sequence, f"is nothing the economy could have done ({error!r})") from error


class _Line(msgspec.Struct):
    """One line of `ledger export`."""

    sequence: int
    hash: str
    record: msgspec.Raw
    private: msgspec.Raw = msgspec.Raw(b"")


async def _exported(lines: Iterable[bytes]) -> AsyncIterator[StoredRecord]:
    for number, text in enumerate(lines, 1):
        try:
            line = msgspec.json.decode(text, type=_Line)
            link, private = bytes.fromhex(line.hash), bytes(line.private) or None
            yield StoredRecord(line.sequence, bytes(line.record), link, None, private)
        except RecursionError:
            raise Discrepancy(number, "is nested too deeply") from None
        except (msgspec.DecodeError, ValueError) as error:
            raise bad_input(f"--export: line {number} is not a line of `ledger export`: {error}") from None


def show_findings(findings: Findings) -> None:
    """What adds up, as a table."""
    table = Table(title="verified", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_row("records, one unbroken hash chain", f"{findings.records:,}")
    table.add_row("accounts, balances adding up to 0", f"{findings.accounts:,}")
    table.add_row("open holds, all accounted for", f"{findings.open_holds:,}")
    for what, count in findings.auctions.items():
        table.add_row(f"auctions {what}", f"{count:,}")
    table.add_row("grants given, as they were won", f"{findings.grants:,}")
    table.add_row("grants that run", f"{findings.open_grants:,}")
    table.add_row("commands refused", f"{findings.refusals:,}")
    for asset, circulating in findings.circulating.items():
        minted, burned = findings.minted[asset], findings.burned[asset]
        for word, amount in (("minted", minted), ("burned", burned), ("circulating", circulating)):
            table.add_row(cell(f"{asset}: {word}"), cell(money(amount, asset)))
    table.add_row("signed checkpoints, all genuine", f"{findings.checkpoints:,}")
    if findings.checkpoints:
        table.add_row("signed up to record", f"{findings.signed_to:,}")
    for key in findings.signed_by:
        table.add_row("signed by", cell(key))
    if findings.snapshot_checked:
        table.add_row("snapshot compared at record", f"{findings.snapshot_checked:,}")
    if findings.withheld:
        table.add_row("bids whose price is withheld", f"{findings.withheld:,}")
    table.add_row("hash of the last record", findings.hash)
    show(table)
