"""What an operator does with what is there: change, close, assign, reconcile, set modes."""

import threading
import time
from typing import Any

import pytest

from tests.interfaces.served import Client, Served


def test_a_budget_is_changed_and_what_is_not_given_stays(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=100, window_ms=3_600_000, carry_over_ucr=7, mode="soft")
    agent.make("reservations", amount_ucr=60)
    changed = admin.make(f"budgets/{name}/change", limit_ucr=80)
    assert (changed["limit_ucr"], changed["carry_over_ucr"], changed["mode"]) == (80, 7, "soft")
    assert (changed["held_ucr"], changed["available_ucr"]) == (60, 20)
    changed = admin.make(f"budgets/{name}/change", mode="hard", carry_over_ucr=0)
    assert (changed["limit_ucr"], changed["carry_over_ucr"], changed["mode"]) == (80, 0, "hard")
    assert agent.refusal("reservations", amount_ucr=21)[:2] == (402, "budget_exhausted")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_input", ""),
        ({"limit_ucr": -1}, 400, "invalid_input", "limit_ucr"),
        ({"limit": 1}, 400, "invalid_input", "limit"),
        ({"mode": "loud"}, 400, "invalid_input", "mode"),
        ({"carry_over_ucr": 1}, 400, "invalid_input", "carry_over_ucr"),
        ({"window_ms": 1}, 400, "invalid_input", "window_ms"),  # A window is for ever.
    ],
)
def test_a_change_that_is_none_is_declined(
    admin: Client, name: str, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    admin.make("budgets", id=name, limit_ucr=5)
    assert admin.refusal(f"budgets/{name}/change", **body) == (status, code, field)


def test_a_budget_is_closed_once_nothing_uses_it(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=100)  # It limits the agent of its name at once.
    assert admin.refusal(f"budgets/{name}/close")[:2] == (409, "budget_in_use")
    moved = admin.make(f"budgets/{name}/unassign", account=name)
    assert (moved["budget"], moved["previous"]) == (None, name)
    assert admin.make(f"budgets/{name}/close")["id"] == name
    assert admin.get(f"/api/v1/budgets/{name}").status_code == 404
    assert admin.refusal(f"budgets/{name}/close")[:2] == (404, "unknown_budget")
    assert admin.refusal(f"budgets/{name}/change", limit_ucr=1)[:2] == (404, "unknown_budget")


def test_accounts_are_put_beneath_budgets(admin: Client, agent: Client, name: str) -> None:
    for suffix in ("x", "y"):
        admin.make("budgets", id=f"{name}{suffix}", limit_ucr=10)
    assert admin.make(f"budgets/{name}x/assign", account=name)["previous"] is None
    assert admin.make(f"budgets/{name}y/assign", account=name)["previous"] == f"{name}x"
    assert agent.refusal("reservations", amount_ucr=11)[:2] == (402, "budget_exhausted")
    assert admin.refusal(f"budgets/{name}x/unassign", account=name) == (409, "budget_not_beneath", "account")
    first, again = (admin.make(f"budgets/{name}y/unassign", f"{name}-un", account=name) for _ in range(2))
    assert first == again
    agent.make("reservations", amount_ucr=11)
    assert admin.refusal(f"budgets/{name}x/assign", account="nobody")[:2] == (404, "unknown_account")
    assert admin.refusal(f"budgets/{name}x/assign", account="mint")[:2] == (409, "wrong_account_kind")
    assert admin.refusal(f"budgets/{name}x/assign") == (400, "invalid_input", "account")


def test_an_agent_is_changed_and_what_is_not_given_stays(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=f"{name}-b", limit_ucr=10)
    admin.make(f"agents/{name}/change", weight=5, models=["mock"], metadata={"zone": "eu"})
    changed = admin.make(f"agents/{name}/change", priority=-2, models=[], budget=f"{name}-b")
    assert changed == {
        "id": name,
        "team": None,
        "owner": name,
        "account": name,
        "signing_key": None,
        "budget": f"{name}-b",
        "capabilities": [],
        "metadata": {"zone": "eu"},
        "weight": 5,
        "priority": -2,
        "models": [],
        "frozen": False,
    }
    assert agent.refusal("reservations", amount_ucr=11)[:2] == (402, "budget_exhausted")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"weight": 0}, "weight"),
        ({"weight": "5"}, "weight"),
        ({"priority": 1_001}, "priority"),
        ({"models": "mock"}, "models"),
        ({"team": "crew"}, "team"),
    ],
)
def test_a_change_of_an_agent_that_is_none_is_400(
    admin: Client, agent: Client, name: str, body: dict[str, Any], field: str
) -> None:
    assert admin.refusal(f"agents/{name}/change", **body) == (400, "invalid_input", field)


def test_an_agent_that_is_not_there_cannot_be_changed(admin: Client) -> None:
    assert admin.refusal("agents/nobody/change", weight=2)[:2] == (404, "unknown_agent")


