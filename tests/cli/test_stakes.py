"""Stakes, standings and the rules of promises from the command line, against a running node."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from econonexus.cli.remote import in_ucr
from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        with server.client() as admin:
            admin.make("agents", id="ann", owner="inc", credits_ucr=5_000)
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Run:
    """The command line as the admin: what it prints, and how it ends."""

    def run(*arguments: str | Path, code: int = 0) -> str:
        done = econonexus(*arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run  # type: ignore[return-value]  # Its output alone.


def test_a_stake_from_the_command_line(enx: Any) -> None:
    posted = json.loads(enx("stake", "post", "ann", "3000", "--json"))
    assert (posted["account"], posted["amount_ucr"]) == ("stake:ann", 3_000)
    asked = json.loads(enx("stake", "unbond", "ann", "1000", "--json"))
    shown = json.loads(enx("stake", "show", "ann", "--json"))
    assert shown["withdrawals"] == [{"amount_ucr": 1_000, "ready_at": asked["ready_at"]}]
    lines = [
        [cell.strip() for cell in line.split("│")[1:3]] for line in enx("stake", "show", "ann").splitlines()
    ]
    assert ["staked, µcr", "3,000"] in lines
    assert ["free, µcr", "2,000"] in lines
    assert "stake_in_use" in enx("stake", "unbond", "ann", "2001", code=1)


def test_a_standing_from_the_command_line(enx: Any) -> None:
    assert json.loads(enx("standing", "show", "inc", "--json")) == {"owner": "inc", "standing": "active"}
    enx("standing", "set", "inc", "suspended", "--reason", "odd work")
    assert json.loads(enx("standing", "show", "inc", "--json"))["standing"] == "suspended"
    enx("standing", "set", "inc", "active")
    assert "unknown_owner" in enx("standing", "set", "nobody", "banned", code=1)
    assert "odd" in enx("standing", "set", "inc", "odd", code=2)


def test_the_rules_from_the_command_line(enx: Any) -> None:
    said = ("trusted=inc,acme", "bond=0.75", "compound=true", "task_failure=0.2,2,0")
    rules = json.loads(enx("promise-rules", "set", *said, "--json"))
    assert (rules["bond"], rules["compound"], rules["trusted"]) == (0.75, True, ["inc", "acme"])
    assert rules["task_failure"] == {"rate": 0.2, "severity": 2, "grace": 0}
    assert "20.0% × severity 2, after 0 in a window" in " ".join(enx("promise-rules", "show").split())


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("bond", "bond: say NAME=VALUE"),
        ("bond=much", "bond: much is neither a number nor true or false"),
        ("task_failure=0.2,2", "RATE,SEVERITY,GRACE"),
        ("task_failure=0.2", "RATE,SEVERITY,GRACE, such as 0.1,1,3"),
        ("relief=2", "field relief"),
        ("bund=1", "field bund"),
    ],
)
def test_odd_rules_are_named(enx: Any, said: str, complaint: str) -> None:
    assert complaint in enx("promise-rules", "set", said, code=2)


def test_what_an_agent_is_lent_from_the_command_line(enx: Any) -> None:
    enx("resource", "create", "gpu", "--unit", "hour", "--capacity", "9", "--period-ms", "60000")
    said = ("--credit", "reputation", "--reputation-weight", "0.5")
    made = json.loads(
        enx("market", "create", "lent", "--resource", "gpu", "--mechanism", "second_price", *said, "--json")
    )
    assert (made["credit"], made["reputation_weight"]) == ("reputation", 0.5)
    credit = json.loads(enx("agent", "credit", "ann", "--json"))
    assert (credit["bidding_power"], credit["owed_ucr"], credit["overdue"]) == (0.8, 0, False)


def test_amounts_are_labelled_alike_in_fields_and_facts() -> None:
    assert [in_ucr(name) for name in ("payment_ucr", "bonus paid, ucr", "of it to lucrezia")] == [
        "payment, µcr",
        "bonus paid, µcr",
        "of it to lucrezia",
    ]
