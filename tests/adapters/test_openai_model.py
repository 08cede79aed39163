"""Models behind a URL: what is tried again, what is not, and what a fault is called."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import httpcore2
import pytest

from econonexus.adapters import openai_model
from econonexus.adapters.openai_model import OpenAiModel
from econonexus.ports import ModelBroke, ModelRefused, ModelTimedOut, ModelUnavailable
from tests.upstream import DONE, Reply, Upstream, chat, chunk, error

CHAT = "chat/completions"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def model(upstream: Upstream) -> AsyncIterator[OpenAiModel]:
    model = OpenAiModel(upstream.url, "the-secret", retries=2)
    yield model
    await model.close()


async def test_the_request_goes_as_it_is_with_the_key(upstream: Upstream, model: OpenAiModel) -> None:
    await model.call(CHAT, b'{"model": "x"}')
    (asked,) = upstream.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {"model": "x"}
    assert asked.headers["Authorization"] == "Bearer the-secret"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_upstream_without_room_is_asked_again(
    upstream: Upstream, model: OpenAiModel, status: int
) -> None:
    upstream.script += [error(status, retry_after="0"), error(status, retry_after="0"), chat("at last")]
    assert b"at last" in await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 3


async def test_a_stream_is_asked_for_again_before_it_begins(upstream: Upstream, model: OpenAiModel) -> None:
    upstream.script += [error(502, retry_after="0"), Reply(events=[chunk("a"), DONE])]
    assert [event async for event in model.stream(CHAT, b"{}")] == [chunk("a"), DONE]


async def test_it_gives_up_after_its_retries_and_says_when_to_come_again(
    upstream: Upstream, model: OpenAiModel
) -> None:
    upstream.otherwise = error(503, retry_after="0")
    with pytest.raises(ModelUnavailable) as caught:
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 3
    assert caught.value.retry_after_s == 0


async def test_who_wants_to_be_left_alone_for_long_is_not_waited_for(
    upstream: Upstream, model: OpenAiModel
) -> None:
    upstream.otherwise = error(429, retry_after="3600")
    with pytest.raises(ModelUnavailable) as caught:
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 1
    assert caught.value.retry_after_s == 3_600


@pytest.mark.parametrize(
    "text",
    ["soon", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 -0000", "inf", "nan", "1e400"],
)
async def test_a_time_to_come_again_may_be_a_date_or_nonsense(upstream: Upstream, text: str) -> None:
    upstream.otherwise = error(429, retry_after=text)
    model = OpenAiModel(upstream.url, retries=0)
    with pytest.raises(ModelUnavailable) as caught:
        await model.call(CHAT, b"{}")
    assert caught.value.retry_after_s in (None, 0)
    await model.close()


async def test_a_port_where_nobody_listens_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_model, "FIRST_WAIT_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    model = OpenAiModel(f"http://127.0.0.1:{port}", retries=1)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await model.call(CHAT, b"{}")


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_what_it_declines_is_not_asked_again(
    upstream: Upstream, model: OpenAiModel, status: int
) -> None:
    upstream.otherwise = error(status, "you may not")
    with pytest.raises(ModelRefused, match=str(status)) as caught:
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 1
    assert b"you may not" in caught.value.body


async def test_a_redirect_is_not_followed_with_the_key(upstream: Upstream, model: OpenAiModel) -> None:
    upstream.otherwise = Reply(b"", 307, {"Location": f"{upstream.url}/elsewhere"})
    with pytest.raises(ModelRefused):
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 1


@pytest.mark.parametrize("streamed", [False, True])
async def test_who_says_nothing_for_too_long_is_not_asked_again(upstream: Upstream, streamed: bool) -> None:
    never = threading.Event()
    upstream.otherwise = Reply(hold=never)
    model = OpenAiModel(upstream.url, timeout_s=0.05, retries=2)
    with pytest.raises(ModelTimedOut):
        await (anext(model.stream(CHAT, b"{}")) if streamed else model.call(CHAT, b"{}"))
    assert len(upstream.asked) == 1
    never.set()
    await model.close()


@pytest.mark.parametrize("status", [504, 524])
async def test_what_somebody_between_gave_up_waiting_for_is_not_asked_again(
    upstream: Upstream, model: OpenAiModel, status: int
) -> None:
    upstream.otherwise = error(status, retry_after="0")
    with pytest.raises(ModelTimedOut):
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 1


async def test_a_key_that_is_quoted_is_not_passed_on(upstream: Upstream, model: OpenAiModel) -> None:
    upstream.otherwise = error(400, "the key the-secret is no good")
    with pytest.raises(ModelRefused) as caught:
        await model.call(CHAT, b"{}")
    assert b"the key *** is no good" in caught.value.body


async def test_an_event_without_an_end_is_not_waited_for(
    upstream: Upstream, model: OpenAiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_model, "MAX_EVENT_BYTES", 1_000)
    upstream.otherwise = Reply(events=[chunk("a"), *[b"data: " + b"x" * 100] * 100])
    events = model.stream(CHAT, b"{}")
    assert await anext(events) == chunk("a")
    with pytest.raises(ModelBroke, match="longer than 1000 bytes"):
        await anext(events)


async def test_an_answer_that_never_comes_is_not_asked_for_again(
    upstream: Upstream, model: OpenAiModel
) -> None:
    upstream.otherwise = Reply(cut=True)
    with pytest.raises(ModelBroke) as caught:
        await model.call(CHAT, b"{}")
    assert len(upstream.asked) == 1
    assert caught.value.used


async def test_a_stream_that_breaks_off_says_so_after_what_came(
    upstream: Upstream, model: OpenAiModel
) -> None:
    upstream.otherwise = Reply(events=[chunk("a")], cut=True)
    events = model.stream(CHAT, b"{}")
    assert await anext(events) == chunk("a")
    with pytest.raises(ModelBroke):
        await anext(events)


async def test_a_stream_must_be_one(upstream: Upstream, model: OpenAiModel) -> None:
    with pytest.raises(ModelBroke):
        await anext(model.stream(CHAT, b"{}"))


async def test_events_are_cut_where_they_end_however_they_come(
    upstream: Upstream, model: OpenAiModel
) -> None:
    pieces = [b": hello\r\n", b"\r", b"\ndata: 1\n\ndata: 2", b"\r\n\r\ndata: 3\r\r", b"data: 4"]
    upstream.otherwise = Reply(events=pieces)
    events = [event async for event in model.stream(CHAT, b"{}")]
    assert events == [b": hello\n\n", b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n", b"data: 4\n\n"]


async def test_no_fault_quotes_the_key_or_the_request(upstream: Upstream) -> None:
    model = OpenAiModel(upstream.url.replace("127.0.0.1", "no such host"), "the-secret", retries=0)
    with pytest.raises((ModelUnavailable, ModelBroke)) as caught:
        await model.call(CHAT, b"a private prompt")
    for error_ in (caught.value, caught.value.__cause__):
        assert "secret" not in repr(error_)
        assert "private" not in repr(error_)


async def test_hanging_up_is_noticed_by_the_upstream(upstream: Upstream, model: OpenAiModel) -> None:
    more = threading.Event()
    upstream.otherwise = Reply(events=[chunk("a"), more, *[chunk("b" * 10_000)] * 1_000])
    events = model.stream(CHAT, b"{}")
    await anext(events)
    await events.aclose()
    more.set()
    assert await asyncio.to_thread(upstream.hung_up.wait, 30)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://far/v1", b"far"),
        ("https://far:443/v1", b"far"),
        ("http://far:443/v1", b"far:443"),
        ("http://[::1]:8000/v1", b"[::1]:8000"),
    ],
)
def test_the_host_is_named_with_its_port_where_that_is_not_the_usual(url: str, host: bytes) -> None:
    assert openai_model._host(httpcore2.URL(url)) == host
