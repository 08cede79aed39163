"""A node under load, killed by SIGKILL at random moments: whatever was acknowledged is there, once."""

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.domain.ids import AccountId
from econonexus.node.records import unseal
from tests.kill_worker import CALLERS, command_of, paid_by
from tests.nodes import check

ROOT = Path(__file__).parents[2]


class Ledger:
    """What the callers of all lives know: what they sent, and what was acknowledged at which record."""

    def __init__(self) -> None:
        self.sent: dict[str, None] = {}
        self.done: dict[str, int] = {}

    def hear(self, line: str) -> None:
        match line.split():
            case ["sent", name]:
                self.sent[name] = None
            case ["done", name, sequence]:
                assert self.done.setdefault(name, int(sequence)) == int(sequence), (
                    "answered twice, differently"
                )

    def unanswered(self) -> list[str]:
        return [name for name in self.sent if name not in self.done]


def _live_and_die(directory: Path, life: int, ledger: Ledger, rng: random.Random) -> None:
    """One life of the worker, ended once a random number of commands more are acknowledged."""
    arguments = [str(directory), str(life), *ledger.unanswered()]
    lines_to_live = rng.randrange(1, 4_000)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kill_worker", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stderr is not None
        watchdog = threading.Timer(60, worker.kill)
        watchdog.start()
        ready = False
        for line in worker.stdout:
            if not line.endswith("\n"):
                break  # It was killed in the middle of the word.
            ready = ready or line == "ready\n"
            ledger.hear(line)
            lines_to_live -= 1
            if lines_to_live == 0:
                worker.kill()
        watchdog.cancel()
        complaint = worker.stderr.read()
    assert worker.returncode == -9, complaint
    assert complaint == ""
    assert ready or lines_to_live <= 0


async def _kill_again_and_again(directory: Path, kills: int, seed: int) -> None:
    rng, ledger = random.Random(seed), Ledger()
    for life in range(kills):
        _live_and_die(directory, life, ledger, rng)
        await _check(directory, ledger)
    assert ledger.done, "nothing was acknowledged, so nothing was shown"


async def _check(directory: Path, ledger: Ledger) -> None:
    journal = SqliteJournal.open(directory)
    try:
        state = await check(journal)
        kept = {
            record.command: (record.sequence, record.caller)
            for record in map(unseal, await journal.read(0, 10**7))
            if record.digest and record.caller.startswith("c")
        }
    finally:
        await journal.close()
    assert ledger.done.items() <= {name: sequence for name, (sequence, _) in kept.items()}.items()
    assert kept.keys() <= ledger.sent.keys()
    paid = dict.fromkeys(range(CALLERS), 0)
    for name in kept:
        life, caller, step = map(int, name.split("-"))
        paid[caller] += paid_by(command_of(life, caller, step))
    accounts = state.ledger.accounts
    assert {caller: accounts[AccountId(f"shop{caller}")].balance for caller in paid if paid[caller]} == {
        caller: amount for caller, amount in paid.items() if amount
    }


async def test_a_killed_node_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    await _kill_again_and_again(tmp_path, kills=5, seed=20_260_719)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
async def test_a_node_killed_two_hundred_times_keeps_what_it_acknowledged(tmp_path: Path, seed: int) -> None:
    await _kill_again_and_again(tmp_path, kills=20, seed=seed)
