"""Fields of LiteLLM's rows: exact numbers, durations, and complaints that name the place."""

from decimal import Decimal
from pathlib import Path

import pytest

from econonexus.cli.exits import CommandFailed
from econonexus.cli.litellm.files import read
from econonexus.cli.litellm.names import Names
from econonexus.cli.litellm.plan import in_ucr
from econonexus.cli.litellm.rows import Row

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("3600s", 1),
        ("90m", 1.5),
        ("24h", 24),
        ("30d", 720),
        ("2w", 336),
        ("1mo", 31 * 24),
        ("daily", 24),
        ("weekly", 168),
        ("monthly", 720),
        ("hourly", 1),
    ],
)
def test_a_duration_is_as_long_as_litellm_takes_it(text: str, hours: float) -> None:
    assert Row("", {"budget_duration": text}).window_ms("budget_duration") == hours * HOUR_MS


@pytest.mark.parametrize("value", ["30", "d", "1y", "-1d", "0d", "1000d", 30])
def test_what_is_no_duration_is_refused_by_its_field(value: object) -> None:
    with pytest.raises(CommandFailed, match=r"keys\[3\]: budget_duration: ") as failed:
        Row("keys[3]", {"budget_duration": value}).window_ms("budget_duration")
    assert failed.value.exit_code == 2


@pytest.mark.parametrize("value", [-1, "x", True, [], "NaN", "Infinity", 1.5])
def test_what_is_no_exact_amount_is_refused_by_its_field(value: object) -> None:
    """Also a float: whoever hands one on has lost what was written."""
    with pytest.raises(CommandFailed, match="max_budget"):
        Row("keys[0]", {"max_budget": value}).number("max_budget")


@pytest.mark.parametrize(
    ("dollars", "rate", "ucr"),
    [("0.1", "1", 100_000), ("10", "2.5", 25_000_000), ("0.0000019", "1", 1), ("0.29", "100", 29_000_000)],
)
def test_a_limit_is_rounded_down_to_a_micro_credit(dollars: str, rate: str, ucr: int) -> None:
    assert in_ucr(Decimal(dollars), Decimal(rate)) == ucr


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", '{"keys": [{"token": "t", "spend": %s}]}'), ("a.yaml", "keys: [{token: t, spend: %s}]")],
)
@pytest.mark.parametrize("number", ["0.1", "123456789012.3456789012345", "2.5e-06", "7"])
def test_numbers_are_read_as_they_are_written(tmp_path: Path, name: str, text: str, number: str) -> None:
    file = tmp_path / name
    file.write_text(text % number)
    (key,) = read([file]).keys
    assert key.number("spend") == Decimal(number)


def test_two_of_one_alias_are_told_apart_and_each_always_gets_the_same_name() -> None:
    rows = [
        ("team", "1", "ops"),
        ("key", "2", "ops"),
        ("key", "3", "Ops & more"),
        ("user", "a@b.example", ""),
    ]
    names, again = Names(rows), Names(rows[::-1])
    given = [names.of(kind, name) for kind, name, _ in rows]
    assert given == [again.of(kind, name) for kind, name, _ in rows]
    assert len(set(given)) == 4
    assert given[0].startswith("ops-")
    assert given[2] == "Ops-more"
    assert "@" not in given[3]
