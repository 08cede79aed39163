"""An error says what to do: which words a field knows, and why rules do not fit together."""

from typing import Any

import pytest

from econonexus.domain.ids import Instant
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.http.complaints import AN_ID, plainly
from econonexus.interfaces.http.hints import BIDS, ORDERS, TERMS, hint
from econonexus.interfaces.http.problems import refused
from tests.interfaces.served import Client

CLOCK = {"start_ucr": 10, "step_ucr": 1, "tick_ms": 1_000, "floor_ucr": 11}
SECRET_BALLOT = {"bond_ucr": 5}


@pytest.fixture
def resource(admin: Client, name: str) -> str:
    admin.make("resources", id=name, unit="hour", capacity=100, period_ms=3_600_000)
    return name


@pytest.mark.parametrize(
    ("field", "rules", "words"),
    [
        ("mechanism", {"mechanism": "fisher"}, "order_book, first_price, second_price, english, dutch"),
        ("uniform", {"mechanism": "uniform_price", "uniform": "mine"}, "highest_losing, lowest_winning"),
        ("pricing.rule", {"mechanism": "posted_price", "pricing": {"rule": "whim"}}, "base_fee, fixed, thr"),
    ],
)
def test_a_field_of_a_few_words_says_which(
    admin: Client, resource: str, field: str, rules: dict[str, Any], words: str
) -> None:
    answer = admin.post("/api/v1/markets", json={"resource": resource, **rules}).json()
    assert (answer["code"], answer["field"]) == ("invalid_input", field)
    assert words in answer["detail"]


def test_a_parameter_of_a_few_words_says_which(admin: Client) -> None:
    answer = admin.get("/api/v1/auctions", params={"status": "over"}).json()
    assert answer["field"] == "status"
    assert answer["detail"].endswith("cleared, settled, failed, cancelled")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("auctions?stauts=open", "It is one of cursor, limit, market, status."),
        ("spend?by=agent&stauts=open", "It is one of by, format, from, to."),
        ("healths?stauts=open", ""),
        ("policy?stauts=open", "Nothing can be asked here."),
    ],
)
def test_a_parameter_that_is_not_known_is_no_silence(admin: Client, path: str, words: str) -> None:
    answer = admin.get(f"/api/v1/{path}")
    if not words:
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.json()["field"]) == (400, "stauts")
        assert answer.json()["detail"] == f"No such parameter. {words}"


@pytest.mark.parametrize(
    ("command_field", "field", "rules"),
    [
        ("clock", "clock", {"mechanism": "dutch"}),
        ("clock.floor", "clock.floor_ucr", {"mechanism": "dutch", "clock": CLOCK}),
        ("reserve", "reserve_ucr", {"mechanism": "dutch", "clock": CLOCK | {"floor_ucr": 1}, "reserve": 11}),
        ("commitment", "commitment", {"mechanism": "english", "commitment": SECRET_BALLOT}),
        ("signed", "signed", {"mechanism": "first_price", "commitment": SECRET_BALLOT, "signed": True}),
        ("seller", "seller", {"mechanism": "english", "proceeds": "seller"}),
        ("reserves", "reserves_ucr", {"mechanism": "english", "reserves_ucr": {"other": 1}}),
        ("time_limit", "time_limit_ms", {"mechanism": "combinatorial", "time_limit_ms": 9, "clearing_ms": 8}),
        ("pricing", "pricing", {"mechanism": "posted_price"}),
        (
            "pricing.price",
            "pricing.price_ucr",
            {"mechanism": "posted_price", "pricing": {"rule": "thresholds", "price_ucr": 1, "floor_ucr": 2}},
        ),
        ("sharing", "sharing", {"mechanism": "first_come", "sharing": "karma"}),
        ("reserved_share", "reserved_share", {"mechanism": "first_come", "reserved_share": True}),
        ("book", "book", {"mechanism": "english", "book": {}}),
        (
            "schedule",
            "schedule",
            {"mechanism": "order_book", "schedule": {"every_ms": 1_000, "supply": {"any": 1}}},
        ),
        ("together", "together", {"mechanism": "english", "together": "all"}),
        ("resources", "resources", {"mechanism": "english", "resources": ["one", "two"], "resource": None}),
    ],
)
def test_rules_that_do_not_fit_say_why(
    admin: Client, resource: str, command_field: str, field: str, rules: dict[str, Any]
) -> None:
    answer = admin.post("/api/v1/markets", json={"resource": resource, **rules}).json()
    assert (answer["code"], answer["field"]) == ("invalid_terms", field)
    assert answer["detail"].endswith(f" {TERMS[command_field]}")


