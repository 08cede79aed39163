"""Calls of models that an upstream has: a real HTTP server, by OpenAI's own client, with prices of ours."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.interfaces.served import ADMIN_KEY, Client, Served
from tests.upstream import DONE, Reply, Upstream, chat, chat_usage, chunk, error

HELLO = [{"role": "user", "content": "hello"}]
BOUND = 4 + 5 + 16
"""Four tokens for the message, five bytes at a byte each, sixteen for whatever the upstream adds."""
SECRET = "sk-the-upstream's-own"
SETTINGS = """
[upstreams.far]
url = "{url}"
key_env = "FAR_KEY"
timeout_s = 20
retries = 1

[models.gpt]
upstream = "far"
name = "far-model"
max_output_tokens = 100
[models.gpt.prices.credit]
input_ucr = 1_000_000     # 1 µcr a token
cached_ucr = 100_000
output_ucr = 2_000_000

[models.seeing]
upstream = "far"
part_tokens = 500
context_tokens = 2_000
[models.seeing.prices.credit]
input_ucr = 1_000_000
output_ucr = 1_000_000

[models.unpriced]
upstream = "far"
[models.unpriced.prices.usd]
input_ucr = 1

[models.slow]
upstream = "mock"
first_token_ms = 1
token_ms = 1
[models.slow.prices.credit]
input_ucr = 0
output_ucr = 1_000_000
"""


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def fresh(far: Upstream) -> None:
    far.asked.clear()
    far.script.clear()
    far.otherwise = chat()


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("far")
    (folder / "econonexus.toml").write_text(SETTINGS.format(url=far.url))
    environment = {"ECONONEXUS_ADMIN_KEY": ADMIN_KEY, "FAR_KEY": SECRET}
    with Served(folder / "data", environment=environment) as server:
        yield server


@pytest.fixture
def ai(served: Served, agent: Client) -> Iterator[openai.OpenAI]:
    """OpenAI's client with the key of an agent that has 1,000 µcr."""
    key = agent.headers["authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def stands(agent: Client, name: str) -> tuple[int, int]:
    account = agent.look(f"accounts/{name}")
    return account["balance_ucr"], account["held_ucr"]


def refusal(call: Any) -> tuple[int, str, str | None]:
    with pytest.raises(openai.APIStatusError) as caught:
        call()
    return caught.value.status_code, caught.value.code, caught.value.param


def test_all_models_are_listed(ai: openai.OpenAI) -> None:
    assert [(model.id, model.owned_by) for model in ai.models.list()] == [
        ("mock", "mock"), ("gpt", "far"), ("seeing", "far"), ("unpriced", "far"), ("slow", "mock"),
    ]  # fmt: skip


def test_an_agent_is_shown_what_it_may_call(served: Served, admin: Client, name: str) -> None:
    key = admin.make("agents", id=name, models=["gpt", "slow"])["key"]
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as ai:
        assert [model.id for model in ai.models.list()] == ["gpt", "slow"]
        assert ai.models.retrieve("slow").owned_by == "mock"
        assert refusal(lambda: ai.models.retrieve("seeing")) == (404, "model_not_found", "model")


def test_a_call_goes_upstream_under_its_name_and_costs_what_was_reported(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    far.script.append(chat("Hello!", read=20, written=4, cached=10))
    raw = ai.chat.completions.with_raw_response.create(
        model="gpt", messages=HELLO, max_tokens=10, temperature=0.5
    )
    assert raw.parse().choices[0].message.content == "Hello!"
    (asked,) = far.asked
    assert asked.body == {"model": "far-model", "messages": HELLO, "max_tokens": 10, "temperature": 0.5}
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert raw.headers["X-EconoNexus-Cost-Ucr"] == str(10 + 1 + 8)
    assert stands(agent, name) == (1_000 - 19, 0)


def test_what_is_reserved_is_a_bound(far: Upstream, ai: openai.OpenAI, agent: Client, name: str) -> None:
    arrived, go = far.arrived, threading.Event()
    while arrived.acquire(blocking=False):
        pass
    far.script.append(chat()._replace(hold=go))
    thread = threading.Thread(
        target=lambda: ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=10, n=3)
    )
    thread.start()
    assert arrived.acquire(timeout=30)
    assert stands(agent, name) == (1_000, BOUND + 2 * 10 * 3)
    go.set()
    thread.join()
    assert stands(agent, name) == (1_000 - 9 - 6, 0)


def test_tools_and_all_that_is_not_known_to_be_free_is_counted(
    far: Upstream, ai: openai.OpenAI, name: str
) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "x" * 2_000}}
    status, code, _ = refusal(
        lambda: ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1, tools=[tool])
    )
    assert (status, code) == (402, "insufficient_funds")
    extra = {"documents": ["x" * 2_000]}
    assert refusal(
        lambda: ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1, extra_body=extra)
    )[:2] == (402, "insufficient_funds")
    assert far.asked == []


