"""Models that cost nothing: nothing is reserved for them, but turns and freezes hold as for any other."""

import threading
from collections.abc import Iterator

import openai
import pytest

from tests.interfaces.calling import HELLO, client, configured, refusal, stands
from tests.interfaces.served import Client, Served
from tests.upstream import Reply, Upstream, chat

SETTINGS = """
[upstreams.far]
url = "{url}"

[models.local]
upstream = "far"
in_flight = 1
[models.local.prices.credit]
input_ucr = 0
"""


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with configured(tmp_path_factory.mktemp("free"), SETTINGS, url=far.url) as server:
        yield server


@pytest.fixture
def ai(served: Served, admin: Client, name: str) -> Iterator[openai.OpenAI]:
    """The client of an agent that has 1 µcr."""
    with client(served, str(admin.make("agents", id=name, credits_ucr=1)["key"])) as ai:
        yield ai


def test_a_free_model_takes_no_more_at_once_than_any_other(
    far: Upstream, ai: openai.OpenAI, admin: Client, name: str
) -> None:
    go = threading.Event()
    far.script.append(Reply(chat().body, hold=go))
    first = threading.Thread(target=lambda: ai.chat.completions.create(model="local", messages=HELLO))
    first.start()
    assert far.arrived.acquire(timeout=30)
    second = refusal(
        lambda: ai.chat.completions.create(
            model="local", messages=HELLO, extra_headers={"X-EconoNexus-Deadline-Ms": "0"}
        )
    )
    go.set()
    first.join()
    assert second == (429, "deadline_exceeded")
    assert stands(admin, name) == (1, 0)


def test_a_frozen_agent_may_not_call_a_free_model(ai: openai.OpenAI, admin: Client, name: str) -> None:
    admin.make(f"agents/{name}/freeze", reason="a test")
    assert refusal(lambda: ai.chat.completions.create(model="local", messages=HELLO)) == (403, "agent_frozen")