def wait_until_unreported(client: Client, reservation: str) -> dict[str, Any]:
    """The reservation once its deadline has paid it, as the list has it."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        for item in client.look("reservations", status="unreported", limit=1_000)["items"]:
            if item["id"] == reservation:
                return item
    raise AssertionError(f"{reservation} was not paid at its deadline")


def test_what_nobody_reported_is_paid_listed_and_reconciled(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=900)
    held = agent.make(
        "reservations", amount_ucr=600, expires_in_ms=1, if_unreported="settle", resource="tool"
    )
    listed = wait_until_unreported(agent, held["id"])
    assert (listed["status"], listed["account"], listed["amount_ucr"]) == ("unreported", name, 600)
    assert (listed["resource"], listed["budgets"], listed["if_unreported"]) == ("tool", [name], "settle")
    assert agent.balance(name) == 400
    path = f"reservations/{held['id']}/reconcile"
    assert agent.refusal(path, amount_ucr=0)[:2] == (403, "not_allowed")
    assert admin.refusal(path, amount_ucr=601)[:2] == (409, "amount_over_hold")
    assert admin.refusal(path, amount_ucr=-1) == (400, "invalid_input", "amount_ucr")
    also = [{"budget": name, "amount_ucr": 1}]  # The hold took no further limit.
    assert admin.refusal(path, amount_ucr=1, also=also)[:2] == (409, "amount_over_hold")
    first, again = (admin.make(path, f"{name}-rec", amount_ucr=250) for _ in range(2))
    assert first == again
    assert (first["status"], first["amount_ucr"], first["returned_ucr"]) == ("reconciled", 250, 350)
    assert agent.balance(name) == 750
    budget = admin.look(f"budgets/{name}")
    assert (budget["spent_ucr"], budget["available_ucr"]) == (250, 650)
    assert admin.refusal(path, amount_ucr=0)[:2] == (409, "hold_already_settled")
    rows = admin.look("spend", by="agent,model")["rows"]
    assert [row["amount_ucr"] for row in rows if row["agent"] == name] == [250]


def test_a_reservation_that_is_open_cannot_be_reconciled(admin: Client, agent: Client) -> None:
    held = agent.make("reservations", amount_ucr=5)
    path = f"reservations/{held['id']}/reconcile"
    assert admin.refusal(path, amount_ucr=5)[:2] == (409, "hold_still_open")
    assert admin.refusal("reservations/nothing/reconcile", amount_ucr=5)[:2] == (404, "unknown_hold")


def test_an_agent_sees_its_own_reservations_in_pages(
    served: Served, admin: Client, agent: Client, name: str
) -> None:
    ids = [agent.make("reservations", id=f"{name}-{number}", amount_ucr=1)["id"] for number in range(5)]
    other = admin.make("agents", id=f"{name}o", credits_ucr=10)["key"]
    with served.client(other) as stranger:
        stranger.make("reservations", id=f"{name}-9", amount_ucr=1)
        assert [item["id"] for item in stranger.look("reservations")["items"]] == [f"{name}-9"]
    first = agent.look("reservations", limit=2)
    second = agent.look("reservations", limit=2, cursor=first["next"])
    agent.make(f"reservations/{second['next']}/settle", amount_ucr=1)  # A cursor may end meanwhile.
    third = agent.look("reservations", limit=2, cursor=second["next"])
    assert [item["id"] for page in (first, second, third) for item in page["items"]] == ids
    assert third["next"] is None
    every = [item["id"] for item in admin.look("reservations", limit=1_000)["items"]]
    assert {*ids, f"{name}-9"} - {second["next"]} <= set(every)
    assert every == sorted(every)
    assert agent.look("reservations", status="unreported")["items"] == []


def test_a_team_members_reservations_are_its_own(served: Served, admin: Client, name: str) -> None:
    admin.make("teams", id=name)
    admin.make("mint", to=name, amount_ucr=50)
    keys = [admin.make("agents", id=f"{name}{x}", team=name, wallet=False)["key"] for x in "ab"]
    with served.client(keys[0]) as one, served.client(keys[1]) as other:
        held = one.make("reservations", amount_ucr=20)
        (listed,) = one.look("reservations")["items"]
        assert (listed["id"], listed["account"], listed["agent"]) == (held["id"], name, f"{name}a")
        assert other.look("reservations")["items"] == []


def test_an_agent_cannot_settle_a_call_of_its_own(agent: Client) -> None:
    for act, body in (("settle", {"amount_ucr": 1}), ("settle", {"amount_ucr": 0}), ("release", {})):
        assert agent.refusal(f"reservations/call-0123/{act}", **body)[:2] == (403, "not_allowed")


def test_a_reservation_is_explained_while_it_stands(
    served: Served, admin: Client, agent: Client, name: str
) -> None:
    admin.make("budgets", id=name, limit_ucr=900)
    held = agent.make("reservations", amount_ucr=60, resource="tool")
    told = agent.look(f"explain/{held['id']}")
    assert (told["about"], told["answer"]) == ("reservation", "held")
    facts = {fact: told["facts"][fact] for fact in ("account", "amount_ucr", "resource", "counts_in")}
    assert facts == {"account": name, "amount_ucr": 60, "resource": "tool", "counts_in": name}
    stranger = admin.make("agents", id=f"{name}o")["key"]
    with served.client(stranger) as other:
        assert other.get(f"/api/v1/explain/{held['id']}").status_code == 403
    agent.make(f"reservations/{held['id']}/settle", amount_ucr=5)
    assert admin.get(f"/api/v1/explain/{held['id']}").status_code == 404


def test_a_reservation_that_nobody_reported_is_explained(admin: Client, agent: Client) -> None:
    held = agent.make("reservations", amount_ucr=60, expires_in_ms=1, if_unreported="settle")
    wait_until_unreported(agent, held["id"])
    told = admin.look(f"explain/{held['id']}")
    assert told["answer"] == "paid in full, as nobody said what was used"


def test_an_agent_without_a_wallet_is_explained_by_what_pays_for_it(
    served: Served, admin: Client, name: str
) -> None:
    admin.make("teams", id=name)
    admin.make("budgets", id=name, limit_ucr=70)
    admin.make("mint", to=name, amount_ucr=50)
    admin.make("budgets", id=f"{name}a", limit_ucr=20, parent=name)
    key = admin.make("agents", id=f"{name}a", team=name, wallet=False)["key"]
    with served.client(key) as member:
        facts = member.look(f"explain/{name}a")["facts"]
    assert (facts["account"], facts["available_ucr"]) == (name, 50)
    assert facts[f"budget {name}a left_ucr"] == 20
    assert facts[f"budget {name} left_ucr"] == 70


def test_modes_are_set_and_listed(admin: Client) -> None:
    assert admin.look("modes")["items"] == []
    made = admin.make("modes/gateway", mode="shadow", reason="trying it out")
    assert (made["feature"], made["mode"], made["reason"]) == ("gateway", "shadow", "trying it out")
    admin.make("modes/gateway:mock", mode="enforce")
    admin.make("modes/gateway", mode="enforce")
    listed = {item["feature"]: item["mode"] for item in admin.look("modes")["items"]}
    assert listed == {"gateway": "enforce", "gateway:mock": "enforce"}
    events = admin.look("events", subject="feature/*")["events"]
    assert [event["data"]["mode"] for event in events] == ["shadow", "enforce", "enforce"]


@pytest.mark.parametrize("feature", ["gatway", "gateway:", "gateway:no-such-model", "gateway:a%2Fb", "a%20b"])
def test_a_mode_of_what_is_not_there_is_404(admin: Client, feature: str) -> None:
    answer = admin.post(f"/api/v1/modes/{feature}", json={"mode": "stopped"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_feature")


def test_a_mode_that_is_none_is_400(admin: Client) -> None:
    assert admin.refusal("modes/gateway", mode="loud") == (400, "invalid_input", "mode")
    assert admin.refusal("modes/gateway") == (400, "invalid_input", "mode")


def test_ids_with_a_slash_are_reached_through_paths(served: Served, admin: Client, name: str) -> None:
    made = admin.make("agents", id=f"{name}/a", credits_ucr=100)
    admin.make("budgets", id=f"{name}/a", limit_ucr=50)
    path = f"{name}%2Fa"
    assert admin.look(f"agents/{path}")["id"] == f"{name}/a"
    assert admin.look(f"agents/{name}%2fa")["budget"] == f"{name}/a"
    assert admin.make(f"budgets/{path}/change", limit_ucr=40)["limit_ucr"] == 40
    assert admin.make(f"agents/{path}/freeze", reason="odd")["frozen"] is True
    admin.make(f"agents/{path}/unfreeze")
    with served.client(made["key"]) as agent:
        held = agent.make("reservations", id=f"{name}/h", amount_ucr=10)
        assert agent.make(f"reservations/{name}%2Fh/settle", amount_ucr=3)["released_ucr"] == 7
        assert agent.balance(path) == 97
        assert held["id"] == f"{name}/h"
    assert admin.get(f"/api/v1/agents/{name}/a").status_code == 404


def test_a_path_that_is_encoded_oddly_is_no_fault(admin: Client) -> None:
    for path in ("agents/%2F", "agents/%2F%2F/freeze", "agents/%ff%2Fx", "agents/a%2F..%2Fb", "%2F"):
        assert admin.get(f"/api/v1/{path}").status_code in (404, 405)


def test_a_budget_under_change_is_never_exceeded(served: Served, admin: Client, name: str) -> None:
    """While an operator lowers and raises a limit, no reservation is let past the one that holds."""
    admin.make("budgets", id=name, limit_ucr=100)
    key = admin.make("agents", id=name, credits_ucr=10_000)["key"]

    def reserve() -> None:
        with served.client(key) as client:
            for _ in range(10):
                client.post("/api/v1/reservations", json={"amount_ucr": 7})

    threads = [threading.Thread(target=reserve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for limit in (50, 100, 30, 100):
        admin.make(f"budgets/{name}/change", limit_ucr=limit)
    for thread in threads:
        thread.join()
    with served.client(key) as client:  # However many were let through meanwhile, 14 times 7 fit into 100.
        while client.post("/api/v1/reservations", json={"amount_ucr": 7}).status_code == 201:
            pass
    assert admin.look(f"budgets/{name}")["held_ucr"] == 98
