"""What came to an account and what left it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from econonexus.bootstrap import open_reader
from econonexus.cli.exits import ANSWER_IS_NO, CommandFailed, bad_input
from econonexus.cli.output import moment, progress, show
from econonexus.cli.texts import cell
from econonexus.domain.economy import Economy
from econonexus.domain.ids import CREDIT, AccountId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account
from econonexus.node import history
from econonexus.node.recovery import recover
from econonexus.ports import Entry, Journal

MOST_DIGITS = len(str(2**63 - 1))


class Statement(NamedTuple):
    """An account as of a record, and the lines that brought it there."""

    account: Account
    """Its balance and what is held may be those of later."""
    sequence: int
    lines: list[Entry]
    """The last lines, oldest first."""

    @property
    def balance(self) -> int:
        """What the account held then."""
        return self.lines[-1].balance_after if self.lines else 0

    @property
    def held(self) -> int:
        """What of it was on hold then."""
        return self.lines[-1].held_after if self.lines else 0

    @property
    def available(self) -> int:
        """What could have left it then."""
        return self.balance - self.account.floor - self.held


async def read_statement(data: Path, account: str, at: str | None, limit: int | None) -> Statement:
    """An account's statement as of `at`, a sequence number or a time. Raises: CommandFailed, JournalFault."""
    async with open_reader(data) as reader:
        journal = reader.journal
        with progress("replaying", "records") as bar:
            recovered = await recover(journal, progress=bar)
        found = recovered.economy.state.ledger.accounts.get(AccountId(account))
        if found is None:
            raise CommandFailed(f"there is no account {account} in {data}", ANSWER_IS_NO)
        sequence = await _sequence(journal, at, recovered.head.sequence)
        lines = await history.statement(journal, reader.views, account, sequence, limit)
        if at is not None and (not lines or found.kind is AccountKind.DEBT):
            found = await _account_then(journal, found.id, sequence)
        if found is None:
            raise CommandFailed(f"account {account} was not open yet at record {sequence}", ANSWER_IS_NO)
    return Statement(found, sequence, lines)


async def _account_then(journal: Journal, account: AccountId, sequence: int) -> Account | None:
    """An account as it was after a record. Takes a replay: for what its lines do not tell."""
    economy = Economy()
    async for record in history.records(journal, until=sequence):
        economy.apply(record.event, record.sequence, record.time)
    return economy.state.ledger.accounts.get(account)


async def _sequence(journal: Journal, at: str | None, last: int) -> int:
    """The record that `--at` means: a sequence number, or the last one not later than a time."""
    if at is None:
        return last
    if at.isdecimal():
        digits = at.lstrip("0") or "0"
        # Python refuses to read a number of thousands of digits.
        if len(digits) > MOST_DIGITS or int(digits) > last:
            raise bad_input(f"--at: the journal ends at record {last}")
        return int(digits)
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        raise bad_input(f"--at: {at} is neither a sequence number nor an ISO 8601 time") from None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    since_epoch = time - datetime(1970, 1, 1, tzinfo=UTC)
    micros = since_epoch // timedelta(microseconds=1)
    return await history.sequence_at(journal, Instant(micros * 1_000))


def statement_json(statement: Statement) -> dict[str, object]:
    """The statement for programs; amounts in the asset's smallest unit."""
    account = statement.account
    return {
        "account": account.id,
        "owner": account.owner,
        "kind": account.kind.value,
        "asset": account.asset,
        "sequence": statement.sequence,
        "balance": statement.balance,
        "held": statement.held,
        "available": statement.available,
        "entries": [line._asdict() for line in statement.lines],
    }


def show_statement(statement: Statement) -> None:
    """The statement as a table."""
    account = statement.account
    unit = "µcr" if account.asset == CREDIT else f"µ{account.asset}"
    balance, held, available = statement.balance, statement.held, statement.available
    title = f"{account.id}: {account.kind.value} of {account.owner}, as of record {statement.sequence:,}"
    caption = f"balance {balance:,} {unit}, on hold {held:,} {unit}, available {available:,} {unit}"
    table = Table(
        title=cell(title, "table.title"),
        title_justify="left",
        caption=cell(caption, "table.caption"),
        caption_justify="left",
    )
    for column in ("record", "time (UTC)", "what"):
        table.add_column(column)
    for column in (f"amount, {unit}", f"on hold, {unit}", f"balance, {unit}"):
        table.add_column(cell(column), justify="right")
    for column in ("with", "about", "code", "reference"):
        table.add_column(column, overflow="fold")
    for line in statement.lines:
        change = f"{line.amount:+,}" if line.amount else ""
        held_change = f"{line.held:+,}" if line.held else ""
        figures = (change, held_change, f"{line.balance_after:,}")
        texts = (line.counterparty, line.about, line.code, line.reference)
        row = (f"{line.sequence:,}", moment(line.time), line.kind.replace("_", " "), *figures, *texts)
        table.add_row(*map(cell, row))
    show(table)
