"""Naming a run: an agent names budgets beneath its own, and neither spends nor sees what is another's."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.calling import HELLO
from tests.interfaces.served import Client, Served


@pytest.fixture
def others(admin: Client, name: str) -> str:
    """The budget of another team."""
    admin.make("budgets", id=f"{name}-theirs", limit_ucr=700)
    admin.make("teams", id=f"{name}-team", budget=f"{name}-theirs")
    return f"{name}-theirs"


@pytest.fixture
def provider(admin: Client) -> Iterator[str]:
    admin.make("budgets", id="provider", limit_ucr=700)
    yield "provider"
    admin.make("budgets/provider/close")


def call(agent: Client, run: str) -> Any:
    body = {"model": "mock", "messages": HELLO}
    return agent.post("/v1/chat/completions", json=body, headers={"X-EconoNexus-Run": run})


def test_a_call_does_not_go_under_anothers_budget(admin: Client, agent: Client, others: str) -> None:
    answer = call(agent, others)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "budget_not_beneath")
    assert answer.json()["error"]["param"] == "X-EconoNexus-Run"
    assert admin.look(f"budgets/{others}")["spent_ucr"] == 0


def test_nor_under_one_beneath_it(admin: Client, agent: Client, others: str) -> None:
    admin.make("budgets", id=f"{others}-run", parent=others, limit_ucr=700)
    assert call(agent, f"{others}-run").status_code == 409


def test_nor_under_a_providers(agent: Client, provider: str) -> None:
    assert call(agent, provider).status_code == 409


def test_nor_does_a_reservation(agent: Client, others: str) -> None:
    assert agent.refusal("reservations", amount_ucr=1, budget=others) == (409, "budget_not_beneath", "budget")


def test_who_is_only_watched_does_not_see_what_another_has_left(
    served: Served, admin: Client, agent: Client, others: str
) -> None:
    """The agent has 1,000 µcr, the other team 700; and what would have been refused is said."""
    admin.make("modes/gateway", mode="advise", reason="a test")
    try:
        headers = call(agent, others).headers
    finally:
        admin.make("modes/gateway", mode="enforce", reason="a test")
    assert headers["X-EconoNexus-Available-Ucr"] == "1000"
    assert headers["X-EconoNexus-Advice"] == "budget_not_beneath"
