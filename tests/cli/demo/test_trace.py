"""Traces are read line by line, and whatever is wrong in one is said with its line and column."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from econonexus.cli.demo.trace import TracedCall, read_trace
from econonexus.cli.exits import BAD_INPUT, CommandFailed

HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
HOUR_S = 3_600.0

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        file = tmp_path / "calls.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return written


def read(file: Path, most_s: float = HOUR_S) -> list[TracedCall]:
    return list(read_trace(file, most_s))


def complaint(file: Path) -> str:
    with pytest.raises(CommandFailed) as failed:
        read(file)
    assert failed.value.exit_code == BAD_INPUT
    return str(failed.value).removeprefix(f"--trace: {file}: ")


def test_times_count_from_the_first_call(write: Write) -> None:
    file = write(
        HEADER + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n"
        "2023-11-16 18:18:03.9799600,110,27\n"
    )

    assert [(round(at_s, 6), *tokens) for at_s, *tokens in read(file)] == [
        (0.0, 4808, 10),
        (0.052, 3180, 8),
        (60.0, 110, 27),
    ]


def test_columns_may_stand_in_any_order_among_others(write: Write) -> None:
    file = write("\ufeffmodel,GeneratedTokens,TIMESTAMP,ContextTokens\nm,7,2024-05-10T00:00:00+00:00,9\n\n")

    assert read(file) == [TracedCall(0.0, 9, 7)]


def test_a_time_without_its_offset_is_utc(write: Write) -> None:
    file = write(HEADER + "2024-05-10 00:00:00,1,1\n2024-05-10 02:00:30+02:00,1,1\n")

    assert [call.at_s for call in read(file)] == [0.0, 30.0]


def test_no_more_is_read_than_is_wanted(write: Write) -> None:
    file = write(HEADER + "2024-05-10 00:00:00,1,1\n2024-05-10 00:00:10,2,2\n2024-05-10 00:00:11,x,\n")

    # The last line cannot be read, so that whoever goes beyond the second call fails.
    assert [call.at_s for call in itertools.islice(read_trace(file, HOUR_S), 2)] == [0.0, 10.0]


def test_what_comes_after_the_time_wanted_is_left_out(write: Write) -> None:
    file = write(
        HEADER + "2024-05-10 00:00:00,1,1\n2024-05-10 00:00:10,2,2\n2024-05-10 00:00:11,3,3\n2024,x,y\n"
    )

    assert [call.at_s for call in read(file, most_s=10)] == [0.0, 10.0]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("", "line 1: TIMESTAMP: the first line does not name it"),
        ("TIMESTAMP,ContextTokens\n", "line 1: GeneratedTokens: the first line does not name it"),
        (HEADER, "line 1: TIMESTAMP: there are no calls"),
        (HEADER + "yesterday,1,1\n", "line 2: TIMESTAMP: 'yesterday' is no time"),
        (HEADER + "2024-05-10 00:00:00,many,1\n", "line 2: ContextTokens: 'many' is no whole number"),
        (HEADER + "2024-05-10 00:00:00,1,-1\n", "line 2: GeneratedTokens: '-1' is no whole number"),
        (HEADER + "2024-05-10 00:00:00,1,1.5\n", "line 2: GeneratedTokens: '1.5' is no whole number"),
        (HEADER + "2024-05-10 00:00:00,1000001,1\n", "line 2: ContextTokens: '1000001' is no whole number"),
        (HEADER + f"2024-05-10 00:00:00,1,{'9' * 5_000}\n", "line 2: GeneratedTokens: '9999"),
        (HEADER + "2024-05-10 00:00:00,1,²\n", "line 2: GeneratedTokens: '²' is no whole number"),
        (HEADER + "\n2024-05-10 00:00:00,1\n", "line 3: GeneratedTokens: missing; the line has 2 columns"),
        (
            HEADER + "2024-05-10 00:00:01,1,1\n2024-05-10 00:00:00,1,1\n",
            "line 3: TIMESTAMP: earlier than on the line before",
        ),
        (b"\x1f\x8b\x08\x00\xff\xfe", "this is no CSV file"),
        (HEADER + '2024-05-10 00:00:00,1,"' + "1" * 200_000, "this is no CSV file"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_what_is_wrong_is_named(write: Write, content: str | bytes, where: str) -> None:
    assert complaint(write(content)).startswith(where)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.csv") == "No such file or directory"
