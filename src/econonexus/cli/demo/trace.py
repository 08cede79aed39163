"""Reading traces of model calls: TIMESTAMP, ContextTokens, GeneratedTokens, one call a line, oldest first.

That is how the public traces of Azure's LLM inference are written. A file is read line by line, so that it
may be of any size; other columns are left alone.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

from econonexus.cli.exits import bad_input

TIME, CONTEXT, GENERATED = COLUMNS = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
MOST_TOKENS = 1_000_000
"""More than any call of today, and no more than a request may carry."""


class TracedCall(NamedTuple):
    """One call of a trace."""

    at_s: float
    """When, in seconds after the first call of its trace."""
    context_tokens: int
    generated_tokens: int


def read_trace(path: Path, most_s: float) -> Iterator[TracedCall]:
    """The calls of the first `most_s` seconds of a file. Raises: CommandFailed, naming line and column."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            yield from _Lines(path, file).calls(most_s)
    except OSError as error:
        raise bad_input(f"--trace: {path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise bad_input(f"--trace: {path}: this is no CSV file: {error}") from None


class _Lines:
    """The lines of one file, and where we are in it."""

    def __init__(self, path: Path, file: Iterator[str]) -> None:
        self._path = path
        self._lines = csv.reader(file)

    def calls(self, most_s: float) -> Iterator[TracedCall]:
        header = [name.strip() for name in next(self._lines, [])]
        for column in COLUMNS:
            if column not in header:
                self._wrong(column, f"the first line does not name it; it must name {', '.join(COLUMNS)}")
        places = [header.index(column) for column in COLUMNS]
        first = before = None
        for fields in self._lines:
            if not fields:
                continue
            at, context, generated = self._values(fields, places)
            first, before = first or at, before or at
            if at < before:
                self._wrong(TIME, "earlier than on the line before; sort the file by time")
            if (at - first).total_seconds() > most_s:
                return
            before = at
            yield TracedCall((at - first).total_seconds(), context, generated)
        if first is None:
            self._wrong(TIME, "there are no calls after the first line")

    def _values(self, fields: Sequence[str], places: Sequence[int]) -> tuple[datetime, int, int]:
        if len(fields) <= max(places):
            column = next(name for name, place in zip(COLUMNS, places, strict=True) if place >= len(fields))
            self._wrong(column, f"missing; the line has {len(fields)} columns")
        time, context, generated = (fields[place].strip() for place in places)
        return self._moment(time), self._tokens(CONTEXT, context), self._tokens(GENERATED, generated)

    def _moment(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self._wrong(TIME, f"{text[:40]!r} is no time such as 2023-11-16 18:17:03.98")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _tokens(self, column: str, text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or int(text[:8]) > MOST_TOKENS:
            self._wrong(column, f"{text[:40]!r} is no whole number from 0 to {MOST_TOKENS:,}")
        return int(text)

    def _wrong(self, column: str, complaint: str) -> NoReturn:
        line = max(1, self._lines.line_num)
        raise bad_input(f"--trace: {self._path}: line {line}: {column}: {complaint}")
