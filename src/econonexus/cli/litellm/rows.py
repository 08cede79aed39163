"""Rows of LiteLLM's exports, read field by field; what is wrong names its file, its row and its field."""

import re
from decimal import Decimal, InvalidOperation

from econonexus.cli.exits import CommandFailed, bad_input

DAY_MS = 24 * 3_600_000
LONGEST_DAYS = 366
MOST = 10**12
"""More than any budget in dollars or bound in tokens, and still an amount when it is in µcr."""
_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS, "mo": 31 * DAY_MS}
_WORDS = {"hourly": "1h", "daily": "24h", "weekly": "7d", "monthly": "30d"}
_DURATION = re.compile(r"(\d+)(mo|[smhdw])")


class Row:
    """One key, team, user, model …: a JSON object and where it stands."""

    def __init__(self, where: str, fields: dict[str, object]) -> None:
        self.where = where
        self.fields = fields

    def wrong(self, field: str, complaint: str) -> CommandFailed:
        """Bad input, at a field."""
        return bad_input(f"{self.where}: {field}: {complaint}")

    def text(self, field: str) -> str:
        """A text; empty where there is none."""
        value = self.fields.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(field, "it must be a text")
        return value

    def number(self, field: str) -> Decimal | None:
        """An exact number that is not below 0, written as a text too; None where there is none."""
        value = self.fields.get(field)
        if value is None:
            return None
        try:
            number = Decimal(value) if isinstance(value, (int, str, Decimal)) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite() or not 0 <= number <= MOST:
            raise self.wrong(field, f"it must be a number, 0 to {MOST:,}")
        return number

    def whole(self, field: str) -> int:
        """A whole number that is not below 0; 0 where there is none."""
        number = self.number(field) or Decimal(0)
        if number != int(number):
            raise self.wrong(field, "it must be a whole number")
        return int(number)

    def window_ms(self, field: str) -> int:
        """A duration such as 30d in ms; 0 where there is none. A month counts as 31 days, never too short."""
        text = self.text(field).strip().lower()
        if not text:
            return 0
        parts = _DURATION.fullmatch(_WORDS.get(text, text))
        window = int(parts[1]) * _UNIT_MS[parts[2]] if parts else 0
        if not 0 < window <= LONGEST_DAYS * DAY_MS:
            raise self.wrong(
                field, f"{text!r} is no duration of at most {LONGEST_DAYS} days, such as 24h, 30d or 1mo"
            )
        return window

    def flag(self, field: str) -> bool:
        """Whether something is so; not where nothing is said."""
        value = self.fields.get(field)
        if value not in (None, True, False):
            raise self.wrong(field, "it must be true or false")
        return value is True

    def names(self, field: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.fields.get(field)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self.wrong(field, "it must be a list of texts")
        return tuple(value)

    def inner(self, field: str) -> "Row":
        """An object within; an empty one where there is none."""
        value = self.fields.get(field)
        return row_of(f"{self.where}: {field}", {} if value is None else value)

    def rows(self, field: str) -> "list[Row]":
        """The objects of a list."""
        value = self.fields.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(field, "it must be a list")
        return [row_of(f"{self.where}: {field}[{place}]", each) for place, each in enumerate(value)]


def row_of(where: str, value: object) -> Row:
    """A value that must be an object. Raises: CommandFailed."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise bad_input(f"{where}: it must be an object")
    return Row(where, value)
