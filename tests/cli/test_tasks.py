"""Tasks from the command line, against a running node: asked for, offered for, explained."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served

HOUR_MS = "3600000"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        with server.client() as admin:
            admin.make("promise-rules", identity_stake_ucr=100)
            for name, can in (("kim", []), ("ana", ["ocr"]), ("bea", ["ocr"]), ("vera", [])):
                digest = hashlib.sha256(f"{name}'s own secret".encode()).hexdigest()
                admin.make("agents", id=name, capabilities=can, credits_ucr=5_000, key_sha256=digest)
            admin.make("agents/ana/stake", amount_ucr=1_000)
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Any:
    """The command line as the admin, or as the agent that `by` names."""

    def run(*arguments: str, by: str = "") -> Any:
        key = f"{by}'s own secret" if by else ADMIN_KEY
        return econonexus(*arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=key)

    return run


def told(done: Any) -> Any:
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_task_is_asked_for_offered_for_and_taken_back(enx: Any) -> None:
    asked = ("ocr", "--ceiling-ucr", "80", "--deadline-ms", HOUR_MS, "--id", "t", "--json")
    more = ("--verifier", "vera", "--bonus-ucr", "20", "--quality-weight-ucr", "30", "--no-fallback")
    posted = told(enx("task", "post", *asked, *more, "--description", "Read it.", by="kim"))
    assert (posted["hold_ucr"], posted["judges"], posted["fallback"]) == (100, ["vera"], False)
    assert (posted["quality_weight_ucr"], posted["description"]) == (30, "Read it.")

    made = told(enx("task", "offer", "t", "--price-ucr", "60", "--json", by="ana"))
    assert (made["price_ucr"], made["bond_ucr"]) == (60, 120)
    (mine,) = told(enx("task", "offers", "t", "--json", by="ana"))
    assert (mine["status"], mine["price_ucr"]) == ("open", 60)
    told(enx("task", "withdraw", "t", "--json", by="ana"))
    assert told(enx("task", "show", "t", "--json", by="kim"))["offers"] == 0

    poor = enx("task", "offer", "t", "--price-ucr", "60", by="bea")
    assert (poor.returncode, "stake_too_small" in poor.stderr) == (1, True)
    why = told(enx("explain", "task/t", "--json", by="bea"))["facts"]
    assert (why["eligible"], why["at_stake_ucr"], why["bond_at_the_ceiling_ucr"]) == (False, 0, 120)

    assert told(enx("task", "cancel", "t", "--json", by="kim"))["released_ucr"] == 100
    assert [each["id"] for each in told(enx("task", "list", "--status", "cancelled", "--json"))] == ["t"]


def test_several_judges_and_tables_for_people(enx: Any) -> None:
    judges = ("--judge", "vera", "--judge", "ana", "--judge", "bea", "--quorum", "3")
    asked = ("ocr", "--ceiling-ucr", "80", "--deadline-ms", HOUR_MS, "--requester", "kim", "--id", "u")
    posted = told(enx("task", "post", *asked, *judges, "--json"))
    assert (posted["judges"], posted["quorum"]) == (["vera", "ana", "bea"], 3)
    listed = enx("task", "list", "--capability", "ocr").stdout
    assert "posted" in listed
    assert "kim" in listed
    assert enx("task", "post", "ocr", "--ceiling-ucr", "80", by="kim").returncode == 2
