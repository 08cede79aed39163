"""The commands that speak to a running node: what they show, and how they fail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served
from tests.interfaces.test_operating import wait_until_unreported


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Run:
    """The command line with a server and the admin key."""

    def run(*arguments: str | Path, **environment: str):  # type: ignore[no-untyped-def]
        return econonexus(
            *arguments, **{"ECONONEXUS_URL": served.url, "ECONONEXUS_KEY": ADMIN_KEY} | environment
        )

    return run


def test_a_first_walk(enx: Run) -> None:
    for command in (
        "team create crew",
        "team mint crew 5000 --reason start",
        "budget create crew --limit-ucr 300",
        "agent create ann --team crew --credits-ucr 1000 --capability ocr --model mock",
        "agent freeze ann --reason odd",
        "agent unfreeze ann",
        "team freeze crew",
        "team unfreeze crew",
    ):
        done = enx(*command.split())
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout
    agent = json.loads(enx("agent", "show", "ann", "--json").stdout)
    assert (agent["balance_ucr"], agent["capabilities"], agent["models"]) == (1_000, ["ocr"], ["mock"])
    assert json.loads(enx("budget", "show", "crew", "--json").stdout)["available_ucr"] == 300
    assert [team["id"] for team in json.loads(enx("team", "list", "--json").stdout)] == ["crew"]
    for command in ("agent list", "budget list", "team list", "team show crew"):
        assert "crew" in enx(*command.split()).stdout
    events = enx("events", "--subject", "agent/ann", "--json").stdout.splitlines()
    assert [json.loads(event)["type"].split(".")[1] for event in events] == [
        "agent_created",
        "agent_frozen",
        "agent_unfrozen",
    ]
    assert "agent_frozen" in enx("events", "--subject", "agent/*").stdout
    assert "budget crew left" in enx("explain", "ann").stdout
    assert json.loads(enx("explain", "ann", "--json").stdout)["facts"]["available_ucr"] == 1_000


def test_an_operators_walk(enx: Run, served: Served) -> None:
    def told(*command: str) -> dict[str, object]:
        done = enx(*command, "--json")
        assert (done.returncode, done.stderr) == (0, ""), command
        return json.loads(done.stdout)

    made = told("agent", "create", "kit", "--credits-ucr", "100")
    assert told("agent", "change", "kit", "--weight", "3", "--model", "mock")["models"] == ["mock"]
    told("budget", "create", "kits", "--limit-ucr", "90")
    assert told("budget", "assign", "kits", "kit")["budget"] == "kits"
    assert told("budget", "change", "kits", "--mode", "soft")["limit_ucr"] == 90
    with served.client(str(made["key"])) as kit:
        held = kit.make("reservations", amount_ucr=60, expires_in_ms=1, if_unreported="settle")
        wait_until_unreported(kit, held["id"])
    assert held["id"] in enx("reservation", "list", "--status", "unreported").stdout
    assert told("reservation", "reconcile", held["id"], "20")["returned_ucr"] == 40
    assert json.loads(enx("reservation", "list", "--json").stdout) == []
    told("budget", "unassign", "kits", "kit")
    assert told("budget", "close", "kits")["id"] == "kits"
    assert told("mode", "set", "gateway", "stopped", "--reason", "runaway")["mode"] == "stopped"
    assert "runaway" in enx("mode", "list").stdout
    told("mode", "set", "gateway", "enforce")


def test_an_agents_key_opens_its_own_and_is_revoked(enx: Run) -> None:
    made = json.loads(enx("agent", "create", "kim", "--json").stdout)
    more = json.loads(enx("agent", "key", "kim", "--json").stdout)
    new = json.loads(enx("agent", "rotate", made["key_id"], "--json", ECONONEXUS_KEY=made["key"]).stdout)
    for secret, works in ((made["key"], False), (more["key"], True), (new["key"], True)):
        assert (enx("agent", "show", "kim", ECONONEXUS_KEY=secret).returncode == 0) == works
    assert enx("agent", "revoke", more["id"]).returncode == 0
    assert enx("agent", "show", "kim", ECONONEXUS_KEY=more["key"]).returncode == 2


@pytest.mark.parametrize(
    ("command", "environment", "exit_code", "said"),
    [
        ("agent show nobody", {}, 1, "unknown_agent"),
        ("agent show a/../b?c", {}, 1, "unknown_agent"),
        ("agent change nobody --weight 2", {}, 1, "unknown_agent"),
        ("agent change x", {}, 2, "Say what is to change"),
        ("budget change none --limit-ucr 5", {}, 1, "unknown_budget"),
        ("budget close none", {}, 1, "unknown_budget"),
        ("budget assign none mint", {}, 1, "unknown_budget"),
        ("reservation reconcile none 5", {}, 1, "unknown_hold"),
        ("reservation reconcile none 5 --also far", {}, 2, "BUDGET=AMOUNT"),
        ("reservation list --status odd", {}, 2, "odd"),
        ("mode set gatway stopped", {}, 1, "unknown_feature"),
        ("mode set gateway loud", {}, 2, "loud"),
        ("agent create x --weight 0", {}, 2, "field weight"),
        ("agent create x --weight one", {}, 2, "one"),
        ("team mint nobody 5", {}, 1, "unknown_account"),
        ("budget create b", {}, 2, "limit-ucr"),
        ("events --limit 0", {}, 2, "limit"),
        ("agent list", {"ECONONEXUS_KEY": "enx_wrong"}, 2, "unknown_key"),
        ("agent list", {"ECONONEXUS_KEY": ""}, 2, "ECONONEXUS_KEY is not set"),
        ("agent list", {"ECONONEXUS_URL": "http://127.0.0.1:1"}, 3, "econonexus up"),
        ("agent list", {"ECONONEXUS_URL": "nonsense"}, 3, "ECONONEXUS_URL"),
    ],
)
def test_what_fails_says_so_in_one_line(
    enx: Run, command: str, environment: dict[str, str], exit_code: int, said: str
) -> None:
    done = enx(*command.split(), **environment)
    assert (done.returncode, done.stdout) == (exit_code, "")
    (line,) = done.stderr.splitlines()
    assert said in line
