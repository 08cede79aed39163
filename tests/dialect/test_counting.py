"""What a request counts as: worked by hand, and never less than what a model would read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.dialect.answers import NOTHING
from econonexus.dialect.counting import MOCKS, Counting, NotUnderstood, Usage, written
from econonexus.dialect.requests import Ask
from econonexus.dialect.speech import CHAT, EMBEDDINGS, RESPONSES, Dialect

BYTES = Counting(bytes_per_token=1, per_text=4, per_call=16)


def read(dialect: Dialect, **fields: Any) -> Ask:
    return dialect.read(json.dumps({"model": "m", **fields}).encode())


def user(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


@pytest.mark.parametrize(
    ("messages", "tokens"),
    [
        ([user("")], 4),
        ([user(None)], 4),
        ([user("hello")], 4 + 2),
        ([user("hello"), user("hello")], 12),
        ([user("é")], 4 + 1),  # Two bytes, however it is escaped.
        ([user('"\n\\"')], 4 + 1),
        ([user([{"type": "text", "text": "hello"}, {"type": "text", "text": "abc"}])], 4 + 2),
        ([user("hello", name="bob")], 4 + 2),  # Eight bytes.
        ([{"role": "assistant", "refusal": "no"}], 4 + 1),
    ],
)
def test_a_chat_counts_as_its_texts_at_four_bytes_a_token(messages: list[Any], tokens: int) -> None:
    assert MOCKS.tokens(read(CHAT, messages=messages).prompt) == tokens


@pytest.mark.parametrize("field", ["tools", "functions", "response_format", "prediction", "documents"])
def test_whatever_else_a_model_may_read_counts_by_its_bytes(field: str) -> None:
    value = [{"type": "function", "x": "y" * 100}]
    bare, more = read(CHAT, messages=[user("a")]), read(CHAT, messages=[user("a")], **{field: value})
    sent = len(json.dumps(value))
    assert BYTES.tokens(bare.prompt) == 16 + 4 + 1
    assert BYTES.tokens(more.prompt) == 16 + 4 + 1 + 4 + sent


def test_what_costs_nothing_counts_as_nothing() -> None:
    plain = read(CHAT, messages=[user("a")])
    tuned = read(CHAT, messages=[user("a")], temperature=0.5, seed=1, stop=["x"], user="u", stream=True)
    assert plain.prompt == tuned.prompt


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_text_is_counted_for_less_than_its_bytes(texts: list[str]) -> None:
    """A token of a model that reads bytes has one at least."""
    size = sum(len(text.encode()) for text in texts)
    messages = [user(text) for text in texts]
    asks = [
        read(CHAT, messages=messages),
        read(CHAT, messages=[user([{"type": "text", "text": text}]) for text in texts]),
        read(RESPONSES, input=messages),
        read(RESPONSES, input="", instructions="".join(texts)),
        read(EMBEDDINGS, input=texts),
    ]
    assert all(BYTES.tokens(ask.prompt) >= size for ask in asks)


def test_a_response_counts_what_went_before_it() -> None:
    items = [user("hello"), {"type": "function_call_output", "call_id": "c", "output": "12345678"}]
    assert MOCKS.tokens(read(RESPONSES, input=items).prompt) == 6 + 4 + 3  # The call's id is a byte.


def test_what_is_no_text_counts_as_its_bound_or_is_refused() -> None:
    prompt = read(CHAT, messages=[user([{"type": "image_url", "image_url": {}}])]).prompt
    assert Counting(per_call=0, per_part=500).tokens(prompt) == 4 + 500
    with pytest.raises(NotUnderstood) as refused:
        BYTES.tokens(prompt)
    assert refused.value.field == "messages"


@pytest.mark.parametrize("field", ["previous_response_id", "conversation", "prompt"])
def test_what_is_elsewhere_counts_as_all_the_model_can_read(field: str) -> None:
    prompt = read(RESPONSES, input="hello", **{field: "x"}).prompt
    assert Counting(context=8_000).tokens(prompt) == 8_000
    with pytest.raises(NotUnderstood) as refused:
        BYTES.tokens(prompt)
    assert refused.value.field == field


def test_no_prompt_counts_for_more_than_the_model_can_read() -> None:
    assert Counting(context=100).tokens(read(CHAT, messages=[user("x" * 1_000)]).prompt) == 100


def test_the_later_of_two_fields_counts_and_is_what_is_sent() -> None:
    ask = CHAT.read(b'{"model":"m","max_tokens":1,"messages":[{"role":"user"}],"max_tokens":9}')
    assert ask.bound == 9
    assert bytes(ask.fields["max_tokens"]) == b"9"


def test_the_greater_of_two_bounds_counts() -> None:
    assert read(CHAT, messages=[user("a")], max_tokens=3, max_completion_tokens=7).bound == 7


@pytest.mark.parametrize(("pieces", "size", "tokens"), [(0, 0, 0), (3, 3, 3), (1, 9, 3), (2, 8, 2)])
def test_what_is_written_counts_by_piece_or_by_byte(pieces: int, size: int, tokens: int) -> None:
    assert written(pieces, size) == tokens


@pytest.mark.parametrize(
    ("dialect", "answer", "used"),
    [
        (CHAT, {"usage": {"prompt_tokens": 5, "completion_tokens": 2}}, Usage(5, 2, 0)),
        (
            CHAT,
            {"usage": {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 3}}},
            Usage(5, 0, 3),
        ),
        (
            CHAT,
            {"usage": {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}},
            Usage(5, 0, 5),
        ),
        (CHAT, {"usage": {"prompt_tokens": -5, "completion_tokens": 2}}, None),
        (CHAT, {"usage": {"prompt_tokens": 1e300}}, None),
        (CHAT, {"usage": None}, None),
        (CHAT, [], None),
        (RESPONSES, {"usage": {"input_tokens": 5, "output_tokens": 2}}, Usage(5, 2, 0)),
        (EMBEDDINGS, {"usage": {"prompt_tokens": 5, "total_tokens": 5}}, Usage(5, 0, 0)),
    ],
)
def test_usage_is_what_is_reported_or_not_known(dialect: Dialect, answer: Any, used: Usage | None) -> None:
    assert dialect.usage(json.dumps(answer).encode()) == used


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("dialect", [CHAT, RESPONSES, EMBEDDINGS])
@pytest.mark.parametrize("value", [DEEP, b'"\xff\\n"'])
def test_what_cannot_be_read_is_the_senders_fault(dialect: Dialect, value: bytes) -> None:
    with pytest.raises(NotUnderstood):
        dialect.read(b'{"model":"m","input":"a","messages":[{"role":"user","content":%s}]}' % value)


@pytest.mark.parametrize("dialect", [CHAT, RESPONSES, EMBEDDINGS])
def test_an_answer_that_cannot_be_read_reports_nothing(dialect: Dialect) -> None:
    answer = b'{"usage":%s}' % DEEP
    assert dialect.usage(answer) is None
    assert dialect.seen(answer) == NOTHING


SEEING = Counting(bytes_per_token=1, per_text=4, per_call=16, per_part=500)
PICTURE = {"url": "https://x"}


@pytest.mark.parametrize(
    ("part", "tokens"),
    [
        ({"type": "image_url", "image_url": PICTURE}, 500),
        ({"image_url": PICTURE}, 500 + len(json.dumps(PICTURE))),  # Some upstreams see it without a type.
        ({"type": "thinking", "thinking": "hmm"}, 500 + 3),
        ({"type": "text", "text": "abc", "more": "de"}, 3 + 2),
    ],
)
def test_a_part_is_text_only_where_it_says_so(part: dict[str, Any], tokens: int) -> None:
    assert SEEING.tokens(read(CHAT, messages=[user([part])]).prompt) == 16 + 4 + tokens


def test_what_was_said_before_counts_as_a_part() -> None:
    said = {"role": "assistant", "audio": {"id": "a"}}
    assert SEEING.tokens(read(CHAT, messages=[said]).prompt) == 16 + 4 + 500 + len('{"id": "a"}')


def test_a_picture_that_a_tool_gave_is_a_picture() -> None:
    given_ = [{"type": "input_image", "image_url": "https://x"}, {"type": "input_text", "text": "abc"}]
    item = {"type": "function_call_output", "call_id": "c", "output": given_}
    assert SEEING.tokens(read(RESPONSES, input=[item]).prompt) == 16 + 4 + 1 + 500 + 3
    with pytest.raises(NotUnderstood) as caught:
        BYTES.tokens(read(RESPONSES, input=[item]).prompt)
    assert caught.value.field == "input"


@pytest.mark.parametrize(
    "item",
    [
        {"id": "msg_1"},
        {"id": "msg_1", "type": None},
        {"type": "image_generation_call", "id": "ig_1"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
    ],
)
def test_an_item_that_its_upstream_keeps_counts_as_all_that_can_be_read(item: dict[str, Any]) -> None:
    prompt = read(RESPONSES, input=[item]).prompt
    assert Counting(context=1_000).tokens(prompt) == 1_000
    with pytest.raises(NotUnderstood):
        BYTES.tokens(prompt)


def test_an_items_type_that_is_none_is_named() -> None:
    with pytest.raises(NotUnderstood) as caught:
        read(RESPONSES, input=[user("a"), {"type": 5}])
    assert caught.value.field == "input[1].type"


@pytest.mark.parametrize("dialect", [CHAT, RESPONSES])
@pytest.mark.parametrize("field", ["prediction", "models", "plugins", "web_search_options", "extra_body"])
def test_what_costs_otherwise_than_by_tokens_has_no_price(dialect: Dialect, field: str) -> None:
    asked = {"messages": [user("a")], "input": "a"}
    refused = read(dialect, **asked, **{field: {"x": 1}}).unpriced
    assert refused is not None
    assert refused.field == field
    assert read(dialect, **asked, **{field: None}).unpriced is None


def test_embeddings_count_whatever_else_may_be_read() -> None:
    bare, more = read(EMBEDDINGS, input="a"), read(EMBEDDINGS, input="a", messages="b" * 100)
    assert BYTES.tokens(more.prompt) == BYTES.tokens(bare.prompt) + 4 + 100


@pytest.mark.parametrize("tokens", [10**9 + 1, -1, 1.5, "7", True])
def test_a_report_that_cannot_be_true_is_none(tokens: Any) -> None:
    answer = json.dumps({"usage": {"prompt_tokens": 1, "completion_tokens": tokens}}).encode()
    assert CHAT.usage(answer) is None
    assert CHAT.seen(answer) == NOTHING
    assert RESPONSES.usage(answer.replace(b"prompt", b"input").replace(b"completion", b"output")) is None
