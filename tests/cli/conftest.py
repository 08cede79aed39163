"""A data directory with a short history, and the command line as a program runs it."""

import asyncio
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND, AccountId, BudgetId, CallerId, CommandId, HoldId, Instant
from econonexus.domain.money import Amount
from econonexus.node.node import Node

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
