"""What every model promises, whoever has it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from econonexus.dialect.answers import data_of
from econonexus.ports import Model, ModelRefused
from tests.conformance.model import FACTORIES, Factory

HELLO = [{"role": "user", "content": "hello"}]
DONE = b"data: [DONE]\n\n"


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.name)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[Model]:
    factory: Factory = request.param
    async with asynccontextmanager(factory.model)() as model:
        yield model


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "mock", **fields}).encode()


async def test_a_chat_is_answered_whole_with_its_usage(model: Model) -> None:
    answer = json.loads(await model.call("chat/completions", body(messages=HELLO, max_tokens=3)))
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "mock tok tok"}
    assert answer["usage"] == {"prompt_tokens": 6, "completion_tokens": 3, "total_tokens": 9}


async def test_a_stream_comes_event_by_event_each_with_its_end(model: Model) -> None:
    asked = body(messages=HELLO, max_tokens=3, stream=True, stream_options={"include_usage": True})
    events = [event async for event in model.stream("chat/completions", asked)]
    assert all(event.startswith(b"data: ") and event.endswith(b"\n\n") for event in events)
    assert all(event.count(b"\n\n") == 1 for event in events)
    chunks = [json.loads(data_of(event)) for event in events[:-1]]
    words = [choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"]]
    assert "".join(words) == "mock tok tok"
    assert chunks[-1]["usage"]["completion_tokens"] == 3
    assert events[-1] == DONE


async def test_a_response_and_embeddings_are_answered_too(model: Model) -> None:
    response = json.loads(await model.call("responses", body(input="hello", max_output_tokens=2)))
    assert response["output"][0]["content"][0]["text"] == "mock tok"
    vectors = json.loads(await model.call("embeddings", body(input=["a", "b"], dimensions=8)))
    assert [len(each["embedding"]) for each in vectors["data"]] == [8, 8]


async def test_what_it_declines_is_a_refusal_with_its_own_word(model: Model) -> None:
    for refused in (model.call("chat/completions", body()), _all(model, body())):
        with pytest.raises(ModelRefused) as caught:
            await refused
        assert caught.value.status == 400
        assert not caught.value.used
        assert json.loads(caught.value.body)["error"]["param"] == "messages"


async def _all(model: Model, asked: bytes) -> list[bytes]:
    return [event async for event in model.stream("chat/completions", asked)]


async def test_a_stream_may_be_left_and_others_begun(model: Model) -> None:
    asked = body(messages=HELLO, max_tokens=10_000, stream=True)
    for _ in range(3):
        events = model.stream("chat/completions", asked)
        assert b"assistant" in await anext(events)
        await events.aclose()
    answer = json.loads(await model.call("chat/completions", body(messages=HELLO)))
    assert answer["usage"]["completion_tokens"] == 16


async def test_many_calls_go_side_by_side(model: Model) -> None:
    asked = [body(messages=HELLO, max_tokens=number) for number in range(1, 33)]
    answers = await asyncio.gather(*(model.call("chat/completions", each) for each in asked))
    assert [json.loads(each)["usage"]["completion_tokens"] for each in answers] == list(range(1, 33))


async def test_it_may_be_closed_twice(model: Model) -> None:
    await model.call("embeddings", body(input="hello"))
    await model.close()
    await model.close()
