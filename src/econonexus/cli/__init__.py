"""The command line, on top of everything: one file per group of commands.

May import whatever it needs; nothing imports it. Each group is imported only when it is called, so
that `--help` stays quick. Exit codes: 0 done, 1 the answer is no, 2 usage or bad input, 3 a fault.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError

from econonexus import __version__
from econonexus.cli.exits import BAD_INPUT, DONE, FAULT, CommandFailed

app = App(
    name="econonexus",
    version=__version__,
    help="A market for your agents: hard budgets, fair shares, exact accounting.",
    help_epilogue="`enx` is the same. Exit codes: 0 done, 1 the answer is no, 2 bad input, 3 a fault.",
    # A command returns its exit code, or nothing for 0.
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.command("econonexus.cli.clear:clear", name="clear", help="Solve auctions from files, without a server.")
app.command("econonexus.cli.generating:generate", name="generate")

app.command("econonexus.cli.serving:up", name="up")
app.command("econonexus.cli.agents:app", name="agent")
app.command("econonexus.cli.teams:app", name="team")
app.command("econonexus.cli.budgets:app", name="budget")
app.command("econonexus.cli.reservations:app", name="reservation")
app.command("econonexus.cli.resources:app", name="resource")
app.command("econonexus.cli.markets:app", name="market")
app.command("econonexus.cli.auctions:app", name="auction")
app.command("econonexus.cli.bids:app", name="bid")
app.command("econonexus.cli.orders:app", name="order")
app.command("econonexus.cli.requests:app", name="request")
app.command("econonexus.cli.grants:app", name="grant")
app.command("econonexus.cli.inbox:app", name="inbox")
app.command("econonexus.cli.policy:app", name="policy")
app.command("econonexus.cli.modes:app", name="mode")
app.command("econonexus.cli.happenings:events", name="events")
app.command("econonexus.cli.happenings:explain", name="explain")
app.command("econonexus.cli.importing:app", name="import")
app.command("econonexus.cli.ledger:app", name="ledger")
app.command("econonexus.cli.backups:backup", name="backup")
app.command("econonexus.cli.backups:restore", name="restore")
app.command("econonexus.cli.demo:demo", name="demo")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command; whatever goes wrong is one line on standard error and an exit code."""
    exit_code = DONE
    try:
        exit_code = app(arguments, exit_on_error=False, print_error=False) or DONE
        # What is still in our hands may find the disk full; there may also be no standard output at all.
        print(end="", flush=True)
    except CycloptsError as error:
        _leave(f"{error}".strip(), BAD_INPUT)
    except CommandFailed as failure:
        _leave(str(failure), failure.exit_code)
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does; that is no fault.
        _drop_output()
    except OSError as error:
        _drop_output()
        _leave(f"{error}", FAULT)
    except KeyboardInterrupt:
        _leave("interrupted", FAULT)
    sys.exit(exit_code)


def _drop_output() -> None:
    """Let what could not be written go, or the interpreter complains of it again as it leaves."""
    # Where standard output is no file, as in a test, there is nothing to redirect.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(message: str, exit_code: int) -> NoReturn:
    print(f"econonexus: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(exit_code)
