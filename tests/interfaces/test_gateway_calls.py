"""All that OpenAI's own client asks of the gateway: tools, responses, embeddings, streams of each."""

import math
from collections.abc import Iterator

import openai
import pytest

from tests.interfaces.served import Client, Served

HELLO = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
TOOL_BYTES = len('[{"type":"function","function":{"name":"look_up","parameters":{"type":"object"}}}]')
COST = 15 + 160
"""6 tokens read at 2.5 µcr, 16 written at 10."""


@pytest.fixture
def ai(served: Served, agent: Client) -> Iterator[openai.OpenAI]:
    """OpenAI's client with the key of an agent that has 1,000 µcr."""
    key = agent.headers["authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def stands(agent: Client, name: str) -> tuple[int, int]:
    account = agent.look(f"accounts/{name}")
    return account["balance_ucr"], account["held_ucr"]


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "look_up"}}], ids=["required", "named"]
)
def test_a_tool_that_is_asked_for_is_called(
    ai: openai.OpenAI, agent: Client, name: str, choice: object
) -> None:
    answer = ai.chat.completions.create(
        model="mock", messages=HELLO, tools=[TOOL], tool_choice=choice, max_tokens=4
    )
    (call,) = answer.choices[0].message.tool_calls
    assert (call.function.name, call.function.arguments.replace(" ", "")) == ("look_up", "{}")
    assert answer.choices[0].finish_reason == "tool_calls"
    read = 6 + 4 + math.ceil(TOOL_BYTES / 4)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (read, 4)
    assert stands(agent, name) == (1_000 - math.ceil(2.5 * read) - 40, 0)


