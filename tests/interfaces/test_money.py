"""Money over HTTP: mint, transfers, accounts, reservations, and the same request twice."""

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.served import Client, Served


def test_a_transfer_moves_money_and_says_where_it_stands(admin: Client, agent: Client, name: str) -> None:
    admin.make("teams", id=f"{name}t")
    moved = agent.make("transfers", **{"from": name}, to=f"{name}t", amount_ucr=300, reference="task 7")
    assert moved["sequence"] > 0
    account = agent.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"], account["available_ucr"]) == (700, 0, 700)
    assert account["sequence"] >= moved["sequence"]
    assert admin.balance(f"{name}t") == 300


def test_a_mint_is_a_transfer_from_the_mint(admin: Client, agent: Client, name: str) -> None:
    moved = admin.make("mint", to=name, amount_ucr=5, reason="gift")
    assert (moved["from"], moved["to"], moved["amount_ucr"]) == ("mint", name, 5)
    assert agent.balance(name) == 1_005


def test_too_little_money_is_402_with_the_numbers(agent: Client, name: str) -> None:
    answer = agent.post("/api/v1/transfers", json={"from": name, "to": "treasury", "amount_ucr": 1_001})
    assert answer.status_code == 402
    problem = answer.json()
    assert (problem["code"], problem["requested"], problem["available"]) == (
        "insufficient_funds",
        1_001,
        1_000,
    )


def test_a_budget_that_is_used_up_is_402_and_named(admin: Client, agent: Client, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=10)
    answer = agent.post("/api/v1/transfers", json={"from": name, "to": "treasury", "amount_ucr": 11})
    assert (answer.status_code, answer.json()["code"]) == (402, "budget_exhausted")
    assert answer.json()["subject"] == name


