"""Streams that reserve as they go, and models that write past their bound."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.interfaces.calling import GPT, HELLO, READ, client, configured, stands, usages
from tests.interfaces.served import Client, Served
from tests.upstream import DONE, Reply, Upstream, chat, chat_usage, chunk

STEP = 10
STEPWISE = GPT + f"\n[gateway]\nstream_step_tokens = {STEP}\n"


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def fresh(far: Upstream) -> None:
    far.asked.clear()
    far.script.clear()
    far.hung_up.clear()


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with configured(tmp_path_factory.mktemp("steps"), STEPWISE, url=far.url) as server:
        yield server


def streaming(served: Served, admin: Client, name: str, credits_: int) -> openai.OpenAI:
    """The client of an agent with so much money."""
    return client(served, str(admin.make("agents", id=name, credits_ucr=credits_)["key"]))


def test_a_stream_reserves_step_by_step(served: Served, admin: Client, far: Upstream, name: str) -> None:
    """Two µcr a token written: ten, then ten more, then what is left of its bound of 25."""
    gates = [threading.Event() for _ in range(3)]
    ten = [chunk("word")] * 10
    five = [chunk("word")] * 5
    far.script.append(Reply(events=[*ten[1:], gates[0], *ten, gates[1], *five, gates[2], chunk("x"), DONE]))
    with streaming(served, admin, name, 1_000) as ai:
        stream = iter(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=25, stream=True))
        for number, reserved, gate in ((9, 10, 0), (10, 20, 1), (5, 25, 2)):
            for _ in range(number):
                next(stream)
            assert stands(admin, name) == (1_000, READ + 2 * reserved)
            gates[gate].set()
        assert len(list(stream)) == 1
    assert stands(admin, name) == (1_000 - READ - 2 * 25, 0)


def test_a_stream_ends_where_the_money_does(served: Served, admin: Client, far: Upstream, name: str) -> None:
    far.script.append(Reply(events=[chunk("word")] * 10_000))
    with streaming(served, admin, name, READ + 2 * STEP + 5) as ai:
        stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1_000, stream=True)
        words = []
        with pytest.raises(openai.APIError, match="less available") as caught:
            words.extend(stream)
    assert caught.value.code == "insufficient_funds"
    assert stands(admin, name) == (5, 0)
    assert far.hung_up.wait(30)


def test_the_provider_is_believed_where_it_counts_otherwise(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """It wrote seven tokens in the first piece, and says so; one more piece is one more token."""
    far.script.append(Reply(events=[chunk("a"), chunk(usage=chat_usage(READ, 7)), chunk("b"), DONE]))
    with streaming(served, admin, name, 1_000) as ai:
        list(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=9, stream=True))
    assert stands(admin, name) == (1_000 - READ - 2 * 8, 0)


def test_a_model_that_writes_past_its_bound_is_paid_while_there_is_money(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    far.script.append(Reply(events=[*[chunk("word")] * 8, DONE]))
    with streaming(served, admin, name, 1_000) as ai:
        got = list(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True))
    assert len(got) == 8
    assert stands(admin, name) == (1_000 - READ - 2 * 8, 0)


def test_a_model_that_writes_past_its_bound_is_stopped_where_there_is_none(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """The sixth token is one too many: it is not passed on, and there is nothing to pay it from."""
    far.script.append(Reply(events=[chunk("word")] * 10_000))
    with streaming(served, admin, name, READ + 2 * 5) as ai:
        stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True)
        got = []
        with pytest.raises(openai.APIError, match="less available"):
            got.extend(stream)
    assert stands(admin, name) == (0, 0)
    assert far.hung_up.wait(30)


def test_use_that_could_not_be_paid_is_written_down(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    far.script.append(Reply(events=[chunk("a"), chunk(usage=chat_usage(READ + 90, 1)), DONE]))
    with streaming(served, admin, name, READ + 2 + 10) as ai:
        list(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1, stream=True))
    assert stands(admin, name) == (10, 0)
    (recorded,) = usages(admin, name)
    assert (recorded["amount"], recorded["refused"]) == (90, "insufficient_funds")


def test_usage_that_comes_with_every_piece_does_not_go_before_the_money(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """As some upstreams have it where `stream_options` asks for it: ten tokens were paid for, and no more."""
    pieces = [
        chunk("word").replace(b'"usage": null', b'"usage": %s' % json.dumps(chat_usage(READ, n)).encode())
        for n in range(1, 101)
    ]
    far.script.append(Reply(events=[*pieces, DONE]))
    with streaming(served, admin, name, READ + 2 * STEP + 5) as ai:
        stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1_000, stream=True)
        got = []
        with pytest.raises(openai.APIError, match="less available"):
            got.extend(stream)
    assert len(got) == STEP - 1
    assert stands(admin, name) == (5, 0)
    assert usages(admin, name) == []


def test_long_tokens_within_the_bound_are_not_taken_for_more(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """Five tokens of eight bytes: were every four bytes one, they would be ten, and not paid for."""
    far.script.append(Reply(events=[*[chunk("12345678")] * 5, DONE]))
    with streaming(served, admin, name, READ + 2 * 5) as ai:
        got = list(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True))
    assert len(got) == 5
    assert stands(admin, name) == (0, 0)


def test_a_model_that_writes_past_its_bound_in_one_piece_is_seen(
    served: Served, admin: Client, far: Upstream, name: str
) -> None:
    """160 bytes are ten tokens at least, where five were paid for."""
    far.script.append(Reply(events=[chunk("x" * 160), DONE]))
    with streaming(served, admin, name, READ + 2 * 5) as ai:
        stream = ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True)
        with pytest.raises(openai.APIError, match="less available"):
            list(stream)
    assert stands(admin, name) == (0, 0)


@pytest.mark.parametrize(
    "delta",
    [
        {"function_call": {"name": "f", "arguments": "abcd"}},
        {"tool_calls": [{"index": 0, "type": "custom", "custom": {"input": "abcd"}}]},
    ],
)
def test_whatever_is_written_is_counted(
    served: Served, admin: Client, far: Upstream, name: str, delta: dict[str, Any]
) -> None:
    far.script.append(Reply(events=[chunk(**delta)] * 3, cut=True))
    with streaming(served, admin, name, 1_000) as ai, pytest.raises(openai.APIError):
        list(ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=5, stream=True))
    assert stands(admin, name) == (1_000 - READ - 2 * 3, 0)


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_the_bound_goes_upstream_by_the_field_that_is_heeded_there(
    served: Served, admin: Client, far: Upstream, name: str, field: str
) -> None:
    far.script.append(Reply(chat().body))
    with streaming(served, admin, name, 1_000) as ai:
        ai.chat.completions.create(model="gpt", messages=HELLO, **{field: 7})
    assert far.asked[-1].body == {"model": "gpt", "messages": HELLO, "max_tokens": 7}