def test_a_call_without_a_bound_is_given_one(far: Upstream, ai: openai.OpenAI) -> None:
    ai.chat.completions.create(model="gpt", messages=HELLO)
    assert far.asked[0].body["max_tokens"] == 100


def test_the_bound_is_learned_from_what_answers_had(far: Upstream, ai: openai.OpenAI) -> None:
    """Five answers of 40 tokens: 40 at last, as a longest of 40 - 2 does not count for less; so 80."""
    far.otherwise = chat(written=40)
    for _ in range(6):
        ai.chat.completions.create(model="gpt", messages=HELLO)
    assert [asked.body["max_tokens"] for asked in far.asked] == [100] * 5 + [80]


def test_cached_tokens_are_no_more_than_were_read(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    far.script.append(chat(read=5, written=1, cached=1_000))
    ai.chat.completions.create(model="gpt", messages=HELLO)
    assert stands(agent, name) == (1_000 - 1 - 2, 0)  # Five at a tenth of a µcr, rounded up with the rest.


def test_use_above_the_reservation_is_paid_while_there_is_money(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    far.script += [chat(read=500, written=1), chat(read=10_000, written=1)]
    ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1)
    assert stands(agent, name) == (1_000 - 502, 0)
    ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1)
    assert stands(agent, name) == (1_000 - 502 - BOUND - 2, 0)


def test_an_answer_without_usage_is_settled_in_full(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    answer = chat().body
    assert isinstance(answer, dict)
    far.script.append(Reply({**answer, "usage": None}))
    ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=10)
    assert stands(agent, name) == (1_000 - BOUND - 20, 0)


