"""Who is let in where: each role by each route."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from econonexus.config import Settings
from econonexus.domain.kinds import Role
from econonexus.interfaces.http.app import create_app
from econonexus.interfaces.http.roles import MAY, PUBLIC
from tests.interfaces.served import PAID_ALL, Client, Served

CALLERS = [*(role.value for role in Role), "nobody", "stranger"]


@pytest.fixture(scope="module")
def clients(served: Served) -> Iterator[dict[str, Client]]:
    """A client in each role, one without a key and one whose key nobody knows."""
    with served.client() as admin:
        keys: dict[str, str | None] = {"nobody": None, "stranger": "enx_wrong"}
        keys["agent"] = admin.make("agents", id="ann")["key"]
        for role in ("human", "auditor", "operator", "admin"):
            keys[role] = admin.make("keys", holder=f"the-{role}", role=role)["key"]
    opened = {caller: served.client(key) for caller, key in keys.items()}
    yield opened
    for client in opened.values():
        client.close()


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("method", "path"), MAY, ids=lambda part: part)
def test_each_role_by_each_route(clients: dict[str, Client], caller: str, method: str, path: str) -> None:
    if path.endswith("/stream"):
        path += "?after=x"  # Bad input, which whoever is let in is told.
    answer = clients[caller].request(method, re.sub(r"{\w+}", "none", path))
    roles = MAY[method, path.partition("?")[0]]
    if roles is PUBLIC:
        assert answer.status_code == (404 if path == "/api/{path}" else 200)
    elif caller in ("nobody", "stranger"):
        assert (answer.status_code, _code(answer.json())) == (401, "unknown_key")
        assert answer.headers["www-authenticate"] == "Bearer"
    elif Role(caller) in roles:
        assert answer.status_code in (200, 201, 400, 404) or _is_anothers(caller, method, path)
    else:
        assert (answer.status_code, _code(answer.json())) == (403, "not_allowed")


def _code(body: dict[str, Any]) -> str:
    """The code of a problem, or of an error in OpenAI's shape."""
    return str(body.get("error", body)["code"])


def _is_anothers(caller: str, method: str, path: str) -> bool:
    """What an agent may look at is its own."""
    return caller == "agent" and method == "GET" and "{id}" in path


