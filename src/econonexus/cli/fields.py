"""Reading JSON field by field, so that every complaint names its field."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from econonexus.cli.exits import CommandFailed, bad_input
from econonexus.domain.money import MAX_AMOUNT

MAX_TEXT = 256

MOST_DIGITS = 400
"""A whole number of more digits is too large for whatever a field may say, and for Python to print."""


class Fields:
    """One JSON object, whose fields are asked for by name."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise wrong(path or "the file", "must be a JSON object", value)
        self.path = path
        self._values: Mapping[str, object] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def at(self, name: str) -> str:
        """The path of a field, as complaints name it."""
        return f"{self.path}.{name}" if self.path else name

    def value(self, name: str) -> object:
        """Whatever is there; a missing field is a complaint."""
        if name not in self._values:
            raise bad_input(f"{self.at(name)}: is missing")
        return self._values[name]

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number in [0, 2**63)."""
        if default is not None and name not in self:
            return default
        return whole(self.value(name), self.at(name))

    def ratio(self, name: str, default: Fraction) -> Fraction:
        """A finite number >= 0, exact as it is written in decimals."""
        return ratio(self.value(name), self.at(name)) if name in self else default

    def text(self, name: str, default: str | None = None) -> str:
        """A text of 1 to 256 printable characters."""
        if default is not None and name not in self:
            return default
        return text(self.value(name), self.at(name))

    def choice(self, name: str, words: Sequence[str], default: str | None = None) -> str:
        """One of a few words."""
        if default is not None and name not in self:
            return default
        value = self.value(name)
        if value not in words:
            raise wrong(self.at(name), f"must be {' or '.join(words)}", value)
        return str(value)

    def wholes(self, name: str) -> dict[str, int]:
        """An object of whole numbers by item; empty where it is missing."""
        if name not in self:
            return {}
        inside = Fields(self.value(name), self.at(name))
        return {text(key, inside.path): whole(value, inside.at(key)) for key, value in inside._values.items()}

    def objects(self, name: str) -> list["Fields"]:
        """A list of objects."""
        values = self.value(name)
        if not isinstance(values, list):
            raise wrong(self.at(name), "must be a list", values)
        return [Fields(value, f"{self.at(name)}[{place}]") for place, value in enumerate(values)]

    def only(self, names: Sequence[str]) -> "Fields":
        """The same object with these fields alone."""
        return Fields({name: self._values[name] for name in names if name in self}, self.path)

    def beside(self, known: Collection[str]) -> list[str]:
        """The paths of the fields that have none of these names."""
        return [self.at(shown(name)) for name in self._values if name not in known]


def fields_of(raw: bytes) -> Fields:
    """The JSON object that a file holds. Raises: CommandFailed where it holds none."""
    try:
        return Fields(json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_int))
    except RecursionError:
        raise bad_input("is not an auction: it is nested too deeply") from None
    except ValueError as error:
        raise bad_input(f"is not JSON: {error}") from None


def _int(literal: str) -> int:
    """A whole number; of one too large for any field only the first digits, which are too large too."""
    return int(literal[:MOST_DIGITS])


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """An object whose names are all different; JSON itself would let the last of two win."""
    values = dict(pairs)
    if len(values) < len(pairs):
        twin, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise bad_input(f"{shown(twin)}: is there twice in one object")
    return values


def whole(value: object, path: str) -> int:
    """`value` as an amount or a number of units."""
    # In Python true is the number 1; in a file of bids it is a mistake.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_AMOUNT:
        raise wrong(path, f"must be a whole number from 0 to {MAX_AMOUNT}", value)
    return value


def ratio(value: object, path: str, most: int = MAX_AMOUNT) -> Fraction:
    """`value` as an exact fraction: 0.1 is one tenth, not the double next to it."""
    # Not a number is not between two numbers either.
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return Fraction(str(value))
    raise wrong(path, f"must be a number from 0 to {most:.3g}", value)


def text(value: object, path: str) -> str:
    """`value` as a name."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise wrong(path, f"must be a text of 1 to {MAX_TEXT} printable characters", value)
    return value


def wrong(path: str, rule: str, value: object) -> CommandFailed:
    """The complaint about one field."""
    return bad_input(f"{path}: {rule}, not {shown(value)}")


def shown(value: object) -> str:
    """A value in a complaint: short, on one line, and printable everywhere."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return value if value.isidentifier() and len(value) <= 40 else ascii(value[:40])
    return "null" if value is None else json.dumps(value)[:40]
