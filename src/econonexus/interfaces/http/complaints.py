"""What msgspec says of a field that is not of its type, in words for people."""

import re
from collections.abc import Callable

NAME = r"^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,127}\Z"
"""What an id looks like."""
WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
"""By the name of a type."""
PARTS = {"str": "characters", "array": "entries", "object": "entries"}
"""What the length of a type counts."""
AN_ID = "1 to 128 characters: a letter or digit, then letters, digits or ._:@/+-"
BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def plainly(complaint: str) -> str:
    """A complaint such as "Expected `int` >= 1" as "It must be at least 1."; others as they are."""
    for pattern, say in _SAYINGS:
        found = pattern.fullmatch(complaint)
        if found is not None:
            return say(*found.groups())
    return complaint


def _another_type(expected: str, given: str) -> str:
    wanted = [WORDS.get(name, name) for name in expected.split(" | ") if name != "null"]
    return f"It must be {' or '.join(wanted)}, not {WORDS.get(given, given)}."


def _out_of_range(sign: str, bound: str) -> str:
    return f"It must be {BOUNDS[sign]} {bound.removesuffix('.0')}."


def _another_length(kind: str, sign: str, bound: str) -> str:
    return f"It must have {BOUNDS[sign]} {bound} {PARTS[kind]}."


def _another_shape(shape: str) -> str:
    digits = re.fullmatch(r"\^\[0-9a-f\]\{(\d+)\}\\+Z", shape)
    if digits:
        return f"It must be {digits[1]} of the characters 0 to 9 and a to f."
    if shape.replace(r"\\", "\\") == NAME:
        return f"It must be {AN_ID}."
    return f"It must match {shape}."


_SAYINGS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(r"Expected `([^`]+)`, got `([^`]+)`"), _another_type),
    (re.compile(r"Expected `(?:int|float)` ([<>]=?) (\S+)"), _out_of_range),
    (re.compile(r"Expected `(str|array|object)` of length ([<>]=?) (\d+)"), _another_length),
    (re.compile(r"Expected `str` matching regex '(.*)'"), _another_shape),
    (re.compile(r"Object missing required field `([^`]*)`"), "The field `{}` is missing.".format),
    (re.compile(r"Object contains unknown field `([^`]*)`"), "There is no field `{}` here.".format),
)
"""How each kind of complaint is said."""
