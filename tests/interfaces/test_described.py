"""The OpenAPI document says of every call, of all that it takes and of all that it answers what it is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from econonexus.interfaces.http.forms import NAME, Name, Ucr, UcrOrNone, Units
from tests.interfaces.served import Client

BY_TYPE = frozenset(
    note.description
    for kind in (Name, Ucr, UcrOrNone, Units)
    for note in kind.__metadata__
    if note.description
)
"""What a type says of itself, such as which letters a name may have: not what it is the name of."""
EMPTY = frozenset(["a", "an", "the", "of", "its", "it", "is", "s"])
SENTENCE = re.compile(r"[A-Z`µ].*\.", re.DOTALL)
PARTS = ("allOf", "anyOf", "oneOf", "prefixItems")


@pytest.fixture
def document(admin: Client) -> dict[str, Any]:
    return dict(admin.get("/api/openapi.json").json())


def test_every_call_every_parameter_and_every_field_is_described(document: dict[str, Any]) -> None:
    assert list(undescribed(document)) == []


def test_every_description_is_a_sentence_that_stands_by_itself(document: dict[str, Any]) -> None:
    told = {place: about for place, _, about in described_things(document)}
    assert {place: about for place, about in told.items() if not SENTENCE.fullmatch(about)} == {}


@pytest.mark.parametrize(
    ("body", "field", "bounds"),
    [
        ("NewAgent", "team", {"pattern": NAME}),
        ("NewTask", "quorum", {"minimum": 1, "maximum": 64}),
        ("NewTask", "judges", {"maxItems": 64}),
        ("NewMarket", "least_reputation", {"maximum": 1}),
        ("NewOrder", "unit_price_ucr", {"minimum": 1, "maximum": 2**63 - 1}),
        ("NewAuction", "closes_at", {"maxLength": 64}),
    ],
)
def test_what_may_be_left_out_tells_its_bounds_as_well(
    document: dict[str, Any], body: str, field: str, bounds: dict[str, Any]
) -> None:
    told = document["components"]["schemas"][body]["properties"][field]
    assert {name: told.get(name) for name in bounds} == bounds


def test_the_walk_passes_by_all_there_is(document: dict[str, Any]) -> None:
    names = {name for name, _, _ in described_things(document)}
    assert {
        "POST /api/v1/tasks",
        "GET /api/v1/explain/{id}: caller",
        "GET /api/v1/agents/{id}/stake: id",
        "RulesView.clock",
        "NewTask.quorum",
        "POST /v1/chat/completions request.messages.role",
    } <= names
    assert len(names) > 1_000


@pytest.mark.parametrize(
    ("description", "is_told"),
    [
        (None, False),
        ("", False),
        ("The fence.", False),
        ("Micro-credits, or 0.", False),
        ("Rises with every grant of the resource.", True),
    ],
)
def test_a_field_is_described_by_more_than_its_name_or_its_type(
    description: str | None, is_told: bool
) -> None:
    field = {"type": "integer"} | ({} if description is None else {"description": description})
    told = {"components": {"schemas": {"Grant": {"properties": {"fence": field}}}}, "paths": {}}
    assert list(undescribed(told)) == ([] if is_told else ["Grant.fence"])


def test_fields_within_fields_and_parameters_are_found() -> None:
    inner = {"type": "array", "items": {"oneOf": [{"properties": {"deep": {"description": "deep"}}}]}}
    content = {"application/json": {"schema": {"properties": {"outer": inner}}}}
    call = {
        "description": "Does something.",
        "parameters": [{"name": "limit", "in": "query"}],
        "requestBody": {"content": content},
        "responses": {"200": {"description": "Done.", "content": content}},
    }
    assert list(undescribed({"paths": {"/x": {"post": call}}})) == [
        "POST /x: limit",
        "POST /x request.outer",
        "POST /x request.outer.deep",
        "POST /x 200.outer",
        "POST /x 200.outer.deep",
    ]


def undescribed(document: dict[str, Any]) -> Iterator[str]:
    """Where a document leaves its reader alone."""
    for place, name, about in described_things(document):
        words = set(re.findall(r"\w+", about.lower())) - EMPTY
        if about in BY_TYPE or words <= set(re.findall(r"[^\W_]+", name.lower())):
            yield place


def described_things(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """All that must be described: where it is, its name, what is said of it."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield from _fields(name, schema)
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield from _of_call(f"{method.upper()} {path}", call)


def _of_call(place: str, call: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield place, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", call.get("summary", "")), call.get("description", "")
    for each in call.get("parameters", ()):
        yield f"{place}: {each['name']}", each["name"], each.get("description", "")
    bodies = {"request": call.get("requestBody", {}), **call["responses"]}
    for name, body in bodies.items():
        for content in body.get("content", {}).values():
            yield from _fields(f"{place} {name}", content["schema"])


def _fields(place: str, schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The fields of a schema, and theirs. Those of one that is referred to are found where it is."""
    for name, field in schema.get("properties", {}).items():
        yield f"{place}.{name}", name, field.get("description", "")
        yield from _fields(f"{place}.{name}", field)
    for part in PARTS:
        for each in schema.get(part, ()):
            yield from _fields(place, each)
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            yield from _fields(place, schema[part])
