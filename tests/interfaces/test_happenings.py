"""Events in pages and as a stream, explanations, spend reports, lists, the OpenAPI document."""

import csv
import io
import json
from typing import Any, get_args

import pytest

from econonexus.domain.events import Event
from econonexus.domain.refusals import RefusalCode
from econonexus.interfaces.http.problems import STATUS, TITLES
from tests.interfaces.served import PAID_ALL, Client, Served


def test_every_refusal_has_a_status_and_every_status_a_title() -> None:
    assert set(STATUS) == set(RefusalCode)
    assert set(STATUS.values()) <= set(TITLES)


def test_events_come_in_order_in_pages_without_a_gap(admin: Client, agent: Client) -> None:
    whole = admin.look("events", limit=1_000)["events"]
    paged: list[dict[str, Any]] = []
    after = 0
    while True:
        found = admin.look("events", after=after, limit=3)
        paged += found["events"]
        after = found["next"]
        if not found["more"]:
            break
    assert paged[: len(whole)] == whole
    assert [int(event["id"]) for event in paged] == list(range(1, len(paged) + 1))


def test_an_event_is_a_cloudevent(admin: Client, agent: Client, name: str) -> None:
    (event,) = admin.look("events", subject=f"agent/{name}")["events"]
    assert event["specversion"] == "1.0"
    assert event["type"] == "econonexus.agent_created.v1"
    assert event["datacontenttype"] == "application/json"
    assert event["data"]["agent"] == name
    assert event["time"].endswith("Z")


def test_a_pattern_picks_events(admin: Client, agent: Client, name: str) -> None:
    found = admin.look("events", subject=f"*/{name}", limit=1_000)["events"]
    assert {event["subject"] for event in found} == {f"agent/{name}", f"account/{name}"}


def test_every_kind_of_event_is_about_something() -> None:
    from econonexus.interfaces.http.cloudevents import _SUBJECTS, _WHOLE

    for kind in set(get_args(Event)) - set(_WHOLE):
        assert {field for field, _ in _SUBJECTS} & set(kind.__struct_fields__), kind


def test_a_stream_goes_on_where_a_reader_left_it(
    served: Served, admin: Client, agent: Client, name: str
) -> None:
    seen = int(admin.look("events", subject=f"agent/{name}")["events"][0]["id"])
    with (
        served.client() as reader,
        reader.stream("GET", "/api/v1/events/stream", headers={"Last-Event-ID": str(seen)}) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert _next_event(lines) == (seen + 1, "econonexus.account_opened.v1")
        admin.make("teams", id=f"{name}-late")
        while _next_event(lines)[1] != "econonexus.team_created.v1":
            pass


def _next_event(lines: Any) -> tuple[int, str]:
    """The id and type of the next event of a stream."""
    for line in lines:
        if line.startswith("data: "):
            event = json.loads(line.removeprefix("data: "))
            return int(event["id"]), event["type"]
    raise AssertionError("the stream ended")


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5"])
def test_a_last_event_id_that_is_none_is_400(admin: Client, wrong: str) -> None:
    answer = admin.get("/api/v1/events/stream", headers={"Last-Event-ID": wrong})
    assert (answer.status_code, answer.json()["field"]) == (400, "Last-Event-ID")


def test_a_refused_command_is_explained_with_its_numbers(admin: Client, agent: Client, name: str) -> None:
    agent.refusal("transfers", **{"from": name}, to="treasury", amount_ucr=5_000, id=f"{name}-pay")
    for reader, query in ((agent, {}), (admin, {"caller": f"agent:{name}"})):
        told = reader.look(f"explain/{name}-pay", **query)
        assert (told["about"], told["answer"]) == ("command", "refused")
        assert told["facts"]["code"] == "insufficient_funds"
        assert (told["facts"]["requested"], told["facts"]["available"]) == (5_000, 1_000)
    record = told["events"][0]["id"]
    assert agent.look(f"explain/{record}")["facts"] == told["facts"]


def test_an_account_is_explained_with_what_is_left_above_it(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=70)
    facts = agent.look(f"explain/{name}")["facts"]
    assert (facts["available_ucr"], facts[f"budget {name} left_ucr"]) == (1_000, 70)


def test_what_nobody_knows_is_404(admin: Client) -> None:
    assert admin.get("/api/v1/explain/never-heard-of").status_code == 404


def test_spend_adds_up_in_json_and_csv(admin: Client, name: str) -> None:
    admin.make("teams", id=name)
    for member in ("a", "b"):
        key = admin.make("agents", id=f"{name}{member}", team=name, credits_ucr=100)["key"]
        with Client(str(admin.base_url), key) as agent:
            for amount in (3, 4):
                held = agent.make("reservations", amount_ucr=9, resource="gpu")
                agent.make(f"reservations/{held['id']}/settle", amount_ucr=amount)
    rows = admin.look("spend", by="team,model")["rows"]
    assert {"team": name, "model": "gpu", "amount_ucr": 14, "times": 4, **PAID_ALL} in rows
    text = admin.get("/api/v1/spend", params={"by": "agent", "format": "csv"})
    assert text.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(text.text)))
    unpaid = {"unpaid_ucr": "0", "unpaid_times": "0"}
    assert {"agent": f"{name}a", "amount_ucr": "7", "times": "2", **unpaid} in lines


@pytest.mark.parametrize(
    ("query", "field"), [({"by": "moon"}, "by"), ({"from": "x"}, "from"), ({"to": "2026"}, "to")]
)
def test_a_report_that_cannot_be_made_is_400(admin: Client, query: dict[str, str], field: str) -> None:
    answer = admin.get("/api/v1/spend", params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("kind", ["teams", "agents", "budgets", "keys"])
def test_lists_come_in_pages(admin: Client, name: str, kind: str) -> None:
    made = [f"{name}-{i}" for i in range(5)]
    bodies: dict[str, dict[str, object]] = {
        "budgets": {"limit_ucr": 1},
        "keys": {"holder": "eve", "role": "auditor"},
    }
    for each in made:
        admin.make(kind, id=each, **bodies.get(kind, {}))
    listed: list[str] = []
    query: dict[str, object] = {"limit": 2}
    while True:
        found = admin.look(kind, **query)
        listed += [item["id"] for item in found["items"]]
        if found["next"] is None:
            break
        query["cursor"] = found["next"]
    assert [each for each in listed if each in made] == made
    assert len(listed) == len(set(listed))
    answer = admin.get(f"/api/v1/{kind}", params={"cursor": "nowhere"})
    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


@pytest.mark.parametrize("kind", ["teams", "agents", "budgets"])
def test_one_of_a_list_is_shown_as_in_the_list(admin: Client, agent: Client, name: str, kind: str) -> None:
    if kind != "agents":
        admin.make(kind, id=f"{name}-1", **({"limit_ucr": 5} if kind == "budgets" else {}))
    listed = admin.look(kind, limit=1_000)["items"][-1]
    assert admin.look(f"{kind}/{listed['id']}") == listed


def test_the_openapi_document_says_what_there_is(admin: Client) -> None:
    document = admin.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/transfers" in document["paths"]
    assert "from" in document["components"]["schemas"]["NewTransfer"]["properties"]


def test_what_is_no_route_is_a_problem_too(admin: Client) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/api/v1/teams", 405)):
        answer = admin.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
