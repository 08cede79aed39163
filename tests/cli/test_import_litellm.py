"""`econonexus import litellm`, from files such as LiteLLM's proxy writes into a real node."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served

HERE = Path(__file__).parent / "litellm"
FILES = [HERE / name for name in ("config.yaml", "teams.json", "keys.json", "tables.json")]
OLD_KEY = "sk-triage-p0Zx2L"
"""The secret of which keys.json has the hash, under the alias triage."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "data") as server:
        yield server


@pytest.fixture
def enx(served: Served, econonexus: Run) -> Run:
    def run(*arguments: str | Path):  # type: ignore[no-untyped-def]
        return econonexus(
            "import", "litellm", *arguments, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY
        )

    return run


def statuses(enx: Run, *arguments: str | Path) -> dict[str, str]:
    """What became of each thing."""
    done = enx(*FILES, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return {f"{step['kind']} {step['id']}": step["status"] for step in json.loads(done.stdout)["steps"]}


def test_teams_budgets_and_agents_are_as_they_were_there(enx: Run, served: Served) -> None:
    assert set(statuses(enx).values()) == {"made"}
    with served.client() as admin:
        budgets = {item["id"]: item for item in admin.look("budgets")["items"]}
        # By hand: dollars times a million; what a lifetime has left; a week, 30 days, 31 days.
        assert {name: (b["limit_ucr"], b["window_ms"], b["parent"]) for name, b in budgets.items()} == {
            "engineering": (250_500_000, 604_800_000, None),
            "Research-Tools": (100_000_000, 2_592_000_000, "engineering"),
            "Research-Tools:ann": (20_000_000, 2_678_400_000, "Research-Tools"),
            "summarizer": (8_750_000, 0, "Research-Tools:ann"),
            "user-cd25a617": (1_500_000, 0, None),
            "key-3baaccd81798": (1, 86_400_000, "user-cd25a617"),
        }
        teams = {item["id"]: item["frozen"] for item in admin.look("teams")["items"]}
        assert teams == {"Research-Tools": False, "ops": True}
        agents = {item["id"]: item for item in admin.look("agents")["items"]}
        assert set(agents) == {"summarizer", "triage", "key-3baaccd81798"}
        assert agents["summarizer"]["models"] == ["gpt-4o", "text-embedding-3-small"]
        assert agents["triage"]["models"] == ["gpt-4o"]
        assert agents["key-3baaccd81798"]["frozen"]  # It might call nothing; none here would be all.
        assert admin.balance("triage") == 10**12
        facts = admin.look("explain/summarizer")["facts"]
        assert [name for name in facts if name.startswith("budget")] == [
            "budget summarizer left_ucr",
            "budget Research-Tools:ann left_ucr",
            "budget Research-Tools left_ucr",
            "budget engineering left_ucr",
        ]


def test_a_dry_run_changes_nothing_and_tells_what_is_there(enx: Run, served: Served) -> None:
    assert set(statuses(enx, "--dry-run").values()) == {"to make"}
    with served.client() as admin:
        assert admin.look("agents")["items"] == []
    statuses(enx)
    assert set(statuses(enx, "--dry-run").values()) == {"there already"}


def test_a_dry_run_needs_no_node(econonexus: Run, tmp_path: Path) -> None:
    done = econonexus("import", "litellm", *FILES, "--dry-run", "--settings-out", "new.toml")
    assert done.returncode == 0
    assert "summarizer" in done.stdout
    assert not (tmp_path / "new.toml").exists()


def test_again_it_makes_what_is_missing_and_leaves_the_rest(enx: Run, served: Served, tmp_path: Path) -> None:
    rows = json.loads((HERE / "keys.json").read_text())
    rows["keys"] = rows["keys"][:1]
    (tmp_path / "first.json").write_text(json.dumps(rows))
    first = enx(tmp_path / "first.json", HERE / "teams.json", HERE / "tables.json")
    assert first.returncode == 0, first.stderr
    found = statuses(enx)
    assert (found["agent summarizer"], found["agent triage"]) == ("there already", "made")
    with served.client() as admin:
        balance = admin.balance("summarizer")
        admin.make("teams/ops/unfreeze")
        again = statuses(enx)
        assert again["team ops"] == "differs: frozen"
        assert {status for name, status in again.items() if name != "team ops"} == {"there already"}
        assert admin.balance("summarizer") == balance


def test_keys_are_new_and_shown_once_or_written_for_the_owner_alone(
    enx: Run, served: Served, tmp_path: Path
) -> None:
    done = enx(*FILES, "--keys-out", "keys.jsonl")
    assert (done.returncode, "enx_" in done.stdout + done.stderr) == (0, False)
    file = tmp_path / "keys.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = {key["agent"]: key["key"] for key in map(json.loads, file.read_text().splitlines())}
    assert set(keys) == {"summarizer", "triage", "key-3baaccd81798"}
    with served.client(keys["triage"]) as triage, served.client(OLD_KEY) as old:
        assert triage.look("whoami")["holder"] == "triage"
        assert old.get("/api/v1/whoami").status_code == 401
    enx(*FILES, "--keys-out", "keys.jsonl")
    assert len(file.read_text().splitlines()) == 3


def test_without_a_file_new_keys_are_shown(enx: Run, served: Served) -> None:
    shown = enx(*FILES).stdout
    keys = [word for word in shown.split() if word.startswith("enx_")]
    assert len(keys) == 3
    with served.client(keys[0]) as client:
        assert client.look("whoami")["role"] == "agent"


def test_the_keys_in_use_may_be_kept(enx: Run, served: Served) -> None:
    done = enx(*FILES, "--keep-keys", "--json")
    assert all(step["key"] is None for step in json.loads(done.stdout)["steps"])
    with served.client(OLD_KEY) as triage:
        assert triage.look("whoami")["holder"] == "triage"
        hello = {"model": "mock", "messages": [{"role": "user", "content": "hello"}]}
        answer = triage.post("/v1/chat/completions", json=hello)
        assert answer.status_code == 403  # As before, it may call gpt-4o alone.


def test_what_stays_behind_is_listed_line_by_line(enx: Run) -> None:
    lines = enx(*FILES, "--dry-run").stderr.splitlines()
    for told in (
        "team Research-Tools: rpm_limit 600",
        "key summarizer: tpm_limit 100000",
        "key triage: expires 2099",
        "key triage: models: 'gpt-9*'",
        "key batch: expired",
        "budget Research-Tools: 12.3456789012 USD of 100.0 were spent in its present window",
        "budget summarizer: 1.25 USD of 10.0 were spent; it has what is left",
        "rounded down to 1 µcr",
        "nothing is carried over from LiteLLM_SpendLogs",
    ):
        assert len([line for line in lines if told in line]) == 1, told


def test_settings_are_written_into_a_new_file(enx: Run, tmp_path: Path) -> None:
    assert enx(*FILES, "--settings-out", "models.toml").returncode == 0
    assert '[models."gpt-4o".prices.credit]' in (tmp_path / "models.toml").read_text()
    again = enx(*FILES, "--settings-out", "models.toml")
    assert (again.returncode, again.stdout) == (2, "")
    assert "models.toml exists already" in again.stderr


def test_a_name_that_is_somebody_elses_is_left_alone(enx: Run, served: Served) -> None:
    with served.client() as admin:
        admin.make("agents", id="triage")
        done = enx(*FILES)
        assert (done.returncode, done.stdout) == (2, "")
        assert "agent triage is there already, and is not that key" in done.stderr
        assert admin.look("budgets")["items"] == []


def test_a_secret_in_an_export_becomes_nobodys_name(enx: Run, served: Served, tmp_path: Path) -> None:
    (tmp_path / "plain.json").write_text('[{"token": "sk-plain-secret", "max_budget": 1}]')
    done = enx(tmp_path / "plain.json", "--keep-keys")
    assert done.returncode == 0, done.stderr
    assert "plain-secret" not in done.stdout + done.stderr
    with served.client("sk-plain-secret") as client:
        assert client.look("whoami")["role"] == "agent"
    served.stop()
    for kept in served.data.rglob("*"):
        assert not kept.is_file() or b"plain-secret" not in kept.read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("none.json", None, "none.json: No such file"),
        ("a.json", "{", "a.json: it is not JSON"),
        ("a.yaml", "a: [", "a.yaml: it is not YAML"),
        ("a.json", "5", "a.json: it must be an object"),
        ("a.json", '{"x": 1}', "this is no export of LiteLLM"),
        (
            "a.json",
            '{"keys": ["88dc28d0"]}',
            "keys[0]: only a hash; ask /key/list with return_full_object=true",
        ),
        (
            "a.json",
            '{"keys": [{"token": "t", "max_budget": -1}]}',
            "keys[0]: max_budget: it must be a number",
        ),
        (
            "a.json",
            '{"keys": [{"token": "t", "max_budget": 1, "budget_duration": "x"}]}',
            "keys[0]: budget_duration",
        ),
        (
            "a.json",
            '{"keys": [{"token": "t", "team_id": "x"}]}',
            "keys[0]: team_id: the files have no team x",
        ),
        ("a.json", '{"keys": [{"max_budget": 1}]}', "keys[0]: token: it is missing"),
        (
            "a.json",
            '{"keys": [{"token": "t", "models": "gpt"}]}',
            "keys[0]: models: it must be a list of texts",
        ),
        (
            "a.json",
            '{"keys": [{"token": "t", "blocked": "no"}]}',
            "keys[0]: blocked: it must be true or false",
        ),
        ("a.json", '{"keys": [{"token": "t", "expires": "soon"}]}', "keys[0]: expires: 'soon' is no time"),
        (
            "a.json",
            '{"keys": [{"token": "t", "max_budget": 1e400}]}',
            "keys[0]: max_budget: it must be a number",
        ),
        ("a.yaml", "model_list: [{litellm_params: {}}]", "model_list[0]: model_name: it is missing"),
        ("a.yaml", "model_list: {}", "model_list: it must be a list"),
        ("a.json", '{"LiteLLM_TeamTable": [1]}', "LiteLLM_TeamTable[0]: it must be an object"),
    ],
)
def test_a_bad_file_is_one_line_that_names_the_field(
    enx: Run, served: Served, tmp_path: Path, name: str, text: str | None, told: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    done = enx(tmp_path / name)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    (line,) = done.stderr.splitlines()
    assert told in line
    with served.client() as admin:
        assert admin.look("agents")["items"] == []


def test_options_out_of_range_are_named(enx: Run) -> None:
    too_much = ("--wallet-usd", "1000000000", "--credits-per-usd", "1000000")
    budgets_too = ("--credits-per-usd", "100000000000", "--wallet-usd", "1")
    wrong = (("--credits-per-usd", "0"), ("--wallet-usd", "much"), ("--through", "localhost:4000"), too_much)
    for option in (*wrong, budgets_too):
        done = enx(*FILES, *option)
        assert (done.returncode, done.stdout) == (2, "")
        assert option[0] in done.stderr
