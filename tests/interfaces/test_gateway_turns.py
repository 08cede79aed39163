"""Whose turn it is at a model that takes one call at a time: waiting, giving up, being turned away."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from tests.interfaces.calling import GPT, client, configured, settled, stands
from tests.interfaces.served import PATIENCE_S, Client, Served
from tests.upstream import Reply, Upstream, chat, chunk

ONE = "in_flight = 1\nadmission = 'priority'"
SETTINGS = GPT + "\n[gateway]\nmax_waiting = 2\nmax_wait_ms = 60_000\n"


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def fresh(far: Upstream) -> None:
    far.asked.clear()
    far.script.clear()


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with configured(tmp_path_factory.mktemp("turns"), SETTINGS, url=far.url, model=ONE) as server:
        yield server


class Caller:
    """One call on its way; `outcome` is how long it waited, or why it was not made."""

    def __init__(self, served: Served, key: str, say: str, **headers: str) -> None:
        self._outcome: Any = None
        self._make = lambda: _call(served, key, say, headers)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome = self._make()
        except openai.APIStatusError as error:
            self._outcome = error

    def ended(self) -> Any:
        """What came of it."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self._outcome


def _call(served: Served, key: str, say: str, headers: dict[str, str]) -> int:
    with client(served, key) as ai:
        raw = ai.chat.completions.with_raw_response.create(
            model="gpt", messages=[{"role": "user", "content": say}], max_tokens=1, extra_headers=headers
        )
    return int(raw.headers["X-EconoNexus-Waited-Ms"])


@pytest.fixture
def busy(served: Served, admin: Client, far: Upstream, name: str) -> Iterator[Callable[[], None]]:
    """The model has its one call, until this is called."""
    while far.arrived.acquire(blocking=False):
        pass
    go = threading.Event()
    far.script.append(chat()._replace(hold=go))
    first = Caller(served, agent(admin, f"{name}first"), "first")
    assert far.arrived.acquire(timeout=PATIENCE_S)
    yield go.set
    go.set()
    assert first.ended() >= 0


def agent(admin: Client, name: str, **properties: int) -> str:
    return str(admin.make("agents", id=name, **{"credits_ucr": 1_000, **properties})["key"])


def until_waiting(looker: Client, number: int) -> None:
    """Ask until so many wait for the model."""
    for _ in range(5_000):
        (waiting,) = re.findall(r'gateway_waiting\{model="gpt"\} (\d+)', looker.get("/metrics").text)
        if int(waiting) == number:
            return
    raise AssertionError(f"{waiting} wait, not {number}")


def test_who_is_more_urgent_goes_first_and_nothing_is_reserved_while_waiting(
    served: Served, admin: Client, far: Upstream, busy: Callable[[], None], name: str
) -> None:
    low = Caller(served, agent(admin, f"{name}low", priority=1), "low")
    until_waiting(admin, 1)
    high = Caller(served, agent(admin, f"{name}high", priority=2), "high")
    until_waiting(admin, 2)
    assert stands(admin, f"{name}low") == stands(admin, f"{name}high") == (1_000, 0)
    assert 'gateway_in_flight{model="gpt"} 1' in admin.get("/metrics").text
    busy()
    assert high.ended() <= low.ended()
    assert [asked.body["messages"][0]["content"] for asked in far.asked] == ["first", "high", "low"]


def test_who_finds_no_place_to_wait_is_told_when_to_come_again(
    served: Served, admin: Client, far: Upstream, busy: Callable[[], None], name: str
) -> None:
    waiting = [Caller(served, agent(admin, f"{name}{place}"), "x") for place in range(2)]
    until_waiting(admin, 2)
    error = Caller(served, agent(admin, f"{name}late"), "late").ended()
    assert (error.status_code, error.code, error.type) == (429, "no_capacity", "rate_limit_error")
    assert int(error.response.headers["Retry-After"]) >= 1
    assert stands(admin, f"{name}late") == (1_000, 0)
    busy()
    assert all(caller.ended() >= 0 for caller in waiting)


def test_it_is_explained_why_calls_waited_and_were_turned_away(
    served: Served, admin: Client, far: Upstream, busy: Callable[[], None], name: str
) -> None:
    late, slow = agent(admin, f"{name}late", priority=3), agent(admin, f"{name}slow")
    hurried = {"X-EconoNexus-Deadline-Ms": "0"}
    assert Caller(served, late, "x", **hurried).ended().code == "deadline_exceeded"
    waiting = [Caller(served, slow, "x") for _ in range(2)]
    until_waiting(admin, 2)
    busy()
    waits = [caller.ended() for caller in waiting]
    facts = admin.get(f"/api/v1/explain/{name}slow").json()["facts"]
    assert (facts["turns_had"], facts["turns_waited_for"], facts["longest_wait_ms"]) == (2, 2, max(waits))
    facts = admin.get(f"/api/v1/explain/{name}late").json()["facts"]
    assert (facts["turned_away deadline_exceeded"], facts["priority"]) == (1, 3)
    assert "turns_had" not in facts


