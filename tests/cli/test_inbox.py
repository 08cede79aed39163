"""`econonexus inbox` and `econonexus policy`: how they fail, and what the pages of the docs do not show."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Run:
    """The command line with a server and the admin key."""

    def run(*arguments: str | Path):  # type: ignore[no-untyped-def]
        return econonexus(*arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY)

    return run


def test_an_empty_inbox_has_nothing_to_take(enx: Run) -> None:
    done = enx("inbox", "take")
    assert (done.returncode, done.stderr) == (1, "econonexus: nothing waits in the inbox\n")


def test_scores_are_given_all_or_none(enx: Run) -> None:
    done = enx("inbox", "answer", "q", "So.", "--minutes", "1", "--useful", "3")
    assert done.returncode == 2
    assert "--interesting, --useful, --understandable" in done.stderr


def test_what_must_be_there_first_is_said(enx: Run) -> None:
    enx("agent", "create", "ann", "--credits-ucr", "1000")
    done = enx("inbox", "ask", "Why?", "--agent", "ann", "--minutes", "1", "--price-ucr", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("econonexus: unknown_resource: ")
    assert len(done.stderr.splitlines()) == 1


def test_rules_are_shown_and_changed(enx: Run) -> None:
    assert json.loads(enx("inbox", "rules", "--json").stdout)["ageing_ucr"] == 1_000_000
    changed = enx("inbox", "rules", "--ageing-ucr", "5", "--proceeds", "treasury", "--json")
    assert json.loads(changed.stdout)["proceeds"] == "treasury"
    assert json.loads(enx("inbox", "rules", "--json").stdout)["ageing_ucr"] == 5


def test_a_question_from_the_shell(enx: Run) -> None:
    enx(
        "resource",
        "create",
        "attention.minutes",
        "--unit",
        "minute",
        "--capacity",
        "60",
        "--period-ms",
        "1000",
    )
    enx("agent", "create", "bob", "--credits-ucr", "1000")
    for number, price in enumerate((1, 2)):
        made = enx(
            "inbox", "ask", "Why?", "--agent", "bob", "--id", f"q{number}", "--minutes", "5",
            "--price-ucr", str(price), "--expires-in-ms", "3600000", "--json",
        )  # fmt: skip
        assert json.loads(made.stdout)["hold_ucr"] == 5 * price
    taken = json.loads(enx("inbox", "take", "--json").stdout)
    assert taken["id"] == "q1"
    assert (
        json.loads(enx("inbox", "decline", "q1", "--reason", "Not mine.", "--json").stdout)["released_ucr"]
        == 10
    )
    assert "withdrawn" in enx("inbox", "withdraw", "q0").stdout
    listed = json.loads(enx("inbox", "list", "--status", "all", "--json").stdout)
    assert {each["id"]: each["status"] for each in listed} == {"q0": "withdrawn", "q1": "declined"}
    assert "question" in enx("explain", "q1").stdout


def test_a_policy_is_not_given_and_taken_away_at_once(enx: Run) -> None:
    done = enx("policy", "set", "--target-ucr", "5", "--no-target")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--no-target" in done.stderr
    assert enx("policy", "set").returncode == 2
