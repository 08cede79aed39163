"""Reputations from the command line, against a running node."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served
from tests.interfaces.test_policy import until

CREDIT = 1_000_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """ann, of inc, has done one excellent piece of work at 10 credits for rex."""
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        with server.client() as admin:
            made = [
                admin.make("agents", id=who, owner=owner, capabilities=["write"], credits_ucr=500 * CREDIT)
                for who, owner in (("rex", "rex"), ("ann", "inc"))
            ]
            rex, ann = (server.client(each["key"]) for each in made)
            ann.make("agents/ann/stake", amount_ucr=200 * CREDIT)
            rex.make(
                "tasks", id="t", capability="write", ceiling_ucr=10 * CREDIT, deadline_ms=3_600_000,
                bidding_window_ms=200,
            )  # fmt: skip
            ann.make("tasks/t/offers", price_ucr=CREDIT)
            until(lambda: ann.get("/api/v1/contracts/t:1").status_code == 200 or None)
            ann.make("contracts/t:1/report", text="Here.")
            rex.make("contracts/t:1/verdict", verdict="excellent")
            rex.close()
            ann.close()
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Run:
    """The command line as the admin: what it prints, and how it ends."""

    def run(*arguments: str | Path, code: int = 0) -> str:
        done = econonexus(*arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY)
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run  # type: ignore[return-value]  # Its output alone.


def test_a_reputation_is_shown_of_an_agent_and_of_its_owner(enx: Any) -> None:
    shown = json.loads(enx("reputation", "show", "ann", "--json"))
    assert (shown["owner"], shown["tier"]) == ("inc", "silver")
    assert json.loads(enx("reputation", "show", "inc", "--owner", "--json"))["owner"] == "inc"
    text = enx("reputation", "show", "rex")
    assert "0.500, proven 0.050; good 0, bad 0" in text
    assert "unknown_agent" in enx("reputation", "show", "nobody", code=1)


def test_its_history_is_a_table_with_bars(enx: Any) -> None:
    (line,) = json.loads(enx("reputation", "history", "ann", "--json"))
    # One plain contract: 2 / 3, and the square root of 0.05.
    assert (line["weight"], line["score"], line["lower_bound"]) == (1.0, 0.666666, 0.223606)
    assert json.loads(enx("reputation", "history", "inc", "--owner", "--last", "5", "--json")) == [line]
    text = enx("reputation", "history", "ann")
    assert "t:1" in text
    assert "0.667" in text
    assert "0.224" in text
    assert "█" in text


def test_it_is_explained(enx: Any) -> None:
    assert "rex judged, whose word counts 1.000000" in enx("explain", "reputation/ann")
