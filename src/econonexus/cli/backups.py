"""`econonexus backup` and `econonexus restore`: the journal as one file, and back."""

import asyncio
from pathlib import Path

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import Findings
from econonexus.bootstrap import back_up, open_backup
from econonexus.bootstrap import restore as put_in_place
from econonexus.cli.exits import ANSWER_IS_NO, DONE, CommandFailed, bad_input, fault
from econonexus.cli.ledger import DEFAULT_DATA, Data, Json
from econonexus.cli.output import progress, write_json
from econonexus.cli.texts import visible
from econonexus.cli.verifying import verify_journal
from econonexus.ports import JournalExists, JournalFault, JournalLocked


def backup(target: Path, /, *, data: Data = DEFAULT_DATA, as_json: Json = False) -> int:
    """Copy the journal into one file, whole and consistent, also beside a running node.

    Everything else in the data directory follows from the journal, but for the signing key: keep that
    safe by itself.

    Parameters
    ----------
    target
        The file to write, which must not exist yet.
    """
    if target.exists():
        raise bad_input(f"{target} exists already; name a new file")
    if not target.parent.is_dir():
        raise bad_input(f"{target}: there is no directory {target.parent}")
    try:
        with progress("copying", "pages") as bar:
            asyncio.run(back_up(data, target, bar))
        findings = asyncio.run(_verify(target))
    except JournalFault as error:
        raise fault(str(error)) from None
    except Discrepancy as discrepancy:
        raise CommandFailed(
            f"the journal does not verify: {visible(str(discrepancy))}", ANSWER_IS_NO
        ) from None
    _say("backed up and verified", findings, target, as_json)
    return DONE


def restore(source: Path, /, *, data: Data = DEFAULT_DATA, as_json: Json = False) -> int:
    """Make a new data directory from a backup, after verifying it.

    Nothing is ever overwritten: a directory that holds a journal is refused.

    Parameters
    ----------
    source
        A file that `econonexus backup` wrote.
    """
    if not source.is_file():
        raise bad_input(f"there is no backup {source}; name a file that `econonexus backup` wrote")
    try:
        findings = asyncio.run(_verify(source))
        put_in_place(source, data)
    except (JournalExists, JournalLocked) as error:
        raise bad_input(str(error)) from None
    except JournalFault as error:
        raise fault(str(error)) from None
    except Discrepancy as discrepancy:
        raise CommandFailed(
            f"the backup does not verify: {visible(str(discrepancy))}", ANSWER_IS_NO
        ) from None
    _say("verified and restored", findings, data, as_json)
    return DONE


async def _verify(path: Path) -> Findings:
    async with open_backup(path) as journal:
        return await verify_journal(journal)


def _say(done: str, findings: Findings, path: Path, as_json: bool) -> None:
    if as_json:
        write_json({"path": str(path), "records": findings.records, "hash": findings.hash})
    else:
        print(f"{done}: {findings.records:,} records, last hash {findings.hash[:16]}…, in {path}")
