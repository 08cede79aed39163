"""Requests from the command line, against a running node: bought, waited for, taken back."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        with server.client() as admin:
            digest = hashlib.sha256(b"ann's own secret").hexdigest()
            admin.make("agents", id="ann", credits_ucr=5_000, key_sha256=digest)
            admin.make("resources", id="tokens", unit="tokens", capacity=100, period_ms=3_600_000)
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


def test_units_are_bought_at_a_price(enx: Any) -> None:
    rules = ("--resource", "tokens", "--mechanism", "posted_price", "--pricing", "fixed:3")
    assert told(enx("market", "create", "shop", *rules, "--json"))["pricing"]["price_ucr"] == 3
    bought = told(enx("request", "ask", "shop", "60", "--limit-ucr", "3", "--json", by="ann"))
    assert (bought["status"], bought["paid_ucr"]) == ("granted", 180)
    assert told(enx("request", "price", "shop", "--json", by="ann"))["free"] == 40
    no = enx("request", "ask", "shop", "41", by="ann")
    assert no.returncode == 1
    assert "no_capacity" in no.stderr
    bad = enx("market", "create", "other", *rules[:4], "--pricing", "cheap")
    assert bad.returncode == 2
    assert "--pricing cheap" in bad.stderr


def test_a_request_waits_and_is_taken_back(enx: Any) -> None:
    rules = ("--resource", "tokens", "--mechanism", "weighted_fair", "--reserved-share", "0.2")
    assert told(enx("market", "create", "line", *rules, "--json"))["reserved_share"] == 0.2
    priced = ("--resource", "tokens", "--mechanism", "second_price", "--computed-reserve")
    made = told(enx("market", "create", "spot", *priced, "0.25:3", "--json"))
    assert made["computed_reserve"] == {"share": 0.25, "last": 3}
    assert "--computed-reserve" in enx("market", "create", "odd", *priced, "half").stderr
    waits = told(enx("request", "ask", "line", "10", "--name", "mine", "--json", by="ann"))
    assert waits["status"] == "waiting"
    assert [each["id"] for each in told(enx("request", "list", "line", "--json"))] == ["mine"]
    told(enx("request", "withdraw", "line", "mine", "--json", by="ann"))
    assert told(enx("request", "list", "line", "--json")) == []
