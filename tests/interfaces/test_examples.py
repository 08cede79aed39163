"""The OpenAPI document's examples of bodies, sent one after the other: each is carried out as it stands."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

STORY = [
    ("admin", "/api/v1/teams"),
    ("admin", "/api/v1/budgets"),
    ("admin", "/api/v1/agents"),
    ("admin", "/api/v1/mint"),
    ("admin", "/api/v1/transfers"),
    ("ann", "/api/v1/reservations"),
    ("ann", "/api/v1/reservations/{id}/settle"),
    ("admin", "/api/v1/resources"),
    ("admin", "/api/v1/markets"),
    ("admin", "/api/v1/auctions"),
    ("ann", "/api/v1/auctions/{id}/bids"),
    ("ann", "/api/v1/tasks"),
    ("ann", "/v1/chat/completions"),
    ("ann", "/v1/responses"),
    ("ann", "/v1/embeddings"),
]
"""Who sends what where. The id in a path is that of the example above it in the story."""


@pytest.fixture
def document(admin: Client) -> dict[str, Any]:
    return dict(admin.get("/api/openapi.json").json())


def test_every_example_is_carried_out_as_it_stands(
    served: Served, admin: Client, document: dict[str, Any]
) -> None:
    key, made, called_for = "", "", 0
    for who, path in STORY:
        (example,) = examples_of(document["paths"][path]["post"])
        with served.client(key) as ann:
            answer = (admin if who == "admin" else ann).post(path.replace("{id}", made), json=example)
        assert answer.status_code in (200, 201), (path, answer.text)
        made, key = example.get("id", ""), answer.json().get("key", key)
        called_for += int(answer.headers.get("X-EconoNexus-Cost-Ucr", 0))
    # It had 2,000,000 and 500,000 from the crew, paid 180,000 for the scan, and for what models were called.
    with served.client(key) as ann:  # Nobody else is told what a sealed bid has on hold.
        account = ann.look("accounts/ann")
    assert account["balance_ucr"] == 2_000_000 + 500_000 - 180_000 - called_for
    assert called_for > 0
    # Two units that it bids for, and the task, are not paid yet.
    assert account["held_ucr"] == 2 * 40_000 + 300_000


def test_no_example_is_left_out(document: dict[str, Any]) -> None:
    shown = {
        path
        for path, methods in document["paths"].items()
        for call in methods.values()
        if list(examples_of(call))
    }
    assert shown == {path for _, path in STORY}


def examples_of(call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The examples of a call's body."""
    for content in call.get("requestBody", {}).get("content", {}).values():
        yield from content["schema"].get("examples", ())
