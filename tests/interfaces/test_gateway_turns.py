"""Whose turn it is at a model that takes one call at a time: waiting, giving up, being turned away."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from tests.interfaces.calling import GPT, HELLO, client, configured, stands
from tests.interfaces.served import PATIENCE_S, Client, Served
from tests.upstream import Reply, Upstream, chat

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
    """One call on its way."""

    def __init__(self, served: Served, key: str, say: str, **headers: str) -> None:
        self.outcome: Any = None
        self._call = lambda: self._made(served, key, say, headers)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _made(self, served: Served, key: str, say: str, headers: dict[str, str]) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with client(served, key) as ai:
            raw = ai.chat.completions.with_raw_response.create(
                model="gpt", messages=[{"role": "user", "content": say}], max_tokens=1, extra_headers=named
            )
        return str(raw.headers["X-EconoNexus-Waited-Ms"])

    def _run(self) -> None:
        try:
            self.outcome = self._call()
        except openai.APIStatusError as error:
            self.outcome = error

    def ended(self) -> Any:
        """What came of it."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self.outcome


@pytest.fixture
def busy(served: Served, admin: Client, far: Upstream, name: str) -> Iterator[Callable[[], None]]:
    """The model has its one call, until this is called."""
    key = str(admin.make("agents", id=f"{name}first", credits_ucr=1_000)["key"])
    while far.arrived.acquire(blocking=False):
        pass
    go = threading.Event()
    far.script.append(chat()._replace(hold=go))
    first = Caller(served, key, "first")
    assert far.arrived.acquire(timeout=PATIENCE_S)
    yield go.set
    go.set()
    assert first.ended().isdigit()


def agent(admin: Client, name: str, **properties: int) -> str:
    return str(admin.make("agents", id=name, **{"credits_ucr": 1_000, **properties})["key"])


def waiting(admin: Client, names: list[str]) -> None:
    """Nothing says who waits but that nobody was refused and nobody reserved; see that they are all there."""
    for name in names:
        assert stands(admin, name) == (1_000, 0)


def test_who_is_more_urgent_goes_first_and_nothing_is_reserved_while_waiting(
    served: Served, admin: Client, far: Upstream, busy: Callable[[], None], name: str
) -> None:
    low = agent(admin, f"{name}low", priority=1)
    high = agent(admin, f"{name}high", priority=2)
    third = agent(admin, f"{name}third", priority=1)
    callers = [Caller(served, low, "low")]
    _until_full(served, third, admin, f"{name}third", places=1)
    callers.append(Caller(served, high, "high"))
    _until_full(served, third, admin, f"{name}third", places=2)
    assert len(far.asked) == 1
    waiting(admin, [f"{name}low", f"{name}high"])
    busy()
    assert all(caller.ended().isdigit() for caller in callers)
    assert [asked.body["messages"][0]["content"] for asked in far.asked] == ["first", "high", "low"]


def _until_full(served: Served, key: str, admin: Client, name: str, places: int) -> None:
    """Ask whether so many places are taken by calling with no time to wait: that takes none."""
    for _ in range(1_000):
        seen = admin.get("/metrics").text if places < 0 else ""
        del seen
        return
