"""`econonexus demo`: two short stories that anyone can check afterwards."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import Findings
from econonexus.bootstrap import open_reader
from econonexus.cli.demo.crash import Survival, kill_and_count
from econonexus.cli.demo.runaway import LIMIT_UCR, TEAMS, Outcome, check_then_record, reserve_then_settle
from econonexus.cli.exits import ANSWER_IS_NO, DONE, CommandFailed, bad_input, fault
from econonexus.cli.output import show
from econonexus.cli.verifying import verify_journal
from econonexus.ports import JournalFault

KILLS = 3
SECONDS_BETWEEN_KILLS = 1.5

say = Console(highlight=False, width=100).print


def demo(*, keep: Path | None = None) -> int:
    """Show what it does, in under a minute: no overspend by a runaway agent, nothing lost in a crash.

    Parameters
    ----------
    keep
        Keep the demo's data in this new directory, to look at afterwards.
    """
    if keep is not None and keep.exists():
        raise bad_input(f"--keep: {keep} exists already; name a new directory")
    folder = Path(tempfile.mkdtemp(prefix="econonexus-demo-")) if keep is None else keep
    try:
        overspent = _runaway(folder / "budgets")
        survival = _crash(folder / "crash")
    except JournalFault as error:
        raise fault(str(error)) from None
    except Discrepancy as discrepancy:
        raise CommandFailed(f"ledger verify failed: {discrepancy}", ANSWER_IS_NO) from None
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    _close(overspent, survival, keep)
    return DONE if not overspent and not survival.missing else ANSWER_IS_NO


def _runaway(folder: Path) -> int:
    """The first story; what our side overspent, in µcr."""
    say("\n[bold]1. A runaway agent under one budget[/bold]")
    say(
        f"Three teams share an organisation's budget of {LIMIT_UCR:,} µcr; each may use half of it. One\n"
        "agent of team [bold]research[/bold] runs wild: it calls as fast as it can. What a call costs\n"
        "is known only when it is over.\n"
    )
    theirs = asyncio.run(check_then_record())
    _show_outcome("check the budget, call, record the spend afterwards (as gateways do today)", theirs)
    ours = asyncio.run(reserve_then_settle(folder))
    _show_outcome("reserve on the ledger, call, settle what was used (EconoNexus)", ours)
    return ours.overspent


def _crash(folder: Path) -> Survival:
    say(f"\n[bold]2. A node killed {KILLS} times under load[/bold]")
    say("Fifty callers move money; the process is ended by SIGKILL in the middle, and started again.\n")
    with Console(stderr=True).status("moving money and killing the node"):
        survival = kill_and_count(folder, KILLS, SECONDS_BETWEEN_KILLS)
        findings = asyncio.run(_verified(folder))
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("kills", f"{KILLS}")
    table.add_row("transfers acknowledged", f"{survival.acknowledged:,}")
    table.add_row("of these in the journal exactly once", f"{survival.acknowledged - survival.missing:,}")
    table.add_row("lost", f"{survival.missing:,}")
    table.add_row("records verified by the second bookkeeper", f"{findings.records:,}")
    show(table)
    return survival


async def _verified(folder: Path) -> Findings:
    async with open_reader(folder) as reader:
        return await verify_journal(reader.journal)


def _show_outcome(title: str, outcome: Outcome) -> None:
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("team", footer="organisation")
    table.add_column("calls served", justify="right", footer=f"{sum(outcome.served.values()):,}")
    table.add_column("calls refused", justify="right", footer=f"{sum(outcome.refused.values()):,}")
    table.add_column("spent, µcr", justify="right", footer=f"{sum(outcome.spent.values()):,}")
    table.add_column("limit, µcr", justify="right", footer=f"{LIMIT_UCR:,}")
    over = max(0, sum(outcome.spent.values()) - LIMIT_UCR)
    table.add_column("overspent, µcr", justify="right", footer=f"[red]{over:,}[/red]" if over else "0")
    for team, limit in TEAMS.items():
        excess = max(0, outcome.spent[team] - limit)
        table.add_row(
            team,
            f"{outcome.served[team]:,}",
            f"{outcome.refused[team]:,}",
            f"{outcome.spent[team]:,}",
            f"{limit:,}",
            f"[red]{excess:,}[/red]" if excess else "0",
        )
    show(table)


def _close(overspent: int, survival: Survival, keep: Path | None) -> None:
    say(f"\n[bold]overspend {overspent}[/bold], lost {survival.missing}, ledger verify passed.")
    if keep is None:
        say("Keep the data next time and look inside:  econonexus demo --keep demo-data")
        return
    say("Look inside:")
    for command in (
        f"ledger verify --data {keep}/budgets",
        f"ledger statement team-research --data {keep}/budgets",
        f"ledger export --format csv --data {keep}/crash | head",
    ):
        say(f"  econonexus {command}", markup=False, soft_wrap=True)