@pytest.mark.parametrize("deadline_ms", ["0", "1"])
def test_who_cannot_wait_is_told_so_in_time(
    served: Served, admin: Client, busy: Callable[[], None], name: str, deadline_ms: str
) -> None:
    headers = {"X-EconoNexus-Deadline-Ms": deadline_ms}
    error = Caller(served, agent(admin, name), "x", **headers).ended()
    assert (error.status_code, error.code) == (429, "deadline_exceeded")


def test_who_hangs_up_while_waiting_is_neither_called_for_nor_charged(
    served: Served, admin: Client, far: Upstream, busy: Callable[[], None], name: str
) -> None:
    key = agent(admin, name)
    body = b'{"model": "gpt", "messages": [{"role": "user", "content": "gone"}]}'
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as line:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        line.sendall(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        until_waiting(admin, 1)
    until_waiting(admin, 0)
    busy()
    assert Caller(served, agent(admin, f"{name}next"), "next").ended() >= 0
    assert [asked.body["messages"][0]["content"] for asked in far.asked] == ["first", "next"]
    assert stands(admin, name) == (1_000, 0)
    assert admin.get(f"/api/v1/explain/{name}").json()["facts"]["turned_away aborted"] == 1


def test_who_could_not_pay_is_told_at_once(
    served: Served, admin: Client, busy: Callable[[], None], name: str
) -> None:
    error = Caller(served, agent(admin, name, credits_ucr=1), "x").ended()
    assert (error.status_code, error.code) == (402, "insufficient_funds")


@pytest.mark.parametrize("deadline_ms", ["-1", "1.5", "soon", "99999999999999", "\u0663"])
def test_a_deadline_is_a_number_of_milliseconds(admin: Client, name: str, deadline_ms: str) -> None:
    with Client(str(admin.base_url), agent(admin, name)) as caller:
        answer = caller.post(
            "/v1/chat/completions",
            json={"model": "gpt", "messages": [{"role": "user"}]},
            headers={b"X-EconoNexus-Deadline-Ms": deadline_ms.encode()},
        )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "X-EconoNexus-Deadline-Ms"


def test_a_turn_is_given_back_however_a_call_ends(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """The model takes one call at a time, so that each of these is made only if the one before has ended."""
    key = agent(admin, name)
    far.script += [Reply(status=500), Reply(status=401), Reply(cut=True), chat(read=10_000), chat()]
    outcomes = [Caller(served, key, "x").ended() for _ in range(4)]
    codes = [getattr(outcome, "status_code", 200) for outcome in outcomes]
    assert codes == [503, 502, 502, 200]
    far.script[0] = Reply(events=[chunk("a"), threading.Event()])
    with client(served, agent(admin, f"{name}b")) as ai:
        stream = ai.chat.completions.create(
            model="gpt", messages=[{"role": "user"}], stream=True, max_tokens=1
        )
        next(iter(stream))
        stream.close()
    settled(admin, f"{name}b")
    assert 'gateway_in_flight{model="gpt"} 0' in admin.get("/metrics").text


def test_what_became_of_calls_is_counted(served: Served, admin: Client, far: Upstream, name: str) -> None:
    before = _counted(admin)
    far.script += [chat(read=7, written=1, cached=2), Reply(status=500)]
    assert Caller(served, agent(admin, name), "x").ended() >= 0
    assert Caller(served, agent(admin, f"{name}b"), "x").ended().status_code == 503
    assert Caller(served, agent(admin, f"{name}c", credits_ucr=1), "x").ended().status_code == 402
    after = _counted(admin)
    rises = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name)}
    assert rises == {
        'calls_total{model="gpt",outcome="served"}': 1,
        'calls_total{model="gpt",outcome="failed"}': 1,
        'calls_total{model="gpt",outcome="insufficient_funds"}': 1,
        'tokens_total{direction="input",model="gpt"}': 7,
        'tokens_total{direction="output",model="gpt"}': 1,
        'tokens_total{direction="cached",model="gpt"}': 2,
        'settled_ucr_total{asset="credit",model="gpt"}': 7 + 2,
        'upstream_seconds_count{model="gpt"}': 2,
        'waited_seconds_count{model="gpt"}': 2,
    }


def _counted(looker: Client) -> dict[str, float]:
    pattern = (
        r"^econonexus_gateway_((?:calls|tokens|settled_ucr)_total\{.*?\}|\w+_seconds_count\{.*?\}) (\S+)$"
    )
    return {
        name: float(value) for name, value in re.findall(pattern, looker.get("/metrics").text, re.MULTILINE)
    }