def test_what_is_simply_out_of_range_has_no_hint() -> None:
    assert hint(Refusal(RefusalCode.INVALID_TERMS, "halt.move")) == ""
    assert hint(Refusal(RefusalCode.INVALID_BID, "reserve")) == ""


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"units": "many"}, "units", "It must be a whole number, not a text."),
        ({"units": 0}, "units", "It must be at least 1."),
        ({"id": "a b"}, "id", f"It must be {AN_ID}."),
        ({"supply": {"": 1}}, "supply", f"It must be {AN_ID}."),
        ({"closes_at": "x" * 65}, "closes_at", "It must have at most 64 characters."),
        ({"market": None}, "market", "It must be a text, not null."),
        ({"unit": 1}, "unit", "There is no field `unit` here."),
    ],
)
def test_a_field_that_is_not_of_its_type_says_what_it_must_be(
    admin: Client, body: dict[str, Any], field: str, words: str
) -> None:
    answer = admin.post("/api/v1/auctions", json={"market": "any", **body}).json()
    assert (answer["code"], answer["field"], answer["detail"]) == ("invalid_input", field, words)


def test_a_field_that_is_missing_is_named(admin: Client) -> None:
    answer = admin.post("/api/v1/auctions", json={"units": 1}).json()
    assert (answer["field"], answer["detail"]) == ("market", "The field `market` is missing.")


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        ("Expected `float` <= 1.0", "It must be at most 1."),
        ("Expected `bool | float | null`, got `str`", "It must be true or false or a number, not a text."),
        ("Expected `array` of length >= 1", "It must have at least 1 entries."),
        (
            "Expected `str` matching regex '^[0-9a-f]{128}\\\\Z'",
            "It must be 128 of the characters 0 to 9 and a to f.",
        ),
        ("Expected `str` matching regex '^x$'", "It must match ^x$."),
        ("The moon is full", "The moon is full"),
    ],
)
def test_what_msgspec_complains_of_is_said_plainly(complaint: str, words: str) -> None:
    assert plainly(complaint) == words


def test_a_time_that_has_passed_is_told_as_a_time(admin: Client, resource: str) -> None:
    admin.make("markets", id=f"{resource}-m", resource=resource, mechanism="first_price")
    body = {"market": f"{resource}-m", "units": 1, "closes_at": "2020-01-01T00:00:00Z"}
    answer = admin.post("/api/v1/auctions", json=body).json()
    assert (answer["code"], answer.get("requested"), answer.get("available")) == (
        "deadline_passed",
        None,
        None,
    )
    assert "It would be 2020-01-01T00:00:00Z, and must be later than 20" in answer["detail"]


def test_a_window_that_is_over_is_told_as_a_time() -> None:
    refusal = Refusal(
        RefusalCode.DEADLINE_PASSED, "market", "spot", Instant(7), Instant(1_577_836_800_000_000_000)
    )
    assert hint(refusal) == "What is traded there ended at 2020-01-01T00:00:00Z."


@pytest.mark.parametrize(
    ("code", "field"),
    [
        *((RefusalCode.INVALID_BID, field) for field in BIDS),
        *((RefusalCode.INVALID_ORDER, field) for field in ORDERS),
    ],
)
def test_bids_and_orders_that_do_not_fit_say_why(code: RefusalCode, field: str) -> None:
    about = refused(Refusal(code, field)).problem
    assert about.detail == f"{code.meaning} {(BIDS if code is RefusalCode.INVALID_BID else ORDERS)[field]}"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"units": 1,}'])
def test_a_body_that_is_not_json_is_said_to_be_none(admin: Client, body: bytes) -> None:
    answer = admin.post("/api/v1/auctions", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["detail"].startswith("The body is not JSON: ")
