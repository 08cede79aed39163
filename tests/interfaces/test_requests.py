"""Requests for units through HTTP: quotes, purchases, queues, and what is said where there is nothing."""

from collections.abc import Iterator

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
BASE_FEE = {"rule": "base_fee", "price_ucr": 10}


@pytest.fixture
def bob(served: Served, admin: Client, name: str) -> Iterator[Client]:
    with served.client(admin.make("agents", id=f"{name}-bob", credits_ucr=1_000)["key"]) as client:
        yield client


def market(admin: Client, name: str, mechanism: str, capacity: int = 100, **rules: object) -> None:
    admin.make("resources", id=name, unit="tokens", capacity=capacity, period_ms=HOUR_MS)
    admin.make("markets", id=name, resource=name, mechanism=mechanism, **rules)


def test_units_are_bought_at_the_quoted_price_while_there_are_any(
    admin: Client, agent: Client, bob: Client, name: str
) -> None:
    market(admin, name, "posted_price", pricing=BASE_FEE, proceeds="treasury")
    quote = agent.look(f"markets/{name}/price")
    assert (quote["price_ucr"], quote["capacity"], quote["free"], quote["demand"]) == (10, 100, 100, 0)
    bought = agent.make(f"markets/{name}/requests", units=70, limit_ucr=10)
    assert (bought["status"], bought["price_ucr"], bought["paid_ucr"]) == ("granted", 10, 700)
    assert agent.balance(name) == 300
    (grant,) = agent.look("grants", agent=name)["items"]
    assert (grant["id"], grant["units"], grant["paid_ucr"]) == (bought["grant"], 70, 700)
    answer = bob.post(f"/api/v1/markets/{name}/requests", json={"units": 40})
    assert (answer.status_code, answer.json()["code"]) == (429, "no_capacity")
    assert int(answer.headers["Retry-After"]) >= 1
    quote = agent.look(f"markets/{name}/price")
    assert (quote["free"], quote["demand"], quote["given"]) == (30, 110, 70)
    assert bob.balance(f"{name}-bob") == 1_000


def test_who_cannot_pay_is_told_so(admin: Client, agent: Client, name: str) -> None:
    market(admin, name, "posted_price", pricing={"rule": "fixed", "price_ucr": 11})
    assert agent.refusal(f"markets/{name}/requests", units=100)[:2] == (402, "insufficient_funds")
    assert agent.refusal(f"markets/{name}/requests", units=1, limit_ucr=10) == (
        409,
        "price_over_limit",
        "limit_ucr",
    )


def test_a_retry_under_the_same_key_succeeds_once_there_is_room(
    admin: Client, agent: Client, bob: Client, name: str
) -> None:
    market(admin, name, "first_come")
    first = agent.make(f"markets/{name}/requests", units=80)
    headers = {"Idempotency-Key": f"{name}-again"}
    body = {"units": 40}
    assert bob.post(f"/api/v1/markets/{name}/requests", json=body, headers=headers).status_code == 429
    agent.post(f"/api/v1/grants/{first['grant']}/release").raise_for_status()
    answer = bob.post(f"/api/v1/markets/{name}/requests", json=body, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (201, "granted")
    assert bob.post(f"/api/v1/markets/{name}/requests", json=body, headers=headers).json() == answer.json()


def test_a_request_waits_where_the_market_shares_out(
    admin: Client, agent: Client, bob: Client, name: str
) -> None:
    market(admin, name, "weighted_fair", reserve_ucr=2)
    waits = agent.make(f"markets/{name}/requests", units=50, id=f"{name}-r", expires_in_ms=HOUR_MS)
    assert (waits["status"], waits["hold_ucr"], waits["grant"]) == ("waiting", 100, None)
    assert agent.look(f"accounts/{name}")["held_ucr"] == 100
    assert [each["id"] for each in agent.look(f"markets/{name}/requests")["items"]] == [f"{name}-r"]
    assert bob.look(f"markets/{name}/requests")["items"] == []
    path = f"markets/{name}/requests/{name}-r/withdraw"
    assert bob.refusal(path)[:2] == (404, "unknown_request")
    agent.post(f"/api/v1/{path}").raise_for_status()
    assert agent.look(f"accounts/{name}")["held_ucr"] == 0


def test_a_base_fee_for_too_few_units_is_refused_with_what_to_do_instead(admin: Client, name: str) -> None:
    admin.make("resources", id=name, unit="GPU hours", capacity=15, period_ms=HOUR_MS)
    body = {"id": name, "resource": name, "mechanism": "posted_price", "pricing": BASE_FEE}
    answer = admin.post("/api/v1/markets", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_few_units")
    assert "use an auction" in answer.json()["detail"]


def test_the_rules_of_a_price_are_shown_with_their_defaults(admin: Client, name: str) -> None:
    market(admin, name, "posted_price", pricing={"rule": "thresholds"})
    shown = admin.look(f"markets/{name}")
    assert shown["pricing"] == {
        "rule": "thresholds",
        "price_ucr": 1,
        "floor_ucr": 0,
        "ceiling_ucr": 2**63 - 1,
        "target": 0.5,
        "high": 0.8,
        "low": 0.2,
        "step": 0.1,
    }
    assert shown["reserved_share"] == 0


@pytest.mark.parametrize(("said", "share"), [(True, 0.2), (0.5, 0.5), (False, 0), (0, 0)])
def test_a_share_is_reserved_as_the_market_says(
    admin: Client, name: str, said: bool | float, share: float
) -> None:
    market(admin, name, "priority", reserved_share=said)
    assert admin.look(f"markets/{name}")["reserved_share"] == share


def test_an_auction_takes_no_requests(admin: Client, agent: Client, name: str) -> None:
    market(admin, name, "uniform_price")
    assert agent.refusal(f"markets/{name}/requests", units=1)[:2] == (409, "takes_no_requests")
    assert agent.get(f"/api/v1/markets/{name}/price").json()["code"] == "takes_no_requests"


def explained(client: Client, name: str) -> tuple[str, dict[str, object]]:
    told = client.look(f"explain/{name.replace('/', '%2F')}")
    return told["answer"], told["facts"]


def test_a_request_is_explained_with_the_numbers_that_decided(
    admin: Client, agent: Client, bob: Client, name: str
) -> None:
    market(admin, name, "posted_price", pricing={"rule": "fixed", "price_ucr": 10})
    agent.make(f"markets/{name}/requests", units=70, id=f"{name}-1")
    bob.post(f"/api/v1/markets/{name}/requests", json={"units": 40, "id": f"{name}-2"})
    answer, facts = explained(agent, f"{name}-1")
    assert (answer, facts["unit_price_ucr"], facts["paid_ucr"]) == ("granted", 10, 700)
    assert (facts["grant"], facts["left"]) == (f"{name}-1:1", 70)
    answer, facts = explained(bob, f"request/{name}-2")
    assert (answer, facts["units"], facts["units_free_then"]) == ("declined", 40, 30)
    assert bob.get(f"/api/v1/explain/{name}-1").status_code in (403, 404)


def test_a_request_that_waits_says_for_what(admin: Client, agent: Client, name: str) -> None:
    market(admin, name, "priority", reserve_ucr=2)
    agent.make(f"markets/{name}/requests", units=50, id=f"{name}-r")
    answer, facts = explained(admin, f"{name}-r")
    assert (answer, facts["came_as_number"], facts["of_waiting"], facts["hold_ucr"]) == ("waiting", 1, 1, 100)
