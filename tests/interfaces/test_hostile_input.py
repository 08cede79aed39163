"""Input that is meant to break the server: it is declined as the sender's fault, and names the field."""

import pytest

from tests.interfaces.calling import HELLO
from tests.interfaces.served import Client

DEEP = b'{"id":"x","metadata":%s}' % (b"[" * 100_000 + b"]" * 100_000)
MANY_DIGITS = "9" * 5_000


@pytest.mark.parametrize("body", [b"not JSON", b'"\xff"', DEEP])
@pytest.mark.parametrize("path", ["agents", "reservations/any/release"])
def test_a_body_that_cannot_be_read(admin: Client, path: str, body: bytes) -> None:
    answer = admin.post(f"/api/v1/{path}", content=body, headers={"Idempotency-Key": "once"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_a_deadline_of_thousands_of_digits(agent: Client) -> None:
    body = {"model": "mock", "messages": HELLO}
    answer = agent.post("/v1/chat/completions", json=body, headers={"X-EconoNexus-Deadline-Ms": MANY_DIGITS})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "X-EconoNexus-Deadline-Ms")


def test_a_place_in_the_events_of_thousands_of_digits(agent: Client) -> None:
    answer = agent.get("/api/v1/events/stream", headers={"Last-Event-ID": MANY_DIGITS})
    assert (answer.status_code, answer.json()["field"]) == (400, "Last-Event-ID")


def test_a_command_of_thousands_of_digits(admin: Client) -> None:
    assert admin.get(f"/api/v1/explain/{MANY_DIGITS}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("POST", "completions", 404, "not_found"), ("GET", "embeddings", 405, "method_not_allowed")],
)
def test_what_openai_has_and_we_have_not(
    agent: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = agent.request(method, f"/v1/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert agent.get("/api/v1/nothing").json()["code"] == "not_found"