def test_a_stream_passes_through_and_its_usage_is_always_asked_for(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    events = [chunk("", role="assistant"), chunk("Hi"), chunk("!", logprobs=1), chunk(usage=chat_usage(8, 2))]
    for wanted in (False, True):
        far.script.append(Reply(events=[*events, DONE]))
        options = {"include_usage": True} if wanted else openai.omit
        stream = ai.chat.completions.create(
            model="gpt", messages=HELLO, stream=True, stream_options=options, max_tokens=5
        )
        got = list(stream)
        assert [each.choices[0].delta.content for each in got if each.choices] == ["", "Hi", "!"]
        assert [each.usage.total_tokens for each in got if each.usage] == ([10] if wanted else [])
        assert far.asked[-1].body["stream_options"] == {"include_usage": True}
    assert stands(agent, name) == (1_000 - 2 * (8 + 4), 0)


def test_a_stream_that_reports_nothing_is_counted(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    far.script.append(Reply(events=[chunk("a"), chunk("b"), chunk("twelve bytes"), DONE]))
    list(ai.chat.completions.create(model="gpt", messages=HELLO, stream=True, max_tokens=5))
    written = 4  # 14 bytes at four a token, rounded up; more than the three pieces they came in.
    assert stands(agent, name) == (1_000 - BOUND - 2 * written, 0)


RESPONSE = {
    "id": "resp_far",
    "object": "response",
    "created_at": 1,
    "model": "far-model",
    "status": "completed",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [],
    "usage": {
        "input_tokens": 20,
        "input_tokens_details": {"cached_tokens": 10},
        "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 24,
    },
}


def test_responses_go_upstream_bounded_and_cost_what_they_report(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    said = {"type": "response.completed", "sequence_number": 0, "response": RESPONSE}
    event = b"event: response.completed\ndata: " + json.dumps(said).encode() + b"\n\n"
    far.script += [Reply(RESPONSE), Reply(events=[event])]
    assert ai.responses.create(model="gpt", input="hello").id == "resp_far"
    (last,) = ai.responses.create(model="gpt", input="hello", stream=True)
    assert last.type == "response.completed"
    bound = {"model": "far-model", "input": "hello", "max_output_tokens": 100}
    assert [asked.body for asked in far.asked] == [bound, bound | {"stream": True}]
    assert [asked.path for asked in far.asked] == ["/v1/responses"] * 2
    assert stands(agent, name) == (1_000 - 2 * (10 + 1 + 8), 0)


def test_embeddings_go_upstream_as_they_are(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    far.script.append(Reply({"object": "list", "data": [vector], "model": "far-model", "usage": usage}))
    answer = ai.embeddings.create(model="gpt", input="hello", encoding_format="float")
    assert answer.data[0].embedding == [0.5, 0.25]
    assert far.asked[0].body == {"model": "far-model", "input": "hello", "encoding_format": "float"}
    assert stands(agent, name) == (1_000 - 2, 0)


def test_an_upstreams_own_error_in_a_stream_is_passed_on(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    broken = b'data: {"error": {"message": "overheated", "type": "server_error"}}\n\n'
    far.script.append(Reply(events=[chunk("a"), broken]))
    stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True)
    with pytest.raises(openai.APIError, match="overheated"):
        list(stream)
    assert stands(agent, name) == (1_000 - BOUND - 2, 0)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([error(400, "too long"), error(400)], (400, None)),
        ([error(401, SECRET), error(401)], (502, "upstream_refused")),
        ([error(429, retry_after="0"), error(429, retry_after="7")], (503, "model_unavailable")),
        ([error(500, retry_after="0"), error(503, retry_after="0")], (503, "model_unavailable")),
    ],
)
def test_what_the_upstream_declines_costs_nothing(
    far: Upstream,
    ai: openai.OpenAI,
    agent: Client,
    name: str,
    answers: list[Reply],
    told: tuple[int, str | None],
    streamed: bool,
) -> None:
    far.script += answers
    with pytest.raises(openai.APIStatusError) as caught:
        ai.chat.completions.create(model="gpt", messages=HELLO, stream=streamed)
    assert (caught.value.status_code, caught.value.code) == told
    assert SECRET not in caught.value.response.text
    if told[0] == 503:
        assert int(caught.value.response.headers["Retry-After"]) in (1, 7)
    assert stands(agent, name) == (1_000, 0)


def test_a_connection_that_breaks_before_an_answer_is_settled_in_full(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    for streamed in (False, True):
        far.script.append(Reply(cut=True))
        told = refusal(
            lambda streamed=streamed: ai.chat.completions.create(
                model="gpt", messages=HELLO, max_tokens=10, stream=streamed
            )
        )
        assert told[:2] == (502, "model_broke")
    assert stands(agent, name) == (1_000 - 2 * (BOUND + 20), 0)


def test_a_stream_that_breaks_off_is_settled_by_what_came_and_says_so(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    far.script.append(Reply(events=[chunk("a"), chunk("b")], cut=True))
    stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=10, stream=True)
    with pytest.raises(openai.APIError, match="broke off"):
        list(stream)
    assert stands(agent, name) == (1_000 - BOUND - 4, 0)


def test_parts_that_are_no_text_need_a_bound(
    far: Upstream, ai: openai.OpenAI, agent: Client, name: str
) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.org/" + "x" * 300}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "hello"}, image]}]
    told = refusal(lambda: ai.chat.completions.create(model="gpt", messages=messages, max_tokens=1))
    assert told == (400, "invalid_input", "messages")
    answer = chat(read=400).body
    assert isinstance(answer, dict)
    far.script.append(Reply({**answer, "usage": None}))
    ai.chat.completions.create(model="seeing", messages=messages, max_tokens=1)
    assert stands(agent, name) == (1_000 - BOUND - 500 - 1, 0)
    assert far.asked[0].body["messages"] == messages


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_tier", "priority"),
        ("web_search_options", {}),
        ("modalities", ["text", "audio"]),
        ("tools", [{"type": "web_search"}]),
    ],
)
def test_what_has_no_price_is_refused(ai: openai.OpenAI, field: str, value: Any) -> None:
    told = refusal(lambda: ai.chat.completions.create(model="gpt", messages=HELLO, extra_body={field: value}))
    assert told == (400, "invalid_input", field)


def test_an_account_pays_in_its_own_asset_or_not_at_all(ai: openai.OpenAI) -> None:
    told = refusal(lambda: ai.chat.completions.create(model="unpriced", messages=HELLO))
    assert told == (400, "unknown_price", "model")


def test_other_mocks_take_their_time(ai: openai.OpenAI, agent: Client, name: str) -> None:
    ai.chat.completions.create(model="slow", messages=HELLO, max_tokens=5)
    assert stands(agent, name) == (1_000 - 5, 0)


def test_neither_keys_nor_prompts_nor_answers_are_kept_or_logged(tmp_path: Path, far: Upstream) -> None:
    (tmp_path / "econonexus.toml").write_text(SETTINGS.format(url=far.url))
    words, answer = "a secret between the two of us", "the answer is forty-two"
    environment = {"ECONONEXUS_ADMIN_KEY": ADMIN_KEY, "FAR_KEY": SECRET}
    with Served(tmp_path / "data", environment=environment) as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=100_000)["key"]
        said = [{"role": "user", "content": words}]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as ai:
            far.script += [chat(answer), Reply(events=[chunk(answer)], cut=True), error(401, answer)]
            ai.chat.completions.create(model="gpt", messages=said, max_tokens=10)
            for streamed in (True, False):
                with pytest.raises(openai.APIError):
                    list(ai.chat.completions.create(model="gpt", messages=said, stream=streamed))
            with pytest.raises(openai.APIStatusError):
                ai.chat.completions.create(model="gpt", messages=said, max_tokens=0)
        _, errors = server.stop()
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    for secret in (words, answer, SECRET, key):
        assert secret not in errors
        assert secret.encode() not in kept
