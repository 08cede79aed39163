"""The LLM gateway, driven by OpenAI's own client: reserved before, settled after, never overspent."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.interfaces.served import PAID_ALL, Client, Served

HELLO = [{"role": "user", "content": "hello"}]
HELLO_TOKENS = 4 + 2
"""Four a message, and five bytes at four a token."""
COST = 15 + 160
"""6 tokens read at 2.5 µcr, 16 written at 10."""


@pytest.fixture
def ai(served: Served, agent: Client) -> Iterator[openai.OpenAI]:
    """OpenAI's client with the key of an agent that has 1,000 µcr."""
    key = agent.headers["authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def poor(served: Served, admin: Client, name: str, calls: int) -> str:
    """The key of an agent that can pay for exactly so many calls of the mock."""
    return str(admin.make("agents", id=name, credits_ucr=calls * COST)["key"])


def test_the_mock_is_there_without_configuration(ai: openai.OpenAI) -> None:
    assert [model.id for model in ai.models.list()] == ["mock"]


def test_a_call_costs_what_it_used_and_says_so(ai: openai.OpenAI, agent: Client, name: str) -> None:
    raw = ai.chat.completions.with_raw_response.create(model="mock", messages=HELLO)
    answer = raw.parse()
    assert answer.usage.prompt_tokens == HELLO_TOKENS
    assert answer.usage.completion_tokens == 16
    assert answer.choices[0].message.content.startswith("mock tok")
    assert raw.headers["X-EconoNexus-Cost-Ucr"] == str(COST)
    assert raw.headers["X-EconoNexus-Available-Ucr"] == str(1_000 - COST)
    assert int(raw.headers["X-EconoNexus-Waited-Ms"]) >= 0
    account = agent.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"]) == (1_000 - COST, 0)


def test_max_tokens_bounds_the_answer_and_its_price(ai: openai.OpenAI, agent: Client, name: str) -> None:
    answer = ai.chat.completions.create(model="mock", messages=HELLO, max_tokens=3)
    assert answer.usage.completion_tokens == 3
    assert agent.balance(name) == 1_000 - 15 - 30


def test_a_stream_is_settled_before_it_ends(ai: openai.OpenAI, agent: Client, name: str) -> None:
    stream = ai.chat.completions.create(
        model="mock", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert (
        "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        == "mock" + 15 * " tok"
    )
    assert chunks[-1].usage.completion_tokens == 16
    account = agent.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"]) == (1_000 - COST, 0)


def test_a_client_that_goes_away_pays_for_what_was_written(served: Served, admin: Client, name: str) -> None:
    key = admin.make("agents", id=name, credits_ucr=10**9)["key"]
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as ai:
        stream = ai.chat.completions.create(model="mock", messages=HELLO, stream=True, max_tokens=500_000)
        next(iter(stream))
        stream.close()
    deadline = time.monotonic() + 20
    while (account := admin.look(f"accounts/{name}"))["held_ucr"] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert account["held_ucr"] == 0
    assert 10**9 - 15 - 10 * 500_000 < account["balance_ucr"] < 10**9


@pytest.mark.parametrize("streamed", [False, True])
def test_of_sixty_four_callers_exactly_ten_are_served(
    served: Served, admin: Client, name: str, streamed: bool
) -> None:
    key = poor(served, admin, name, 10)
    served_calls, refused = [], []

    def call() -> None:
        with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as ai:
            try:
                answer = ai.chat.completions.create(model="mock", messages=HELLO, stream=streamed)
                served_calls.append(list(answer) if streamed else answer)
            except openai.APIStatusError as error:
                refused.append((error.status_code, error.code))

    threads = [threading.Thread(target=call) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(served_calls) == 10
    assert refused == [(402, "insufficient_funds")] * 54
    account = admin.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"]) == (0, 0)


def test_a_budget_above_the_agent_refuses_as_well(admin: Client, ai: openai.OpenAI, name: str) -> None:
    admin.make("budgets", id=name, limit_ucr=COST)
    ai.chat.completions.create(model="mock", messages=HELLO)
    with pytest.raises(openai.APIStatusError) as caught:
        ai.chat.completions.create(model="mock", messages=HELLO)
    assert (caught.value.status_code, caught.value.code) == (402, "budget_exhausted")
    assert caught.value.type == "insufficient_funds"


def test_a_run_is_limited_by_the_budget_of_its_name(
    admin: Client, served: Served, ai: openai.OpenAI, name: str
) -> None:
    admin.make("budgets", id=f"{name}-run", limit_ucr=COST)
    headers = {"X-EconoNexus-Run": f"{name}-run"}
    ai.chat.completions.create(model="mock", messages=HELLO, extra_headers=headers)
    with pytest.raises(openai.APIStatusError, match="A budget has less left"):
        ai.chat.completions.create(model="mock", messages=HELLO, extra_headers=headers)
    rows = admin.look("spend", by="agent,model,run")["rows"]
    of_run = {"agent": name, "model": "mock", "run": f"{name}-run"}
    assert {**of_run, "amount_ucr": COST, "times": 1, **PAID_ALL} in rows


def test_a_call_that_is_sent_again_is_another_call(ai: openai.OpenAI, agent: Client, name: str) -> None:
    for _ in range(2):
        ai.chat.completions.create(model="mock", messages=HELLO, extra_headers={"Idempotency-Key": name})
    assert agent.balance(name) == 1_000 - 2 * COST


def test_what_may_not_be_called_is_refused(
    served: Served, admin: Client, ai: openai.OpenAI, name: str
) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        ai.chat.completions.create(model="other", messages=HELLO)
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as wrong:
        ai.chat.completions.create(model="mock", messages=HELLO, max_tokens=0)
    assert (wrong.value.code, wrong.value.param) == ("invalid_input", "max_tokens")
    key = admin.make("agents", id=f"{name}x", credits_ucr=1_000, models=["gpt"])["key"]
    for secret, error in ((key, openai.PermissionDeniedError), ("enx_wrong", openai.AuthenticationError)):
        other = ai.with_options(api_key=secret)
        with pytest.raises(error):
            other.chat.completions.create(model="mock", messages=HELLO)


def test_nobody_else_names_a_reservation_like_the_gateways(agent: Client) -> None:
    assert agent.refusal("reservations", id="call-1", amount_ucr=1) == (400, "invalid_input", "id")


def test_prompts_and_answers_are_kept_nowhere(tmp_path: Path) -> None:
    words = "a secret between the two of us"
    with Served(tmp_path / "data") as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=10_000)["key"]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as ai:
            ai.chat.completions.create(model="mock", messages=[{"role": "user", "content": words}])
        _, errors = server.stop()
    assert words not in errors
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    assert words.encode() not in kept
    assert b" tok tok" not in kept


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/v1/completions", 404, "not_found"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_call_here_is_told_which_there_are(
    served: Served, method: str, path: str, status: int, code: str
) -> None:
    with served.client(None) as anybody:
        answer = anybody.request(method, path)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (status, code, "invalid_request_error")
    assert "POST /v1/chat/completions" in error["message"]


def test_who_is_no_agent_is_told_which_key_it_takes(served: Served, admin: Client) -> None:
    answer = admin.post("/v1/chat/completions", json={"model": "mock", "messages": HELLO})
    assert answer.status_code == 403
    assert answer.json()["error"]["message"].endswith("it takes a key of the role agent.")


def test_a_crash_gives_back_what_a_call_had_reserved_that_waited_for_a_market(tmp_path: Path) -> None:
    (tmp_path / "econonexus.toml").write_text('[gateway]\nmarket = "fair"\n')
    with Served(tmp_path / "data") as server, server.client() as admin:
        admin.make("resources", id="tokens", unit="token", capacity=1_000, period_ms=3_600_000)
        admin.make("markets", id="fair", resource="tokens", mechanism="weighted_fair", reserve_ucr=2)
        key = admin.make("agents", id="ann", credits_ucr=10**9)["key"]
        calls = threading.Thread(target=_hello, args=(server, key))
        calls.start()
        while not admin.look("accounts/ann")["held_ucr"]:
            calls.join(0.01)
        server.process.kill()
        server.process.wait()
        calls.join()
    with Served(tmp_path / "data") as server, server.client() as admin:
        account = admin.look("accounts/ann")
        assert (account["balance_ucr"], account["held_ucr"]) == (10**9, 0)


def _hello(served: Served, key: str) -> None:
    with (
        openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as ai,
        contextlib.suppress(openai.APIConnectionError),
    ):
        ai.chat.completions.create(model="mock", messages=HELLO)


def test_a_crash_in_the_middle_of_a_call_settles_it_in_full(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=10**9)["key"]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as ai:
            stream = ai.chat.completions.create(model="mock", messages=HELLO, stream=True, max_tokens=900_000)
            next(iter(stream))
            server.process.kill()
            server.process.wait()
    with Served(tmp_path / "data") as server, server.client() as admin:
        account = admin.look("accounts/ann")
        assert (account["balance_ucr"], account["held_ucr"]) == (10**9 - 15 - 9_000_000, 0)
