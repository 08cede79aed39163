"""`econonexus up`: ready, settings, the admin key, a second node, stopping."""

import resource
import signal
import stat
import time
from pathlib import Path

import openai
import pytest

from tests.interfaces.served import ADMIN_KEY, PATIENCE_S, Served, start


def test_it_is_ready_and_stops_when_told(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server:
        with server.client(None) as anybody:
            assert anybody.get("/healthz").json() == {"status": "ok"}
            assert anybody.get("/readyz").status_code == 200
        assert server.stop() == (0, "")


def test_it_stops_on_an_interrupt_too(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server:
        assert server.stop(signal.SIGINT) == (0, "")


def test_an_open_event_stream_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with (
        Served(tmp_path / "data") as server,
        server.client() as client,
        client.stream("GET", "/api/v1/events/stream") as stream,
    ):
        next(stream.iter_lines())
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0
        assert time.monotonic() - began < 5


def test_a_stream_that_is_cut_by_the_end_pays_for_what_was_written(tmp_path: Path) -> None:
    impatient = {"ECONONEXUS_ADMIN_KEY": ADMIN_KEY, "ECONONEXUS_STOP_GRACE_S": "1"}
    with Served(tmp_path / "data", environment=impatient) as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=10**9)["key"]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as ai:
            hello = [{"role": "user", "content": "hello"}]
            stream = ai.chat.completions.create(model="mock", messages=hello, stream=True, max_tokens=900_000)
            next(iter(stream))
            assert server.stop() == (0, "")
    with Served(tmp_path / "data") as server, server.client() as admin:
        account = admin.look("accounts/ann")
        # A hold left open would have been settled in full at the start: 6 tokens read, 900,000 written.
        assert account["held_ucr"] == 0
        assert 10**9 - 15 - 9_000_000 < account["balance_ucr"] < 10**9


def test_a_node_whose_journal_fails_answers_who_waits_and_ends(tmp_path: Path) -> None:
    acknowledged = 0
    with Served(tmp_path / "data") as server, server.client() as admin:
        admin.make("teams", id="crew")
        _let_files_grow_by(8 * 4_096, server)
        while (answer := admin.post("/api/v1/mint", json={"to": "crew", "amount_ucr": 1})).status_code == 201:
            acknowledged += 1
        assert (answer.status_code, answer.json()["code"]) == (503, "unready")
        assert server.process.wait(PATIENCE_S) == 3
        # The views' file may not grow either, and they may have said so before.
        line = server.process.stderr.read().splitlines()[-1]
        assert "journal.sqlite" in line
        assert "start again" in line
    with Served(tmp_path / "data") as server, server.client() as admin:
        assert acknowledged > 0
        # The one that was answered with 503 may have been written or not.
        assert admin.balance("crew") in (acknowledged, acknowledged + 1)


def _let_files_grow_by(size: int, server: Served) -> None:
    """Let no file of a server grow beyond so much more than the journal has now, as on a full disk."""
    limit = (server.data / "journal.sqlite-wal").stat().st_size + size
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, limit))


def test_a_second_node_on_the_same_data_gets_one_line(tmp_path: Path) -> None:
    with Served(tmp_path / "data"):
        second = start(tmp_path / "data")
        out, errors = second.communicate(timeout=PATIENCE_S)
        assert second.returncode == 3
        assert out == ""
        (line,) = errors.splitlines()
        assert "is in use by process" in line


def test_a_port_that_is_taken_gets_one_line(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server:
        other = start(tmp_path / "other", "--port", server.url.rpartition(":")[2])
        _, errors = other.communicate(timeout=PATIENCE_S)
        assert other.returncode == 3
        assert "name another --port" in errors
        assert len(errors.splitlines()) == 1


def test_the_first_admin_key_is_made_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        with Served(tmp_path / "data", environment={}) as server:
            file = tmp_path / "data" / "admin.key"
            keys.append(file.read_text().strip())
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            with server.client(keys[-1]) as admin:
                assert admin.look("whoami")["role"] == "admin"
            _, errors = server.stop()
            assert str(file) in errors
            assert keys[-1] not in errors
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("file", "environment", "named"),
    [
        ("prot = 1", {}, "prot"),
        ("port = 'x'", {}, "port"),
        ("port = 70000", {}, "port"),
        ("port", {}, "econonexus.toml"),
        ("", {"ECONONEXUS_PROT": "1"}, "ECONONEXUS_PROT"),
        ("", {"ECONONEXUS_PORT": "x"}, "ECONONEXUS_PORT"),
        ("", {"ECONONEXUS_CONFIG": "none.toml"}, "none.toml"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    tmp_path: Path, file: str, environment: dict[str, str], named: str
) -> None:
    (tmp_path / "econonexus.toml").write_text(file)
    process = start(tmp_path / "data", environment=environment)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert named in line


def test_nothing_secret_is_kept_or_logged(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server, server.client() as admin:
        secret = admin.make("agents", id="ann")["key"]
        with server.client(secret) as ann:
            ann.look("whoami")
        assert secret not in str(admin.look("events"))
        _, errors = server.stop()
    assert secret not in errors
    for kept in (tmp_path / "data").rglob("*"):
        if kept.is_file():
            assert secret.encode() not in kept.read_bytes()
