"""Stakes, standings and the rules of promises over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from econonexus.domain.promises import PromiseRules
from tests.interfaces.served import Client, Served
from tests.interfaces.test_policy import until

WEEK_MS = 7 * 86_400_000


@pytest.fixture
def mate(served: Served, admin: Client, name: str) -> Iterator[Client]:
    """An agent of the owner `NAME-inc` with 1,000 µcr, under the name `NAME-a`."""
    made = admin.make("agents", id=f"{name}-a", owner=f"{name}-inc", credits_ucr=1_000)
    with served.client(made["key"]) as client:
        yield client


def test_who_has_nothing_at_stake(agent: Client, name: str) -> None:
    stake = agent.look(f"agents/{name}/stake")
    assert (stake["staked_ucr"], stake["free_ucr"], stake["withdrawals"]) == (0, 0, [])
    assert (stake["kept_by"], stake["released_at"], stake["standing"]) == ("", None, "active")
    assert stake["identity_stake_ucr"] == 100_000_000
    refused = agent.refusal(f"agents/{name}/stake/unbond", amount_ucr=1)
    assert refused == (409, "nothing_at_stake", "agent")


def test_stake_is_put_up_and_withdrawn(agent: Client, name: str) -> None:
    posted = agent.make(f"agents/{name}/stake", amount_ucr=600)
    assert (posted["account"], posted["amount_ucr"]) == (f"stake:{name}", 600)
    assert agent.balance(name) == 400
    assert agent.make(f"agents/{name}/stake/unbond", amount_ucr=200)["amount_ucr"] == 200
    stake = agent.look(f"agents/{name}/stake")
    told = (stake["staked_ucr"], stake["backing_ucr"], stake["withdrawn_ucr"], stake["free_ucr"])
    assert told == (600, 0, 200, 400)
    (withdrawal,) = stake["withdrawals"]
    assert (withdrawal["amount_ucr"], withdrawal["ready_at"]) == (200, stake["released_at"])


def test_a_refusal_says_how_much_is_free(agent: Client, name: str) -> None:
    agent.make(f"agents/{name}/stake", amount_ucr=600)
    answer = agent.post(f"/api/v1/agents/{name}/stake/unbond", json={"amount_ucr": 601}).json()
    assert (answer["code"], answer["field"]) == ("stake_in_use", "amount_ucr")
    assert (answer["requested"], answer["available"], answer["subject"]) == (601, 600, f"stake:{name}")
    assert agent.refusal(f"agents/{name}/stake", amount_ucr=401) == (402, "insufficient_funds", "amount_ucr")
    assert agent.refusal(f"agents/{name}/stake", amount_ucr=0)[:2] == (400, "invalid_input")


def test_stake_leaves_by_no_transfer(admin: Client, agent: Client, name: str) -> None:
    agent.make(f"agents/{name}/stake", amount_ucr=600)
    out = {"from": f"stake:{name}", "to": name, "amount_ucr": 1}
    assert agent.refusal("transfers", **out)[:2] == (403, "not_allowed")
    assert admin.refusal("transfers", **out)[:2] == (409, "wrong_account_kind")
    into = {"from": name, "to": f"stake:{name}", "amount_ucr": 1}
    assert agent.refusal("transfers", **into)[:2] == (409, "wrong_account_kind")


def test_an_agent_sees_and_stakes_its_own_alone(agent: Client, mate: Client, name: str) -> None:
    for path in (f"agents/{name}/stake", f"agents/{name}/stake/unbond"):
        assert mate.refusal(path, amount_ucr=1)[:2] == (403, "not_allowed")
    assert mate.get(f"/api/v1/agents/{name}/stake").status_code == 403
    assert mate.get(f"/api/v1/explain/stake/{name}").status_code in (403, 404)


def test_what_is_withdrawn_comes_back_by_itself(admin: Client, agent: Client, name: str) -> None:
    agent.make(f"agents/{name}/stake", amount_ucr=600)
    admin.make("promise-rules", unbonding_ms=0)
    agent.make(f"agents/{name}/stake/unbond", amount_ucr=250)
    admin.make("promise-rules", unbonding_ms=WEEK_MS)
    until(lambda: agent.balance(name) == 650 or None)
    kinds = [e["type"] for e in admin.look("events", subject=f"stake/{name}")["events"]]
    assert [kind.split(".")[1] for kind in kinds] == ["stake_posted", "stake_unbonding", "stake_released"]


def test_standings(admin: Client, mate: Client, name: str) -> None:
    owner, agent = f"{name}-inc", f"{name}-a"
    mate.make(f"agents/{agent}/stake", amount_ucr=100)
    banned = admin.make(f"owners/{owner}/standing", standing="banned", reason="lied")
    assert banned == {"owner": owner, "standing": "banned"}
    assert mate.look(f"owners/{owner}/standing")["standing"] == "banned"
    assert mate.refusal(f"agents/{agent}/stake/unbond", amount_ucr=1) == (403, "owner_suspended", "agent")
    stake = mate.look(f"agents/{agent}/stake")
    assert (stake["kept_by"], stake["standing"], stake["owner"]) == ("ban", "banned", owner)
    assert mate.refusal(f"owners/{owner}/standing", standing="active")[:2] == (403, "not_allowed")
    assert admin.make(f"owners/{owner}/standing", standing="active")["standing"] == "active"
    assert mate.make(f"agents/{agent}/stake/unbond", amount_ucr=1)["amount_ucr"] == 1


def test_who_is_suspended_places_no_bid_and_asks_for_nothing(admin: Client, mate: Client, name: str) -> None:
    admin.make("resources", id=name, unit="GPU hours", capacity=10, period_ms=3_600_000)
    admin.make("markets", id=f"{name}-sale", resource=name, mechanism="second_price")
    admin.make("markets", id=f"{name}-book", resource=name, mechanism="order_book")
    admin.make("markets", id=f"{name}-line", resource=name, mechanism="first_come")
    auction = admin.make("auctions", market=f"{name}-sale", units=1, closes_in_ms=60_000)["id"]
    admin.make(f"owners/{name}-inc/standing", standing="suspended")
    tries: list[tuple[str, dict[str, Any]]] = [
        (f"auctions/{auction}/bids", {"price_ucr": 5}),
        ("orders", {"market": f"{name}-book", "side": "buy", "units": 1, "unit_price_ucr": 5}),
        (f"markets/{name}-line/requests", {"units": 1}),
    ]
    for path, body in tries:
        assert mate.refusal(path, **body)[:2] == (403, "owner_suspended"), path


def test_unknown_owners_and_agents(admin: Client) -> None:
    assert admin.refusal("owners/nobody/standing", standing="banned") == (404, "unknown_owner", "owner")
    assert admin.refusal("owners/nobody/standing", standing="odd")[:2] == (400, "invalid_input")
    assert admin.refusal("agents/nobody/stake", amount_ucr=1) == (404, "unknown_agent", "agent")
    assert admin.get("/api/v1/agents/nobody/stake").status_code == 404


def test_the_rules_are_those_of_the_domain(admin: Client) -> None:
    rules = admin.look("promise-rules")
    plain = {name.removesuffix("_ucr").removesuffix("_ms") for name in rules}
    assert plain == set(PromiseRules.__struct_fields__)
    assert (rules["identity_stake_ucr"], rules["bond"], rules["unbonding_ms"]) == (100_000_000, 1.5, WEEK_MS)
    assert rules["timeout_violation"] == {"rate": 0.25, "severity": 2, "grace": 1}


def test_what_is_not_said_of_the_rules_stays(admin: Client) -> None:
    before = admin.look("promise-rules")
    after = admin.make("promise-rules", bond=0.75, task_failure={"rate": 0.2, "severity": 1, "grace": 0})
    assert after == before | {"bond": 0.75, "task_failure": {"rate": 0.2, "severity": 1, "grace": 0}}
    assert admin.make("promise-rules", bond=1.5, task_failure=before["task_failure"]) == before


def test_owners_can_be_trusted(admin: Client) -> None:
    assert admin.look("promise-rules")["trusted"] == []
    assert admin.make("promise-rules", trusted=["inc", "acme"])["trusted"] == ["inc", "acme"]
    assert admin.refusal("promise-rules", trusted=["a b"])[1] == "invalid_input"
    assert admin.refusal("promise-rules", trusted=["a", "a"]) == (400, "invalid_promise_rules", "trusted")
    assert admin.make("promise-rules", trusted=[])["trusted"] == []


def test_rules_out_of_range_are_named(admin: Client) -> None:
    assert admin.refusal("promise-rules") == (400, "invalid_input", "")
    assert admin.refusal("promise-rules", relief=1.5) == (400, "invalid_input", "relief")
    assert admin.refusal("promise-rules", unbonding_ms=-1) == (400, "invalid_input", "unbonding_ms")
    wrong = {"rate": 2, "severity": 1, "grace": 0}
    assert admin.refusal("promise-rules", task_failure=wrong)[1:] == ("invalid_input", "task_failure.rate")
    assert admin.refusal("promise-rules", bund=1)[1:] == ("invalid_input", "bund")


def test_a_stake_is_explained(admin: Client, mate: Client, name: str) -> None:
    owner, agent = f"{name}-inc", f"{name}-a"
    mate.make(f"agents/{agent}/stake", amount_ucr=100)
    mate.make(f"agents/{agent}/stake/unbond", amount_ucr=30)
    told = mate.look(f"explain/stake:{agent}")
    assert (told["about"], told["answer"]) == ("stake", "at stake")
    facts = told["facts"]
    assert (facts["staked_ucr"], facts["withdrawn_ucr"], facts["free_ucr"]) == (100, 30, 70)
    assert facts[f"ready at {facts['released_at']}, ucr"] == 30
    admin.make(f"owners/{owner}/standing", standing="banned")
    told = admin.look(f"explain/stake%2F{agent}")
    assert told["answer"] == "at stake, and kept there while its owner is banned"
    assert (told["facts"]["kept_by"], told["facts"]["released_at"]) == ("ban", None)


def test_why_a_withdrawal_was_refused_is_explained(agent: Client, name: str) -> None:
    agent.make(f"agents/{name}/stake", amount_ucr=100)
    headers = {"Idempotency-Key": f"{name}-try"}
    agent.post(f"/api/v1/agents/{name}/stake/unbond", json={"amount_ucr": 101}, headers=headers)
    told = agent.look(f"explain/{name}-try")
    assert (told["answer"], told["facts"]["code"]) == ("refused", "stake_in_use")
    assert (told["facts"]["requested"], told["facts"]["available"]) == (101, 100)