def test_what_is_not_there_is_404(admin: Client, name: str) -> None:
    assert admin.refusal("mint", to=name, amount_ucr=1) == (404, "unknown_account", "to")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount_ucr": 1}, "to"),
        ({"to": "treasury"}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": 0}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": -5}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": 1.5}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": "1"}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": True}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": None}, "amount_ucr"),
        ({"to": "treasury", "amount_ucr": 2**63}, "amount_ucr"),
        ({"to": "not a name", "amount_ucr": 1}, "to"),
        ({"to": "treasury\n", "amount_ucr": 1}, "to"),
        ({"to": "treasury", "amount_ucr": 1, "reason": "x" * 257}, "reason"),
        ({"to": "treasury", "amount_ucr": 1, "resaon": "x"}, "resaon"),
        ({"to": "treasury", "amount_ucr": 1, "id": "a b"}, "id"),
    ],
)
def test_bad_input_is_400_and_names_the_field(admin: Client, body: dict[str, object], field: str) -> None:
    assert admin.refusal("mint", **body) == (400, "invalid_input", field)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b'{"to":"a","amount_ucr":1e400}']
)
def test_what_is_no_json_object_is_400(admin: Client, body: bytes) -> None:
    answer = admin.post("/api/v1/mint", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_a_body_beyond_the_limit_is_413(admin: Client) -> None:
    answer = admin.post("/api/v1/mint", content=b" " * (1 << 20) + b"{}")
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_body_that_does_not_say_its_length_is_limited_too(admin: Client) -> None:
    parts = (b" " * 1_000 for _ in range(1_100))
    answer = admin.post("/api/v1/mint", content=parts, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_reservation_is_settled_for_what_was_used(agent: Client, name: str) -> None:
    held = agent.make("reservations", amount_ucr=400, resource="gpu.seconds", units=8)
    assert (held["status"], held["account"], held["amount_ucr"]) == ("held", name, 400)
    account = agent.look(f"accounts/{name}")
    assert (account["held_ucr"], account["available_ucr"]) == (400, 600)
    paid = agent.make(f"reservations/{held['id']}/settle", amount_ucr=150)
    assert (paid["status"], paid["amount_ucr"], paid["released_ucr"]) == ("settled", 150, 250)
    account = agent.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"]) == (850, 0)
    assert agent.refusal(f"reservations/{held['id']}/settle", amount_ucr=1)[:2] == (
        409,
        "hold_already_settled",
    )


def test_a_settlement_of_nothing_releases(agent: Client, name: str) -> None:
    held = agent.make("reservations", amount_ucr=400)
    assert agent.make(f"reservations/{held['id']}/settle", amount_ucr=0)["status"] == "released"
    assert agent.look(f"accounts/{name}")["available_ucr"] == 1_000


def test_a_release_needs_no_body(agent: Client, name: str) -> None:
    held = agent.make("reservations", amount_ucr=400)
    answer = agent.post(f"/api/v1/reservations/{held['id']}/release")
    assert answer.json()["status"] == "released"


def test_no_more_is_settled_than_was_reserved(agent: Client) -> None:
    held = agent.make("reservations", amount_ucr=400)
    assert agent.refusal(f"reservations/{held['id']}/settle", amount_ucr=401)[:2] == (409, "amount_over_hold")


def test_a_reservation_expires_by_itself(agent: Client, name: str) -> None:
    held = agent.make("reservations", amount_ucr=400, expires_in_ms=1)
    assert agent.refusal(f"reservations/{held['id']}/settle", amount_ucr=1)[:2] == (409, "hold_expired")
    assert agent.look(f"accounts/{name}")["available_ucr"] == 1_000


def test_the_same_request_under_the_same_id_acts_once(agent: Client, name: str) -> None:
    first, again = (
        agent.make("transfers", f"{name}-pay", **{"from": name}, to="treasury", amount_ucr=10)
        for _ in range(2)
    )
    assert first == again
    assert first["id"] == f"{name}-pay"
    assert agent.balance(name) == 990


def test_a_bodys_id_is_the_commands_id_as_well(agent: Client, name: str) -> None:
    body = {"from": name, "to": "treasury", "amount_ucr": 10, "id": f"{name}-pay"}
    assert agent.make("transfers", **body) == agent.make("transfers", **body)
    assert agent.balance(name) == 990


def test_the_same_id_with_another_body_is_409(agent: Client, name: str) -> None:
    body = {"from": name, "to": "treasury", "amount_ucr": 10, "id": f"{name}-pay"}
    agent.make("transfers", **body)
    assert agent.refusal("transfers", **body | {"amount_ucr": 11})[:2] == (409, "id_reused")
    assert agent.balance(name) == 990


def test_a_reservations_deadline_is_no_part_of_what_was_sent(agent: Client, name: str) -> None:
    first, again = (agent.make("reservations", f"{name}-r", amount_ucr=10) for _ in range(2))
    assert first == again
    assert agent.look(f"accounts/{name}")["held_ucr"] == 10


def test_an_id_that_is_no_name_is_400(agent: Client, name: str) -> None:
    body = {"from": name, "to": "treasury", "amount_ucr": 10}
    answer = agent.post("/api/v1/transfers", json=body, headers={"Idempotency-Key": "a b"})
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_sixty_four_at_once_never_overspend(served: Served, admin: Client, name: str) -> None:
    key = admin.make("agents", id=name, credits_ucr=100)["key"]
    answers: list[int] = []

    def reserve() -> None:
        with served.client(key) as client:
            answers.append(client.post("/api/v1/reservations", json={"amount_ucr": 10}).status_code)

    threads = [threading.Thread(target=reserve) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 10 + [402] * 54
    assert admin.look(f"accounts/{name}")["available_ucr"] == 0


def test_every_acknowledged_transfer_outlives_a_kill_exactly_once(tmp_path: Path) -> None:
    sent: list[str] = []
    acknowledged: dict[str, dict[str, Any]] = {}
    with Served(tmp_path / "data") as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=1_000_000)["key"]
        threads = [
            threading.Thread(target=_pay_until_it_dies, args=(server, key, worker, sent, acknowledged))
            for worker in range(8)
        ]
        for thread in threads:
            thread.start()
        while len(acknowledged) < 200:
            threads[0].join(0.01)
        server.process.kill()
        for thread in threads:
            thread.join()
    with Served(tmp_path / "data") as server, server.client(key) as ann, server.client() as admin:
        before = ann.balance("ann")
        # One a worker may have been carried out without its answer having come.
        assert len(acknowledged) <= 1_000_000 - before <= len(acknowledged) + 8
        # Who was answered gets the same answer again; who was not gets one now.
        again = {command: ann.make("transfers", **_one_to_the_treasury(command)) for command in sent}
        assert {command: again[command] for command in acknowledged} == acknowledged
        assert ann.balance("ann") == 1_000_000 - len(sent)
        assert admin.balance("treasury") == len(sent)
        assert _transferred(admin) == sorted(
            (answer["sequence"], command) for command, answer in again.items()
        )


def _pay_until_it_dies(
    server: Served, key: str, worker: int, sent: list[str], acknowledged: dict[str, dict[str, Any]]
) -> None:
    with server.client(key) as client:
        for number in range(100_000):
            command = f"w{worker}-{number}"
            sent.append(command)
            try:
                answer = client.post("/api/v1/transfers", json=_one_to_the_treasury(command))
            except Exception:  # However the connection breaks, this caller's work is over.
                return
            assert answer.status_code == 201
            acknowledged[command] = answer.json()


def _one_to_the_treasury(command: str) -> dict[str, Any]:
    return {"from": "ann", "to": "treasury", "amount_ucr": 1, "id": command}


def _transferred(admin: Client) -> list[tuple[int, str]]:
    """Every transfer that the journal knows, by record and command."""
    found: list[tuple[int, str]] = []
    after, more = 0, True
    while more:
        page = admin.look("events", after=after, limit=1_000)
        after, more = page["next"], page["more"]
        of_kind = (event for event in page["events"] if event["type"] == "econonexus.transferred.v1")
        found += [(int(event["id"]), event["command"]) for event in of_kind]
    return found
