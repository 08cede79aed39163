"""Requests from the command line, against a running node: bought, waited for, taken back."""

import json
from typing import Any

import pytest

from tests.interfaces.served import Served


@pytest.fixture(scope="module", autouse=True)
def resource(served: Served) -> None:
    with served.client() as admin:
        admin.make("resources", id="tokens", unit="tokens", capacity=100, period_ms=3_600_000)


def told(done: Any) -> Any:
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_units_are_bought_at_a_price(asks: Any) -> None:
    rules = ("--resource", "tokens", "--mechanism", "posted_price", "--pricing", "fixed:3")
    assert told(asks("market", "create", "shop", *rules, "--json"))["pricing"]["price_ucr"] == 3
    bought = told(asks("request", "ask", "shop", "60", "--limit-ucr", "3", "--json", by="ann"))
    assert (bought["status"], bought["paid_ucr"]) == ("granted", 180)
    assert told(asks("request", "price", "shop", "--json", by="ann"))["free"] == 40
    no = asks("request", "ask", "shop", "41", by="ann")
    assert no.returncode == 1
    assert "no_capacity" in no.stderr
    bad = asks("market", "create", "other", *rules[:4], "--pricing", "cheap")
    assert bad.returncode == 2
    assert "--pricing cheap" in bad.stderr


def test_a_request_waits_and_is_taken_back(asks: Any) -> None:
    rules = ("--resource", "tokens", "--mechanism", "weighted_fair", "--reserved-share", "0.2")
    assert told(asks("market", "create", "line", *rules, "--json"))["reserved_share"] == 0.2
    priced = ("--resource", "tokens", "--mechanism", "second_price", "--computed-reserve")
    made = told(asks("market", "create", "spot", *priced, "0.25:3", "--json"))
    assert made["computed_reserve"] == {"share": 0.25, "last": 3}
    assert "--computed-reserve" in asks("market", "create", "odd", *priced, "half").stderr
    waits = told(asks("request", "ask", "line", "10", "--name", "mine", "--json", by="ann"))
    assert waits["status"] == "waiting"
    assert [each["id"] for each in told(asks("request", "list", "line", "--json"))] == ["mine"]
    told(asks("request", "withdraw", "line", "mine", "--json", by="ann"))
    assert told(asks("request", "list", "line", "--json")) == []