def test_a_tools_result_goes_on_with_the_conversation(ai: openai.OpenAI) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    messages = [*HELLO, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c"}]
    answer = ai.chat.completions.create(model="mock", messages=messages, tools=[TOOL], max_tokens=1)
    assert answer.choices[0].message.content == "mock"


def test_tools_are_streamed_too(ai: openai.OpenAI, agent: Client, name: str) -> None:
    with ai.chat.completions.stream(
        model="mock", messages=HELLO, tools=[TOOL], tool_choice="required", max_tokens=4
    ) as stream:
        for _ in stream:
            pass
        (call,) = stream.get_final_completion().choices[0].message.tool_calls
    assert (call.function.name, call.function.arguments.replace(" ", "")) == ("look_up", "{}")
    assert stands(agent, name)[1] == 0


def test_several_answers_are_all_paid_for(ai: openai.OpenAI, agent: Client, name: str) -> None:
    answer = ai.chat.completions.create(model="mock", messages=HELLO, max_tokens=3, n=2)
    assert [choice.message.content for choice in answer.choices] == ["mock tok tok"] * 2
    assert stands(agent, name) == (1_000 - 15 - 2 * 30, 0)


def test_a_response_is_settled_like_a_chat(ai: openai.OpenAI, agent: Client, name: str) -> None:
    raw = ai.responses.with_raw_response.create(model="mock", input="hello")
    answer = raw.parse()
    assert answer.status == "completed"
    assert answer.output_text == "mock" + 15 * " tok"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (6, 16)
    assert raw.headers["X-EconoNexus-Cost-Ucr"] == str(COST)
    assert stands(agent, name) == (1_000 - COST, 0)


def test_a_response_is_streamed_event_by_event(ai: openai.OpenAI, agent: Client, name: str) -> None:
    with ai.responses.stream(model="mock", input=HELLO, instructions="four", max_output_tokens=3) as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        answer = stream.get_final_response()
    assert deltas == ["mock", " tok", " tok"]
    assert answer.output_text == "mock tok tok"
    # Hello is six tokens and the instructions five: four bytes and four for the text.
    assert stands(agent, name) == (1_000 - math.ceil(2.5 * 11) - 30, 0)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_response_calls_a_tool(ai: openai.OpenAI, streamed: bool) -> None:
    tool = {"type": "function", "name": "look_up", "parameters": {"type": "object"}, "strict": False}
    asked = {"model": "mock", "input": "hello", "tools": [tool], "tool_choice": "required"}
    if streamed:
        with ai.responses.stream(**asked) as stream:
            for _ in stream:
                pass
            answer = stream.get_final_response()
    else:
        answer = ai.responses.create(**asked)
    (call,) = answer.output
    assert (call.type, call.name, call.arguments.replace(" ", "")) == ("function_call", "look_up", "{}")


@pytest.mark.parametrize("fields", [{"previous_response_id": "resp_1"}, {"background": True}])
def test_a_response_that_cannot_be_bounded_is_refused(ai: openai.OpenAI, fields: dict[str, object]) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ai.responses.create(model="mock", input="hello", **fields)
    assert (caught.value.code, caught.value.param) == ("invalid_input", next(iter(fields)))


def test_embeddings_cost_what_is_read(ai: openai.OpenAI, agent: Client, name: str) -> None:
    raw = ai.embeddings.with_raw_response.create(model="mock", input=["hello", "hello", "goodbye"])
    answer = raw.parse()
    first, again, other = (each.embedding for each in answer.data)
    assert len(first) == 64
    assert first == again != other
    assert math.isclose(math.hypot(*other), 1, rel_tol=1e-6)
    assert answer.usage.prompt_tokens == 6 + 6 + 6
    assert raw.headers["X-EconoNexus-Cost-Ucr"] == str(45)
    assert stands(agent, name) == (1_000 - 45, 0)


def test_an_embedding_is_the_same_however_it_is_written(ai: openai.OpenAI) -> None:
    coded = ai.embeddings.create(model="mock", input="hello", dimensions=8)  # The client asks for base64.
    plain = ai.embeddings.create(model="mock", input="hello", dimensions=8, encoding_format="float")
    for one, other in zip(coded.data[0].embedding, plain.data[0].embedding, strict=True):
        assert math.isclose(one, other, rel_tol=1e-6)


@pytest.mark.parametrize(("given", "tokens", "vectors"), [([1, 2, 3], 3, 1), ([[1, 2], [3]], 3, 2)])
def test_embeddings_of_tokens_cost_so_many(
    ai: openai.OpenAI, given: list[int] | list[list[int]], tokens: int, vectors: int
) -> None:
    answer = ai.embeddings.create(model="mock", input=given)
    assert (answer.usage.prompt_tokens, len(answer.data)) == (tokens, vectors)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", None),
        ("{", None),
        ('{"messages": [{"role": "user"}]}', "model"),
        ('{"model": 1, "messages": [{"role": "user"}]}', "model"),
        ('{"model": "mock"}', "messages"),
        ('{"model": "mock", "messages": []}', "messages"),
        ('{"model": "mock", "messages": {}}', "messages"),
        ('{"model": "mock", "messages": [1]}', "messages[0]"),
        ('{"model": "mock", "messages": [{"content": "x"}]}', "messages[0]"),
        ('{"model": "mock", "messages": [{"role": "user", "content": [1]}]}', "messages[0].content"),
        ('{"model": "mock", "messages": [{"role": "user"}], "max_tokens": "1"}', "max_tokens"),
        ('{"model": "mock", "messages": [{"role": "user"}], "max_tokens": 1e9}', "max_tokens"),
        ('{"model": "mock", "messages": [{"role": "user"}], "n": 0}', "n"),
        ('{"model": "mock", "messages": [{"role": "user"}], "stream": 1}', "stream"),
        ('{"model": "mock", "messages": [{"role": "user"}], "tools": {}}', "tools"),
    ],
)
def test_bad_input_is_named_by_its_field(agent: Client, body: str, field: str | None) -> None:
    answer = agent.post("/v1/chat/completions", content=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"], error["type"]) == ("invalid_input", field, "invalid_request_error")


@pytest.mark.parametrize("path", ["responses", "embeddings"])
@pytest.mark.parametrize("given", ["null", "[]", "1", "[null]"])
def test_bad_input_of_the_other_calls_is_named_too(agent: Client, path: str, given: str) -> None:
    answer = agent.post(f"/v1/{path}", content='{"model": "mock", "input": ' + given + "}")
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith("input")


def test_what_is_available_is_the_least_of_wallet_and_budgets(
    admin: Client, served: Served, name: str
) -> None:
    admin.make("budgets", id=f"{name}-org", limit_ucr=900)
    admin.make("budgets", id=f"{name}-run", parent=f"{name}-org", limit_ucr=700)
    admin.make("teams", id=f"{name}t", budget=f"{name}-org")
    key = admin.make("agents", id=name, team=f"{name}t", credits_ucr=1_000)["key"]
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0) as ai:
        headers = {"X-EconoNexus-Run": f"{name}-run"}
        create = ai.chat.completions.with_raw_response.create
        first = create(model="mock", messages=HELLO)
        second = create(model="mock", messages=HELLO, extra_headers=headers)
    assert first.headers["X-EconoNexus-Available-Ucr"] == str(900 - COST)
    assert second.headers["X-EconoNexus-Available-Ucr"] == str(700 - COST)
