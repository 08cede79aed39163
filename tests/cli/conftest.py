"""A data directory with a short history, and the command line as a program runs it."""

import asyncio
import functools
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND, AccountId, BudgetId, CallerId, CommandId, HoldId, Instant
from econonexus.domain.money import Amount
from econonexus.node.node import Node
from tests.interfaces.served import ADMIN_KEY, Served

Run = Callable[..., "subprocess.CompletedProcess[str]"]

ANN, BOB, OPERATOR = AccountId("ann"), AccountId("bob"), CallerId("op")
FAR = Instant(4_000_000_000 * SECOND)


def run_in(folder: Path, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs `econonexus …` in a directory, with nothing of our own environment that it would read."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ECONONEXUS")}
    return subprocess.run(
        [sys.executable, "-m", "econonexus", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**clean, **environment},
        timeout=60,
        check=False,
    )


@pytest.fixture
def econonexus(tmp_path: Path) -> Run:
    """Runs `econonexus …` in an empty directory."""
    return functools.partial(run_in, tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A node with two agents, ann and bob, of 5,000 each; the key of each is its "own secret"."""
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        with server.client() as admin:
            for name in ("ann", "bob"):
                digest = hashlib.sha256(_secret(name).encode()).hexdigest()
                admin.make("agents", id=name, credits_ucr=5_000, key_sha256=digest)
        yield server


@pytest.fixture
def asks(served: Served, econonexus: Run) -> Run:
    """The command line against that node as the admin, or as the agent that `by` names."""

    def run(*arguments: str | Path, by: str = "") -> "subprocess.CompletedProcess[str]":
        key = _secret(by) if by else ADMIN_KEY
        return econonexus(*arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=key)

    return run


@pytest.fixture
def enx(asks: Run) -> Callable[..., str]:
    """The same where it must succeed: what it prints."""

    def run(*arguments: str | Path, by: str = "") -> str:
        done = asks(*arguments, by=by)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        return done.stdout

    return run


def _secret(agent: str) -> str:
    return f"{agent}'s own secret"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann was given 1,000, tipped Bob 100, holds 300 for a call, and was refused 900: 11 records."""
    folder = tmp_path / "data"
    asyncio.run(_short_history(folder))
    return folder


async def _short_history(folder: Path) -> None:
    async with open_node(folder) as node:
        await history(node)


async def history(node: Node) -> None:
    """The short history, through any node. Record 1 declares `credit`."""
    for name, command in {
        "org": c.CreateBudget(BudgetId("org"), Amount(5_000)),
        "ann": c.OpenAccount(ANN, ANN, budget=BudgetId("org"), label="Ann Smith"),
        "bob": c.OpenAccount(BOB, BOB),
        "grant": c.Mint(ANN, Amount(1_000), reason="grant"),
        "tip": c.Transfer(ANN, BOB, Amount(100), code="tip", reference="task-7", note="thank you, Bob"),
        "call-1": c.PlaceHold(HoldId("call-1"), ANN, Amount(200), FAR, code="llm"),
        "settle-1": c.PostHold(HoldId("call-1"), Amount(150)),
        "call-2": c.PlaceHold(HoldId("call-2"), ANN, Amount(300), FAR, code="llm"),
        "too-much": c.Transfer(ANN, BOB, Amount(900)),
        "burn": c.Burn(BOB, Amount(10), reason="fee"),
    }.items():
        await node.submit(command, OPERATOR, CommandId(name))
