"""The metrics of a running server, against what was done with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from econonexus import __version__
from tests.interfaces.served import Client, Served

Said = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server that nobody else asks anything."""
    with Served(tmp_path / "data") as server:
        yield server


def said(client: Client) -> Said:
    """What the metrics say: name and values of the labels to value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def only(found: Said, name: str) -> dict[tuple[str, ...], float]:
    return {labels: value for (of, labels), value in found.items() if of == name}


def test_commands_events_and_requests_are_counted(fresh: Served) -> None:
    with fresh.client() as admin, fresh.client(None) as anybody:
        admin.make("teams", id="crew")
        admin.make("agents", id="ann", team="crew", credits_ucr=1_000)
        for _ in range(3):
            hold = admin.make("reservations", account="ann", amount_ucr=10)["id"]
        admin.make(f"reservations/{hold}/settle", amount_ucr=4)
        for amount_ucr in (5_000, 6_000):
            assert admin.refusal("reservations", account="ann", amount_ucr=amount_ucr)[0] == 402
        admin.make("teams", "once", id="other")
        assert admin.make("teams", "once", id="other")["id"] == "other"  # Answered again, not decided again.
        assert anybody.get("/no/such/page").status_code == 404
        assert anybody.get("/api/v1/teams/crew").status_code == 401
        found = said(anybody)
    accepted = only(found, "econonexus_commands_accepted_total")
    assert accepted == {
        ("DeclareAsset",): 1,
        ("CreateTeam",): 2,
        ("CreateAgent",): 1,
        ("PlaceHold",): 3,
        ("PostHold",): 1,
    }
    assert only(found, "econonexus_commands_refused_total") == {("insufficient_funds",): 2}
    events = only(found, "econonexus_events_total")
    assert {name: events[name,] for name in ("TeamCreated", "HoldPlaced", "HoldPosted", "Minted")} == {
        "TeamCreated": 2, "HoldPlaced": 3, "HoldPosted": 1, "Minted": 1,
    }  # fmt: skip
    # Every event has a record, and so has a refusal that is remembered.
    assert found["econonexus_journal_sequence", ()] == sum(events.values()) + 2
    # Nobody asked anything at the same time, so each command had an append of its own.
    assert found["econonexus_journal_batches_total", ()] == sum(accepted.values()) + 2
    assert found["econonexus_journal_pending_records", ()] == 0
    assert found["econonexus_snapshot_age_records", ()] == found["econonexus_journal_sequence", ()]
    assert found["econonexus_open_holds", ()] == 2
    assert found["econonexus_ready", ()] == 1
    assert found["econonexus_build_info", (__version__,)] == 1
    assert only(found, "econonexus_http_requests_total") == {
        ("POST", "/api/v1/teams", "201"): 3,
        ("POST", "/api/v1/agents", "201"): 1,
        ("POST", "/api/v1/reservations", "201"): 3,
        ("POST", "/api/v1/reservations", "402"): 2,
        ("POST", "/api/v1/reservations/{id}/settle", "200"): 1,
        ("GET", "unmatched", "404"): 1,
        ("GET", "/api/v1/teams/{id}", "401"): 1,
    }


def test_who_follows_the_events_is_counted_while_it_does(fresh: Served) -> None:
    with fresh.client() as admin:
        with admin.stream("GET", "/api/v1/events/stream") as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": begins"
            assert said(admin)["econonexus_event_subscribers", ()] == 1
        while said(admin)["econonexus_event_subscribers", ()]:  # The server notices soon.
            pass


def test_openmetrics_is_spoken_too(fresh: Served) -> None:
    with fresh.client(None) as anybody:
        answer = anybody.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        assert answer.text.endswith("# EOF\n")


def test_nothing_of_anybody_in_particular_is_said(fresh: Served) -> None:
    secrets: list[Any] = ["whoever-agent", "whoever-team", "whoever-run", "prompt-of-whoever"]
    with fresh.client() as admin:
        admin.make("teams", id="whoever-team")
        made = admin.make("agents", id="whoever-agent", team="whoever-team", credits_ucr=10**6)
        with fresh.client(made["key"]) as agent:
            answer = agent.post(
                "/v1/chat/completions",
                json={"model": "mock", "messages": [{"role": "user", "content": "prompt-of-whoever"}]},
                headers={"X-EconoNexus-Run": "whoever-run"},
            )
            assert answer.status_code == 200
        text = admin.get("/metrics").text
    assert "HoldPosted" in text
    for secret in [*secrets, made["key"], made["key_id"]]:
        assert secret not in text
