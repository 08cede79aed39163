"""The command line, on top of everything: one file per group of commands.

May import whatever it needs; nothing imports it. Each group is imported only when it is called, so
that `--help` stays quick. Exit codes: 0 done, 1 the answer is no, 2 usage or bad input, 3 a fault.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError, Parameter

from econonexus import __version__
from econonexus.cli.exits import BAD_INPUT, DONE, FAULT, CommandFailed

app = App(
    name="econonexus",
    version=__version__,
    help="A market for your agents: hard budgets, fair shares, exact accounting.",
    help_epilogue="`enx` is the same. Exit codes: 0 done, 1 the answer is no, 2 bad input, 3 a fault.",
    # A list that is not given is empty; there is no need of a word for it.
    default_parameter=Parameter(negative_iterable=()),
    # A command returns its exit code, or nothing for 0.
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
_UP = """Run a node and serve its API until it is told to stop (Ctrl-C, SIGTERM).

Prints one line, `ready http://…`, once it answers. The first admin key is ECONONEXUS_ADMIN_KEY, or else
is made and kept in the data directory."""
_DEMO = """Show what it does, in under a minute: a runaway agent in front of a gateway of today, then of ours;
an hour of calls for scarce tokens under three mechanisms; and a task whose providers break their word."""
_BACKUP = """Copy the journal into one file, whole and consistent, also beside a running node.

Everything else in the data directory follows from the journal, but for the signing key: keep that
safe by itself."""
_RESTORE = """Make a new data directory from a backup, after verifying it.

Nothing is ever overwritten: a directory that holds a journal is refused."""
_CLEAR = """Solve the auction in each file: who wins, what they pay, why the others lost.

Exit code 1 if a check fails; else 0, also where nothing is sold."""
_GENERATE = """Write a bundle auction for `clear`, drawn as the Combinatorial Auction Test Suite describes it.

The same arguments give the same file, byte for byte, on every machine."""

# What each says of itself, said here as well so that it need not be imported for `--help`.
for _name, _where, _help in (
    ("up", "serving:up", _UP),
    ("demo", "demo:demo", _DEMO),
    ("agent", "agents:app", "Make agents, change them, look at them, freeze them, give them keys."),
    ("team", "teams:app", "Make teams, look at them, give them money, freeze them."),
    ("budget", "budgets:app", "Make limits, change them, and look at what is left of them."),
    ("reservation", "reservations:app", "Look at what is reserved, and reconcile what nobody reported."),
    ("resource", "resources:app", "Say what there is, how much of it, and look at what is free."),
    ("market", "markets:app", "Make markets, change their rules, look at them, halt them, let them go on."),
    ("auction", "auctions:app", "Put units up for sale, watch who comes, and see what it came to."),
    ("bid", "bids:app", "Offer money for what an auction sells, with an agent's key."),
    ("order", "orders:app", "Buy and sell in a market's order book, with an agent's key."),
    ("request", "requests:app", "Ask a market for units, at its price or in its line."),
    ("grant", "grants:app", "Look at what was won, meter what is used of it, give the rest back."),
    ("inbox", "inbox:app", "Ask a human; look at what agents ask, in turn, and answer it."),
    ("task", "tasks:app", "Ask other agents for work, offer to do it, see who got it."),
    ("contract", "contracts:app", "Deliver work, judge it, challenge a verdict, decide a dispute."),
    ("insurance", "insurance:app", "Insure contracts against failing, and look at the fund that pays."),
    ("policy", "policy:app", "Say by which rules money is issued, and see what they come to."),
    ("stake", "stakes:app", "Put credits at stake for work promised, withdraw them, see what keeps them."),
    (
        "reputation",
        "reputations:app",
        "Look at what is known of an agent or an owner, and at how it came about.",
    ),
    ("standing", "standings:app", "Say what an owner's agents may do, and look it up."),
    ("promise-rules", "promise_rules:app", "Say what must be at stake and what offences cost."),
    ("mode", "modes:app", "Say how far a feature goes: off, shadow, advise, enforce, or stopped."),
    ("events", "happenings:events", "Show what happened, one event a line."),
    ("explain", "happenings:explain", "Show how anything that has a name stands, what happened, and why."),
    ("import", "importing:app", "Take over keys, budgets and prices from another gateway."),
    ("ledger", "ledger:app", "Look at the books: read-only, also beside a running node."),
    ("backup", "backups:backup", _BACKUP),
    ("restore", "backups:restore", _RESTORE),
    ("clear", "clear:clear", _CLEAR),
    ("generate", "generating:generate", _GENERATE),
):
    app.command(f"econonexus.cli.{_where}", name=_name, help=_help)


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
