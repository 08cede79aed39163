"""Reputations over HTTP: what is known of owners, for whom it is told, and why it is so."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.interfaces.served import Client, Served
from tests.interfaces.test_policy import until

CREDIT = 1_000_000
HOUR_MS = 3_600_000


class Town(NamedTuple):
    """rex has praised ann, of inc, for work at 20 credits and again for some at 20; ben is of inc too."""

    admin: Client
    auditor: Client
    rex: Client
    ann: Client
    ben: Client


@pytest.fixture(scope="module")
def town(served: Served) -> Iterator[Town]:
    admin = served.client()
    auditor = served.client(admin.make("keys", holder="eye", role="auditor")["key"])
    people: dict[str, Client] = {}
    for who, owner in (("rex", "rex"), ("ann", "inc"), ("ben", "inc")):
        made = admin.make("agents", id=who, owner=owner, capabilities=["write"], credits_ucr=2_000 * CREDIT)
        people[who] = served.client(made["key"])
    people["ann"].make("agents/ann/stake", amount_ucr=900 * CREDIT)
    for name, verdict in (("first", "excellent"), ("second", "satisfactory")):
        people["rex"].make(
            "tasks",
            id=name,
            capability="write",
            ceiling_ucr=20 * CREDIT,
            deadline_ms=HOUR_MS,
            bidding_window_ms=200,
        )
        people["ann"].make(f"tasks/{name}/offers", price_ucr=10 * CREDIT)
        assert until(lambda: admin.get(f"/api/v1/contracts/{name}:1").status_code == 200 or None)  # noqa: B023
        people["ann"].make(f"contracts/{name}:1/report", text="Here.")
        people["rex"].make(f"contracts/{name}:1/verdict", verdict=verdict)
    yield Town(admin, auditor, *people.values())
    for client in (admin, auditor, *people.values()):
        client.close()


def test_a_newcomer_is_shown_as_half_and_has_proven_a_twentieth(town: Town) -> None:
    found = town.ann.look("agents/rex/reputation")
    side = {"score": 0.5, "lower_bound": 0.05, "good": 0.0, "bad": 0.0}
    assert found == {
        "owner": "rex",
        "score": 0.5,
        "lower_bound": 0.05,
        "tier": "bronze",
        **dict.fromkeys(("reliability", "performance", "honesty", "cooperation"), side),
        "evidence": 0.0,
        "as_of": None,
        "reward_multiplier": 0.1,
        "bidding_power": 0.8,
        "bond_relief": 0.0,
        "premium_resources": False,
        "credibility": 1.0,
        "standing": "active",
    }


def test_all_agents_of_an_owner_share_its_record(town: Town) -> None:
    """Two at 20 credits weigh four plain ones: 5 / 6, and the fifth root of 0.05 is 0.549280. If midnight has
    come meanwhile a day's fading is missing, 2 % of the four."""
    found = town.rex.look("agents/ann/reputation")
    assert found["score"] == pytest.approx(0.833333, abs=0.004)
    assert found["lower_bound"] == pytest.approx(0.549280, abs=0.006)
    assert found["reliability"]["good"] == found["evidence"] == pytest.approx(4.0, abs=0.1)
    assert (found["tier"], found["reliability"]["bad"]) == ("silver", 0.0)
    assert found["as_of"] is not None
    assert town.rex.look("agents/ben/reputation") == found
    assert town.rex.look("owners/inc/reputation") == found


def test_an_unknown_agent_is_unknown_and_an_unknown_owner_is_a_newcomer(town: Town) -> None:
    for path in ("reputation", "reputation/history"):
        answer = town.admin.get(f"/api/v1/agents/nobody/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_agent")
    assert town.admin.look("owners/nobody/reputation")["lower_bound"] == 0.05
    assert town.admin.look("owners/nobody/reputation/history")["items"] == []


def test_the_history_tells_contracts_to_the_owner_s_agents_and_to_who_reads_all(town: Town) -> None:
    for client, told in ((town.ann, True), (town.ben, True), (town.auditor, True), (town.rex, False)):
        first, _ = client.look("agents/ann/reputation/history")["items"]
        assert (first["contract"], first["judged_by"]) == (("first:1", ["rex"]) if told else (None, None))
        assert (first["verdict"], first["weight"], first["credibility"]) == ("excellent", 2.0, 1.0)
        assert (first["score"], first["lower_bound"], first["cooperation"]) == (0.75, 0.368403, 0.75)


def test_a_history_in_pages(town: Town) -> None:
    page = town.ann.look("owners/inc/reputation/history", limit=1)
    rest = town.ann.look("owners/inc/reputation/history", limit=1, cursor=page["next"])
    assert [each["contract"] for each in (*page["items"], *rest["items"])] == ["first:1", "second:1"]
    assert rest["next"] is None
    last = town.ann.look("owners/inc/reputation/history", latest="true", limit=1)
    assert (last["items"], last["next"]) == (rest["items"], None)
    answer = town.ann.get("/api/v1/owners/inc/reputation/history", params={"cursor": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_why_a_reputation_is_what_it_is(town: Town) -> None:
    found = town.ben.look("explain/reputation%2Fann")
    assert found["about"] == "reputation"
    assert found["answer"].startswith("silver")
    assert found["facts"]["contract first:1"] == (
        "excellent, weighs 2.000000; rex judged, whose word counts 1.000000; then the score was 0.750000"
    )
    assert found["facts"]["half is forgotten after days"] == 30
    assert [event["type"] for event in found["events"]] == ["econonexus.reputation_changed.v1"] * 2
    assert {event["subject"] for event in found["events"]} == {"reputation/inc"}
    assert town.admin.look("explain/reputation%2Finc")["facts"] == found["facts"]
    assert town.admin.look("explain/reputation%2Frex")["answer"] == "nothing is known of it yet"
    assert town.rex.get("/api/v1/explain/reputation%2Fann").status_code == 403
    assert town.admin.get("/api/v1/explain/reputation%2Fnobody").status_code == 404


def test_whom_the_operator_trusts_says_whose_word_counts(served: Served, town: Town) -> None:
    before: Any = town.admin.look("promise-rules")["trusted"]
    try:
        town.admin.make("promise-rules", trusted=["inc"])
        assert town.rex.look("agents/rex/reputation")["credibility"] == 0.0
        # It is weighed by a deadline that has come.
        assert until(lambda: town.rex.look("owners/inc/reputation")["credibility"] or None) == 1.0
        weighed = town.admin.look("events", subject="reputation")["events"]
        assert weighed[-1]["data"] == {"credibility": {"inc": 1_000_000}}
    finally:
        town.admin.make("promise-rules", trusted=before)
    assert town.rex.look("agents/rex/reputation")["credibility"] == 1.0
