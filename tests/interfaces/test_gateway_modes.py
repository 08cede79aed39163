"""How far the gateway goes: watching, advising, enforcing, stopped; and back again."""

from collections.abc import Iterator

import openai
import pytest

from tests.interfaces.calling import GPT, HELLO, READ, client, configured, refusal, stands, usages
from tests.interfaces.served import Client, Served
from tests.upstream import Upstream, chat

SETTINGS = (
    GPT
    + """
[models.own]                 # Its mode is set by itself, which those of the others never are.
upstream = "far"
[models.own.prices.credit]
input_ucr = 1_000_000
output_ucr = 2_000_000

[models.tried]
upstream = "mock"
mode = "shadow"
[models.tried.prices.credit]
input_ucr = 1_000_000
"""
)
COST = 9 + 2 * 3


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with configured(tmp_path_factory.mktemp("modes"), SETTINGS, url=far.url) as server:
        yield server


@pytest.fixture(autouse=True)
def enforcing(admin: Client, far: Upstream) -> Iterator[None]:
    far.otherwise = chat(read=9, written=3)
    yield
    set_mode(admin, "gateway", "enforce")


@pytest.fixture
def poor(served: Served, admin: Client, name: str) -> Iterator[openai.OpenAI]:
    """The client of an agent that has 1 µcr."""
    with client(served, str(admin.make("agents", id=name, credits_ucr=1)["key"])) as ai:
        yield ai


def set_mode(admin: Client, feature: str, mode: str) -> None:
    admin.make(f"modes/{feature}", mode=mode, reason="a test")


def ask(ai: openai.OpenAI, model: str = "gpt") -> dict[str, str]:
    """Make a call; the headers of its answer."""
    create = ai.chat.completions.with_raw_response.create
    return dict(create(model=model, messages=HELLO, max_tokens=5).headers)


@pytest.mark.parametrize(("feature", "model"), [("gateway", "gpt"), ("gateway:own", "own")])
@pytest.mark.parametrize("mode", ["shadow", "advise"])
def test_who_is_watched_is_served_and_what_would_have_been_is_written_down(
    admin: Client, poor: openai.OpenAI, name: str, feature: str, model: str, mode: str
) -> None:
    set_mode(admin, feature, mode)
    headers = ask(poor, model)
    assert headers["x-econonexus-cost-ucr"] == str(COST)
    assert headers.get("x-econonexus-advice") == ("insufficient_funds" if mode == "advise" else None)
    assert stands(admin, name) == (1, 0)
    (recorded,) = usages(admin, name)
    assert (recorded["amount"], recorded["code"], recorded["refused"]) == (COST, model, "insufficient_funds")


def test_who_would_have_been_served_is_told_so(served: Served, admin: Client, name: str) -> None:
    set_mode(admin, "gateway", "advise")
    with client(served, str(admin.make("agents", id=name, credits_ucr=1_000)["key"])) as ai:
        assert ask(ai)["x-econonexus-advice"] == "pass"
        for field, value in (("service_tier", "priority"), ("previous_response_id", "x")):
            create = ai.responses.with_raw_response.create
            raw = create(model="gpt", input="hello", extra_body={field: value})
            assert raw.headers["X-EconoNexus-Advice"] == "invalid_input"
    assert stands(admin, name) == (1_000, 0)
    assert usages(admin, name)[0].get("refused", "") == ""


def test_a_watched_stream_is_written_down_too(admin: Client, poor: openai.OpenAI, name: str) -> None:
    set_mode(admin, "gateway", "shadow")
    list(poor.chat.completions.create(model="mock", messages=HELLO, stream=True))
    (recorded,) = usages(admin, name)
    assert recorded["amount"] == 15 + 160


def test_what_is_off_passes_and_leaves_no_trace(admin: Client, poor: openai.OpenAI, name: str) -> None:
    set_mode(admin, "gateway", "off")
    before = admin.look("events", limit=1_000)["next"]
    ask(poor)
    assert stands(admin, name) == (1, 0)
    assert admin.look("events", after=before)["events"] == []


def test_the_kill_switch_stops_new_calls_until_it_is_released(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    with client(served, str(admin.make("agents", id=name, credits_ucr=1_000)["key"])) as ai:
        set_mode(admin, "gateway", "stopped")
        far.asked.clear()
        for model in ("gpt", "mock", "tried"):
            assert refusal(lambda model=model: ask(ai, model)) == (503, "stopped")
        set_mode(admin, "gateway", "enforce")
        set_mode(admin, "gateway:own", "stopped")
        assert refusal(lambda: ask(ai, "own")) == (503, "stopped")
        ask(ai, "mock")
        assert far.asked == []
        set_mode(admin, "gateway:own", "enforce")
        assert ask(ai, "own")["x-econonexus-cost-ucr"] == str(COST)


def test_a_model_begins_in_the_mode_of_its_settings(tmp_path, far: Upstream) -> None:
    with configured(tmp_path, SETTINGS, url=far.url) as server, server.client() as admin:
        with client(server, str(admin.make("agents", id="ann", credits_ucr=1)["key"])) as ai:
            ask(ai, "tried")
            assert refusal(lambda: ask(ai, "gpt")) == (402, "insufficient_funds")
        assert [each["refused"] for each in usages(admin, "ann")] == ["insufficient_funds"]


def test_reservations_are_as_they_were_once_it_enforces_again(
    admin: Client, served: Served, name: str
) -> None:
    with client(served, str(admin.make("agents", id=name, credits_ucr=READ + 10)["key"])) as ai:
        set_mode(admin, "gateway", "shadow")
        ask(ai)
        set_mode(admin, "gateway", "enforce")
        ask(ai)
        assert refusal(lambda: ask(ai)) == (402, "insufficient_funds")
    assert stands(admin, name) == (READ + 10 - COST, 0)