def test_the_table_has_every_route_and_no_other(served: Served) -> None:
    app = create_app(None, "key", Settings())  # type: ignore[arg-type]  # It only lists its routes.
    routes = {
        (method, route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method not in ("OPTIONS", "HEAD")
    }
    assert routes == set(MAY)


def test_the_documentation_has_every_route() -> None:
    text = (Path(__file__).parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")
    own = {("GET", "/api"), ("GET", "/api/{path}")}  # Litestar's.
    assert {route for route in MAY if "`{} {}`".format(*route) not in text} == own


def test_the_documentation_has_every_setting() -> None:
    text = (Path(__file__).parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")
    for field in msgspec.structs.fields(Settings):
        if field.name in ("gateway", "models", "upstreams"):
            continue  # Tables, which the gateway's guide has.
        assert f"| `{field.name}` | `ECONONEXUS_{field.name.upper()}` | " in text
        assert f"| {field.default} |" in text or f"| `{field.default}` |" in text


def test_a_key_is_asked_for_before_the_body_is_read(served: Served) -> None:
    with served.client(None) as anybody:
        answer = anybody.post("/api/v1/mint", content=b" " * (5 << 20))
        assert answer.status_code == 401


def test_an_agent_sees_and_moves_its_own_alone(clients: dict[str, Client]) -> None:
    admin, ann = clients["admin"], clients["agent"]
    admin.make("teams", id="crew")
    bobs_key = admin.make("agents", id="bob", team="crew", credits_ucr=100)["key"]
    with Client(str(ann.base_url), bobs_key) as bob:
        hold = bob.make("reservations", amount_ucr=10)["id"]
        bob.make("transfers", "bobs", **{"from": "bob"}, to="ann", amount_ucr=1)
    for path in ("agents/bob", "accounts/bob", "accounts/crew", "accounts/treasury", "explain/bob"):
        assert ann.get(f"/api/v1/{path}").status_code == 403
    assert ann.get("/api/v1/explain/bobs", params={"caller": "agent:bob"}).status_code == 403
    assert ann.refusal("transfers", **{"from": "bob"}, to="ann", amount_ucr=1)[0] == 403
    assert ann.refusal("reservations", account="bob", amount_ucr=1)[0] == 403
    assert ann.refusal(f"reservations/{hold}/settle", amount_ucr=1)[0] == 404
    assert ann.post(f"/api/v1/reservations/{hold}/release").status_code == 404
    seen = ann.look("events", limit=1_000)["events"]
    assert seen
    assert all("ann" in str(event) for event in seen)


def test_an_agent_without_a_wallet_sees_the_one_that_pays_for_it(
    clients: dict[str, Client], name: str
) -> None:
    admin = clients["admin"]
    admin.make("teams", id=name)
    admin.make("mint", to=name, amount_ucr=50)
    made = admin.make("agents", id=f"{name}a", team=name, wallet=False)
    with Client(str(admin.base_url), made["key"]) as member:
        assert made["account"] == name
        assert member.look(f"accounts/{name}")["balance_ucr"] == 50
        held = member.make("reservations", amount_ucr=20)
        assert held["account"] == name
        assert member.make(f"reservations/{held['id']}/settle", amount_ucr=5)["released_ucr"] == 15
    rows = admin.look("spend", by="team,agent")["rows"]
    assert {"team": name, "agent": f"{name}a", "amount_ucr": 5, "times": 1, **PAID_ALL} in rows


def test_an_operator_may_not_make_keys_of_people(clients: dict[str, Client]) -> None:
    operator = clients["operator"]
    assert operator.refusal("keys", holder="eve", role="admin")[:2] == (403, "not_allowed")
    assert operator.make("keys", holder="ann")["role"] == "agent"
    admins = next(key for key in operator.look("keys", limit=1_000)["items"] if key["role"] == "admin")
    for act in ("rotate", "revoke"):
        assert operator.post(f"/api/v1/keys/{admins['id']}/{act}").status_code == 403


def test_a_key_is_rotated_and_revoked(clients: dict[str, Client], name: str) -> None:
    admin = clients["admin"]
    made = admin.make("agents", id=name)
    with Client(str(admin.base_url), made["key"]) as old:
        rotated = old.post(f"/api/v1/keys/{made['key_id']}/rotate").json()
        assert old.get("/api/v1/whoami").status_code == 401
    with Client(str(admin.base_url), rotated["key"]) as new:
        assert new.look("whoami")["holder"] == name
        admin.make(f"keys/{made['key_id']}/revoke", reason="lost")
        assert new.get("/api/v1/whoami").status_code == 401


def test_a_repeated_creation_answers_without_the_key(clients: dict[str, Client], name: str) -> None:
    admin = clients["admin"]
    first, again = (admin.make("agents", f"{name}-make", id=name, credits_ucr=5) for _ in range(2))
    assert first.pop("key").startswith("enx_")
    assert again.pop("key") is None
    assert first == again


def test_a_frozen_agent_spends_nothing_until_it_is_released(clients: dict[str, Client], name: str) -> None:
    admin = clients["admin"]
    admin.make("teams", id=name)
    key = admin.make("agents", id=f"{name}a", team=name, credits_ucr=100)["key"]
    with Client(str(admin.base_url), key) as agent:
        for what in (f"agents/{name}a", f"teams/{name}"):
            assert admin.make(f"{what}/freeze", reason="runaway")["frozen"] is True
            assert agent.refusal("reservations", amount_ucr=1)[0] == 403
            assert admin.post(f"/api/v1/{what}/unfreeze").json()["frozen"] is False
            agent.make("reservations", amount_ucr=1)


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    environment = {"ECONONEXUS_ADMIN_KEY": "k", "ECONONEXUS_RATE_PER_S": "1", "ECONONEXUS_RATE_BURST": "3"}
    with Served(tmp_path / "data", environment=environment) as server, server.client("k") as admin:
        answers = [admin.get("/api/v1/whoami") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].json()["code"] == "rate_limited"
        with server.client(None) as anybody:
            assert anybody.get("/healthz").status_code == 200


def test_each_key_has_a_pace_of_its_own(tmp_path: Path) -> None:
    environment = {"ECONONEXUS_ADMIN_KEY": "k", "ECONONEXUS_RATE_PER_S": "1", "ECONONEXUS_RATE_BURST": "2"}
    with Served(tmp_path / "data", environment=environment) as server, server.client("k") as admin:
        keys = [admin.make("agents", id=name)["key"] for name in ("ann", "bob")]
        with server.client(keys[0]) as ann, server.client(keys[1]) as bob:
            assert [ann.get("/v1/models").status_code for _ in range(3)] == [200, 200, 429]
            hasty = ann.get("/v1/models")
            assert (
                hasty.json()["error"]["code"] == "rate_limited"
            )  # In OpenAI's shape, as its clients read it.
            assert int(hasty.headers["retry-after"]) >= 1
            assert bob.get("/v1/models").status_code == 200
