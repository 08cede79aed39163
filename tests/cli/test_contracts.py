"""`econonexus contract`: work delivered, checked by a program, disputed and decided from the shell."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served
from tests.interfaces.test_policy import until

CREDIT = 1_000_000
WINDOW_MS = 2_000
NAMES = ("good", "bad", "odd", "fought")


class Town(NamedTuple):
    """A server on which ann has four contracts, which vera checks, and the last rex himself."""

    url: str
    keys: dict[str, str]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server, server.client() as admin:
        keys = {"admin": ADMIN_KEY}
        for who in ("rex", "ann", "vera"):
            made = admin.make("agents", id=who, capabilities=["write"], credits_ucr=1_000 * CREDIT)
            keys[who] = made["key"]
        admin.make("agents/ann/stake", amount_ucr=500 * CREDIT)
        for name in NAMES:
            task = {"verifier": "vera"} if name != "fought" else {}
            admin.make(
                "tasks",
                id=name,
                requester="rex",
                capability="write",
                ceiling_ucr=20 * CREDIT,
                deadline_ms=3_600_000,
                bidding_window_ms=WINDOW_MS,
                **task,
            )
            with server.client(keys["ann"]) as ann:
                ann.make(f"tasks/{name}/offers", price_ucr=10 * CREDIT)
        until(lambda: admin.get("/api/v1/contracts/fought:1").status_code == 200 or None)
        yield Town(server.url, keys)


@pytest.fixture
def enx(town: Town, econonexus: Run) -> Run:
    """The command line with somebody's key: `enx("ann", "contract", …)`."""

    def run(who: str, *arguments: str | Path) -> Any:
        return econonexus(*arguments, ECONONEXUS_URL=town.url, ECONONEXUS_KEY=town.keys[who])

    return run


def asks(enx: Run, who: str, *arguments: str) -> Any:
    """What a command answers, as programs read it."""
    command, *rest = arguments
    done = enx(who, "contract", command, "--json", *rest)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_work_is_checked_by_a_program(enx: Run) -> None:
    for name, text in (("good", "forty-two"), ("bad", "no idea"), ("odd", "?")):
        delivered = asks(enx, "ann", "report", f"{name}:1", text)
        assert (delivered["status"], delivered["provider"]) == ("delivered", "ann")
    program = "import sys; text = sys.stdin.read(); print('read', text); sys.exit('?' in text and 7)"
    done = enx("vera", "contract", "check", "--contract", "odd:1", "--", sys.executable, "-c", program)
    assert done.returncode == 1
    assert done.stderr == "econonexus: odd:1: the program ended with 7: no verdict\n"
    asks(enx, "vera", "judge", "odd:1", "satisfactory")
    program = "import sys; text = sys.stdin.read(); print('read', text); sys.exit('forty' not in text)"
    judged = asks(enx, "vera", "check", "--good", "excellent", "--", sys.executable, "-c", program)
    assert [(each["id"], each["verdict"], each["judged_by"]) for each in judged] == [
        ("good:1", "excellent", "verifier"),
        ("bad:1", "poor", "verifier"),
    ]
    assert judged[1]["story"][-1]["text"] == "read no idea\n"
    assert asks(enx, "vera", "check", "--", sys.executable, "-c", "") == []  # Nothing waits any more.


def test_what_cannot_be_checked(enx: Run) -> None:
    done = enx("vera", "contract", "check", "--contract", "fought:1", "true")
    assert (done.returncode, done.stderr) == (1, "econonexus: fought:1: nothing is delivered yet\n")
    done = enx("vera", "contract", "check")
    assert (done.returncode, done.stderr) == (
        2,
        "econonexus: name the program that checks what was delivered\n",
    )


def test_a_dispute_from_the_shell(enx: Run) -> None:
    asks(enx, "ann", "report", "fought:1", "The work.")
    asks(enx, "rex", "judge", "fought:1", "poor", "--quality", "0.2", "--evidence", "No.")
    claimed = asks(enx, "ann", "challenge", "fought:1", "satisfactory", "--evidence", "Yes.")
    assert claimed["challenge"]["verdict"] == "satisfactory"
    assert asks(enx, "rex", "defend", "fought:1", "--evidence", "No!")["status"] == "disputed"
    waiting = asks(enx, "admin", "list", "--status", "disputed")
    assert [each["id"] for each in waiting] == ["fought:1"]
    decided = asks(enx, "admin", "decide", "fought:1", "satisfactory", "--evidence", "I looked.")
    assert (decided["status"], decided["judged_by"]) == ("settled", "operator")
    shown = enx("ann", "contract", "show", "fought:1")
    assert shown.returncode == 0
    for text in ("verdict_challenged", "dispute_bond_lost", "I looked.", "20,000,000"):
        assert text in shown.stdout
    explained = enx("ann", "explain", "contract/fought:1")
    assert "the operator's decision" in explained.stdout
